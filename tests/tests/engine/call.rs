//! `Running::call` and `Running::trace`: an answer for its caller, under the started flow's books.

use std::future::pending;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use penguiflow::prelude::*;
use penguiflow_tests::support::Notebook;
use tokio::time::sleep;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

/// Never ends on 0; the smaller the number, the longer it waits.
#[node]
pub(crate) async fn wait(n: u32, State(notes): State<Notebook>) -> u32 {
    let _dropped = notes.on_drop(&format!("gone {n}"));
    notes.write(format!("begun {n}"));
    match n {
        0 => pending().await,
        n => sleep(Duration::from_millis(u64::from(100 - n))).await,
    }
    n
}

flow! {
    pub(crate) struct Wait(u32) -> u32;

    wait;
}

#[tokio::test]
async fn a_call_has_its_own_answer_and_nothing_is_fetched() {
    let running = flow! { double }.start();
    running.emit(1).await.expect("it succeeds");
    assert_eq!(running.call(21).await.expect("it succeeds"), 42);
    assert_eq!(
        running
            .fetch()
            .await
            .expect("it succeeds")
            .expect("it succeeds")
            .payload,
        2
    );
    assert!(running.try_fetch().is_none());
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (2, 2));
    assert!(running.fetch().await.is_none());
}

#[tokio::test]
async fn what_ends_in_none_is_an_error_of_its_call() {
    #[node]
    async fn even(n: u32) -> Option<u32> {
        n.is_multiple_of(2).then_some(n)
    }

    let running = flow! { even }.start();
    let error = running.call(3).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert_eq!(running.ledger().filtered, 1);
}

#[tokio::test]
async fn a_failure_and_a_panic_are_errors_of_their_calls() {
    #[node]
    async fn check(n: u32) -> Result<u32, &'static str> {
        assert!(n < 10, "too large");
        Err("no such user")
    }

    let running = flow! { check }.start();
    let failed = running.call(3).await.expect_err("it fails");
    assert_eq!(failed.to_string(), "node `check` failed: no such user");
    let panicked = running.call(30).await.expect_err("it fails");
    assert_eq!(panicked.kind(), ErrorKind::Panicked);
    assert_eq!(running.ledger().failed, 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_cancelled_by_its_id() {
    let notes = Notebook::new();
    let running = Wait::flow().with_state(notes.clone()).start();
    let message = Message::new(0);
    let trace_id = message.trace_id;
    let call = tokio::spawn(running.call(message));
    tokio::task::yield_now().await;
    assert!(running.cancel(trace_id));
    let error = call.await.expect("it succeeds").expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.trace_id(), trace_id);
    assert_eq!(notes.lines(), ["begun 0", "gone 0"]);
    assert!(!running.cancel(trace_id));
    assert_eq!(running.ledger().cancelled, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_moved_to_another_task_is_woken_there() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let message = Message::new(0);
    let trace_id = message.trace_id;
    let mut call = Box::pin(running.call(message));
    assert!(call.as_mut().now_or_never().is_none());
    let call = tokio::spawn(call);
    tokio::task::yield_now().await;
    running.cancel(trace_id);
    assert_eq!(
        call.await
            .expect("it succeeds")
            .expect_err("it fails")
            .kind(),
        ErrorKind::Cancelled
    );
}

#[tokio::test(start_paused = true)]
async fn stop_waits_for_calls_and_takes_no_more() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let call = tokio::spawn(running.call(50));
    tokio::task::yield_now().await;
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.in_flight), (1, 0));
    assert_eq!(call.await.expect("it succeeds").expect("it succeeds"), 50);
    let error = running.call(1).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Closed);
}

/// Its caller may be who aborts.
#[tokio::test(start_paused = true)]
async fn an_abort_does_not_wait_for_who_holds_a_call() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let mut call = Box::pin(running.call(0));
    assert!(call.as_mut().now_or_never().is_none());
    let ledger = running.abort().await;
    assert_eq!((ledger.cancelled, ledger.in_flight), (1, 0));
    assert_eq!(
        call.await.expect_err("it fails").kind(),
        ErrorKind::Cancelled
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_outlives_the_handle_that_it_was_made_by() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let call = running.call(50);
    drop(running);
    assert_eq!(call.await.expect("it succeeds"), 50);
}

