//! `tracing`: however a trace is run, its spans are one tree: a span `trace` in the span of who ran
//! it, with a span for each attempt.

use std::time::Duration;

use expect_test::{Expect, expect};
use penguiflow::prelude::*;
use tracing::Instrument;
use tracing::level_filters::LevelFilter;

use penguiflow_tests::support::ms;

use super::tree::Tree;

#[node(retries = 2, backoff = "10ms", jitter = false)]
async fn search(question: String, ctx: Ctx) -> Result<String, String> {
    tokio::time::sleep(ms(5)).await;
    match ctx.attempt() {
        0 => Err("not yet".to_owned()),
        _ => Ok(question),
    }
}

#[node(spawn)]
async fn spawned(question: String) -> String {
    question
}

#[node(blocking)]
fn blocking(question: String) -> String {
    question
}

#[node]
async fn slow(question: String) -> String {
    tokio::time::sleep(ms(1000)).await;
    question
}

#[node]
async fn panics(question: String) -> String {
    panic!("nobody asked {question}")
}

#[node]
async fn calls(question: String, ctx: Ctx) -> Result<String, FlowError> {
    ctx.call(&Search::flow(), question).await
}

flow! { struct Search(String) -> String; search; }
flow! { struct Placed(String) -> String; spawned -> blocking; }
flow! { struct Nested(String) -> String; Search -> calls; }
flow! { struct Race(String) -> String; [slow, search] -> race; }
flow! { struct Panics(String) -> String; panics; }
flow! { struct Slow(String) -> String; slow; }

fn question() -> Message<String> {
    Message::new("why?".to_owned()).tenant("acme")
}

/// Runs in a span `request`, and compares the tree.
async fn check(expected: Expect, run: impl Future<Output = ()>) {
    let (tree, _guard) = Tree::begin(LevelFilter::TRACE);
    run.instrument(tracing::info_span!("request")).await;
    expected.assert_eq(&tree.text());
}

#[tokio::test(start_paused = true)]
async fn a_run() {
    let run = async { _ = Search::flow().run(question()).await };
    check(
        expect![[r#"
            request: 
              trace Search acme completed OK: trace_start, node_retry, trace_end
                node search 0 ERROR failed: node_start, node_error
                node search 1 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call() {
    let run = async {
        let running = Search::flow().start();
        _ = running.call(question()).await;
    };
    check(
        expect![[r#"
            request: 
              trace Search acme completed OK: trace_start, node_retry, trace_end
                node search 0 ERROR failed: node_start, node_error
                node search 1 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

/// The trace runs in a worker, and is in the span of the emit all the same.
#[tokio::test(start_paused = true)]
async fn an_emit() {
    let run = async {
        let running = Search::flow().start();
        _ = running.emit(question()).await;
        _ = running.fetch().await;
        running.stop().await;
    };
    check(
        expect![[r#"
            request: 
              trace Search acme completed OK: trace_start, node_retry, trace_end
                node search 0 ERROR failed: node_start, node_error
                node search 1 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

/// A span that is entered only when the emit is polled is its parent, too.
#[tokio::test(start_paused = true)]
async fn an_emit_that_is_instrumented() {
    let run = async {
        let running = Slow::flow().start();
        let emit = running.emit(question());
        _ = emit.instrument(tracing::info_span!("emit")).await;
        _ = running.fetch().await;
        running.stop().await;
    };
    let (tree, _guard) = Tree::begin(LevelFilter::TRACE);
    run.await;
    expect![[r#"
        emit: 
          trace Slow acme completed OK: trace_start, trace_end
            node slow 0 OK: node_start, node_success
    "#]]
    .assert_eq(&tree.text());
}

/// Also where the future is polled elsewhere.
#[tokio::test(start_paused = true)]
async fn an_owned_run_in_a_task() {
    let run = async {
        let run = Search::flow().run_owned(question());
        _ = tokio::spawn(run).await;
    };
    check(
        expect![[r#"
            request: 
              trace Search acme completed OK: trace_start, node_retry, trace_end
                node search 0 ERROR failed: node_start, node_error
                node search 1 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stream() {
    let run = async {
        let flow = Search::flow();
        let mut trace = flow.trace(question());
        while trace.next().await.is_some() {}
    };
    check(
        expect![[r#"
            request: 
              trace Search acme completed OK: trace_start, node_retry, trace_end
                node search 0 ERROR failed: node_start, node_error
                node search 1 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn nodes_in_tasks_and_threads() {
    let run = async { _ = Placed::flow().run(question()).await };
    check(
        expect![[r#"
            request: 
              trace Placed acme completed OK: trace_start, trace_end
                node spawned 0 OK: node_start, node_success
                node blocking 0 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

/// The attempts of a playbook, and of a flow that a node calls, are in the attempt that runs it.
#[tokio::test(start_paused = true)]
async fn playbooks_and_calls() {
    let run = async { _ = Nested::flow().run(question()).await };
    check(
        expect![[r#"
            request: 
              trace Nested acme completed OK: trace_start, trace_end
                node Search 0 OK: node_start, node_retry, node_success
                  node search 0 ERROR failed: node_start, node_error
                  node search 1 OK: node_start, node_success
                node calls 0 OK: node_start, node_retry, node_success
                  node search 0 ERROR failed: node_start, node_error
                  node search 1 OK: node_start, node_success
        "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_loser_of_a_race() {
    let run = async { _ = Race::flow().run(question()).await };
    check(
        expect![[r#"
        request: 
          trace Race acme completed OK: trace_start, node_retry, trace_end
            node slow 0 cancelled: node_start, node_cancelled
            node search 0 ERROR failed: node_start, node_error
            node search 1 OK: node_start, node_success
    "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_panic() {
    let run = async { _ = Panics::flow().run(question()).await };
    check(
        expect![[r#"
            request: 
              trace Panics acme failed ERROR panicked: trace_start, trace_end
                node panics 0 ERROR panicked: node_start, node_error, node_failed
        "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped() {
    let run = async { _ = tokio::time::timeout(ms(10), Slow::flow().run(question())).await };
    check(
        expect![[r#"
            request: 
              trace Slow acme cancelled: trace_start, trace_end
                node slow 0 cancelled: node_start, node_cancelled
        "#]],
        run,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_is_cancelled() {
    let run = async {
        let running = Slow::flow().start();
        let trace_id = running.emit(question()).await.expect("there is room");
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(running.cancel(trace_id));
        _ = running.fetch().await;
        running.stop().await;
    };
    check(
        expect![[r#"
            request: 
              trace Slow acme cancelled: trace_start, trace_end
                node slow 0 cancelled: node_start, node_cancelled
        "#]],
        run,
    )
    .await;
}

/// At the level of info there are no spans of attempts, and none of a trace at that of warnings.
#[tokio::test(start_paused = true)]
async fn fewer_spans_at_higher_levels() {
    let spans = |level| async move {
        let (tree, _guard) = Tree::begin(level);
        _ = Search::flow().run(question()).await;
        tree.text()
    };
    let info = expect![[r#"
        trace Search acme completed OK: trace_end
    "#]];
    info.assert_eq(&spans(LevelFilter::INFO).await);
    assert_eq!(spans(LevelFilter::WARN).await, "");
}