#[tokio::test(start_paused = true)]
async fn results_in_the_order_of_the_emits_do_not_wait_for_calls() {
    let running = Wait::flow().with_state(Notebook::new()).ordered().start();
    running.emit(1).await.expect("it succeeds");
    let call = tokio::spawn(running.call(0));
    tokio::task::yield_now().await;
    running.emit(90).await.expect("it succeeds");
    for expected in [1, 90] {
        assert_eq!(
            running
                .fetch()
                .await
                .expect("it succeeds")
                .expect("it succeeds")
                .payload,
            expected
        );
    }
    call.abort();
    assert!(call.await.expect_err("it fails").is_cancelled());
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (2, 1));
}

#[tokio::test]
async fn a_call_is_streamed() {
    #[node]
    async fn spell(word: String, ctx: Ctx) -> usize {
        for letter in word.chars() {
            ctx.chunk(letter).await;
        }
        word.len()
    }

    let running = flow! { spell }.start();
    let mut items = running.trace("penguins are many");
    let mut said = String::new();
    let mut outputs = Vec::new();
    while let Some(item) = items.next().await {
        match item.expect("it succeeds") {
            TraceItem::Chunk(chunk) => said += &chunk.text,
            TraceItem::Output(output) => outputs.push(output.payload),
            _ => {}
        }
    }
    assert_eq!((said.as_str(), outputs), ("penguins are many", vec![17]));
    assert_eq!(running.ledger().completed, 1);

    let mut left = running.trace("penguins are many");
    assert!(left.next().await.is_some());
    drop(left);
    assert_eq!(running.stop().await.cancelled, 1);
    let mut late = running.trace("too late");
    assert_eq!(
        late.next()
            .await
            .expect("it succeeds")
            .expect_err("it fails")
            .kind(),
        ErrorKind::Closed
    );
    assert!(late.next().await.is_none());
}

#[tokio::test]
async fn a_call_takes_json() {
    let running = flow! { double }.start();
    assert_eq!(running.call_json("21").await.expect("it succeeds"), 42);
    let error = running.call_json("\"many\"").await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(running.ledger().emitted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_have_their_own_answers_and_the_ledger_adds_up() {
    #[node]
    async fn work(n: u32) -> Result<u32, String> {
        for _ in 0..n % 7 {
            tokio::task::yield_now().await;
        }
        if n.is_multiple_of(5) {
            Err(n.to_string())
        } else {
            Ok(n)
        }
    }

    let running = flow! { work }.capacity(64).start();
    let calls = (0..500_u32).map(|n| {
        let call = running.call(n);
        tokio::spawn(async move {
            match n % 11 {
                0 => drop(call),
                _ if n.is_multiple_of(5) => assert_eq!(
                    call.await.expect_err("it fails").to_string(),
                    format!("node `work` failed: {n}")
                ),
                _ => assert_eq!(call.await.expect("it succeeds"), n),
            }
        })
    });
    for called in join_all(calls).await {
        called.expect("it succeeds");
    }
    let ledger = running.stop().await;
    let unpolled = (0..500).filter(|n| n % 11 == 0).count() as u64;
    assert_eq!(ledger.emitted, 500 - unpolled);
    assert_eq!(ledger.emitted, ledger.completed + ledger.failed);
}

#[tokio::test]
async fn an_owned_run_and_an_owned_stream_can_be_spawned() {
    let flow = flow! { double };
    let task = tokio::spawn(flow.clone().run_owned(21));
    assert_eq!(task.await.expect("it succeeds").expect("it succeeds"), 42);
    let mut items = flow.trace_owned(4);
    let first = tokio::spawn(async move {
        items
            .next()
            .await
            .expect("it succeeds")
            .expect("it succeeds")
    });
    assert!(matches!(
        first.await.expect("it succeeds"),
        TraceItem::Output(message) if message.payload == 8
    ));
}
