//! An error holds all that caused it, each cause once: after joins, retries, deadlines and
//! playbooks, in the error itself, in a `NodeError`, and in events.

use std::error::Error;

use anyhow::Context;
use penguiflow::NodeError;
use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::by_json::run_stored;
use penguiflow_tests::support::{Notebook, ms, secs, watched};

#[derive(Debug, thiserror::Error)]
#[error("{0} is down")]
struct Down(&'static str, #[source] std::io::Error);

fn down(name: &'static str) -> Down {
    Down(name, std::io::Error::other("connection refused"))
}

/// The texts of an error and of all that caused it.
fn chain(error: &FlowError) -> Vec<String> {
    let first: &dyn Error = error;
    let all = std::iter::successors(Some(first), |&error| error.source());
    all.map(ToString::to_string).collect()
}

#[node]
async fn src(n: u32) -> u32 {
    n
}

#[node]
async fn first(_: u32) -> Result<u32, Down> {
    Err(down("first"))
}

#[node]
async fn second(_: u32) -> Result<u32, Down> {
    tokio::time::sleep(ms(10)).await;
    Err(down("second"))
}

#[node]
async fn show(n: u32) -> u32 {
    n
}

#[node]
async fn show_all(all: Vec<u32>) -> usize {
    all.len()
}

#[node]
async fn show_settled((a, b): (Result<u32, NodeError>, Result<u32, NodeError>)) -> Vec<NodeError> {
    [a, b].into_iter().filter_map(Result::err).collect()
}

#[tokio::test(start_paused = true)]
async fn a_race_keeps_the_last_failures_source() {
    let race = flow! { src -> [first, second] -> race -> show };
    let quorum = flow! { src -> [first, second] -> quorum(2) -> show_all };
    let race = race.run(1).await.expect_err("both fail");
    let quorum = quorum.run(1).await.expect_err("both fail");
    for (error, name) in [(race, "second"), (quorum, "first")] {
        let wanted = [
            format!("node `{name}` failed: {name} is down"),
            format!("{name} is down"),
            "connection refused".to_owned(),
        ];
        assert_eq!(chain(&error), wanted);
        let source = error.source().expect("the last failure's");
        assert!(source.downcast_ref::<Down>().is_some());
        assert_eq!(
            format!("{error:#}"),
            format!("{}: {}", wanted[0], wanted[2])
        );
    }
}

/// On a host that may store the trace, what is left of an error is text.
#[tokio::test(start_paused = true)]
async fn a_race_of_a_durable_trace_keeps_the_texts() -> Result<(), Box<dyn Error>> {
    let flow = flow! { #[flow(durable)] src -> [first, second] -> race -> show };
    let frontier = run_stored(&flow, flow.begin(1)).await?;
    let error = frontier.finish().expect_err("both fail");
    let causes = chain(&error).split_off(1);
    assert_eq!(causes, ["first is down", "connection refused"]);
    assert_eq!(
        format!("{error:#}"),
        "node `first` failed: first is down: connection refused"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_a_settle_and_a_fallback_are_given_tells_all() -> Result<(), FlowError> {
    #[node]
    async fn instead(failed: Failed<u32>) -> Vec<NodeError> {
        vec![failed.error]
    }
    #[node]
    async fn one(n: u32) -> Result<Vec<NodeError>, Down> {
        Err(down(if n == 1 { "one" } else { "other" }))
    }
    let settled = flow! { src -> [first, second] -> settle -> show_settled };
    let mut errors = settled.run(1).await?;
    errors.extend(flow! { one else instead }.run(1).await?);
    for (error, name) in errors.iter().zip(["first", "second", "one"]) {
        let text = format!("node `{name}` failed: {name} is down: connection refused");
        assert_eq!(error.message, text);
        assert_eq!(
            error.causes,
            [format!("{name} is down"), "connection refused".into()]
        );
    }
    assert_eq!(errors.len(), 3);
    Ok(())
}

#[node(retries = 10, backoff = "10s..10s", jitter = false)]
async fn fetch(notes: Notebook) -> Result<(), Down> {
    notes.write("attempt");
    Err(down("the index"))
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_retry_that_could_not_begin_and_tells_both() {
    let notes = Notebook::new();
    let begin = Instant::now();
    let message = Message::new(notes.clone()).deadline_in(secs(15));
    let error = flow! { fetch }.run(message).await.expect_err("too late");
    assert_eq!(
        begin.elapsed(),
        secs(10),
        "the next attempt would begin at 20 s"
    );
    assert_eq!(notes.times(), [0, 10_000]);
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(
        format!("{error:#}"),
        "node `fetch` failed, and the message's deadline leaves no time for another attempt \
         after 2 attempts: the index is down: connection refused"
    );
    assert_eq!(
        chain(&error)[1..],
        ["the index is down", "connection refused"]
    );
}

#[node(retries = 1, backoff = "1s", jitter = false)]
async fn hangs_after(notes: Notebook, ctx: Ctx) -> Result<(), Down> {
    match ctx.attempt() {
        0 => Err(down("the index")),
        _ => {
            notes.write("again");
            std::future::pending().await
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_cuts_an_attempt_tells_how_the_one_before_failed() {
    let message = Message::new(Notebook::new()).deadline_in(secs(5));
    let error = flow! { hangs_after }.run(message).await;
    let error = error.expect_err("too late");
    assert_eq!(
        format!("{error:#}"),
        "node `hangs_after` was cut: the message's deadline passed after 2 attempts; \
         the failure before it: the index is down: connection refused"
    );
}

flow! {
    #[flow(timeout = "15s")]
    struct Fetch(Notebook) -> ();

    fetch;
}

#[node(timeout = "15s")]
async fn calls(notes: Notebook, ctx: Ctx) -> Result<(), FlowError> {
    ctx.call(&Fetch::flow(), notes).await
}

flow! {
    #[flow(timeout = "5s")]
    struct Hangs(Notebook) -> ();

    hangs_after;
}

#[node(timeout = "5s")]
async fn calls_hanging(notes: Notebook, ctx: Ctx) -> Result<(), FlowError> {
    ctx.call(&Hangs::flow(), notes).await
}

/// A flow in a flow in a flow, of which the outermost has the timeout.
#[node]
async fn calls_deep(notes: Notebook, ctx: Ctx) -> Result<(), FlowError> {
    ctx.call(&flow! { hangs_after }, notes).await
}

flow! {
    #[flow(timeout = "5s")]
    struct Deep(Notebook) -> ();

    calls_deep;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_around_a_flow_ends_a_retry_that_could_not_begin_and_tells_both() {
    let notes = Notebook::new();
    for flow in [
        flow! { Fetch }.run(notes.clone()),
        flow! { calls }.run(notes),
    ] {
        let begin = Instant::now();
        let error = flow.await.expect_err("too late");
        assert_eq!(begin.elapsed(), secs(10));
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let text = format!("{error:#}");
        let wanted = "failed: node `fetch` failed, and the timeout around its flow leaves no time \
                      for another attempt after 2 attempts: the index is down: connection refused";
        assert!(text.ends_with(wanted), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_that_cuts_a_flow_tells_what_had_failed_in_it() {
    let notes = Notebook::new();
    let [node, call, deep] = [
        flow! { Hangs }.run(notes.clone()).await,
        flow! { calls_hanging }.run(notes.clone()).await,
        flow! { Deep }.run(notes).await,
    ];
    for (error, name) in [(node, "Hangs"), (call, "calls_hanging"), (deep, "Deep")] {
        let error = error.expect_err("too late");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(
            format!("{error:#}"),
            format!(
                "node `{name}` exceeded its timeout of 5s; the failure before it: \
                 the index is down: connection refused"
            )
        );
    }
}

#[node]
async fn wraps(_: u32) -> anyhow::Result<u32> {
    let result: Result<u32, Down> = Err(down("the index"));
    result.context("asking the index").context("answering")
}

flow! {
    struct Wraps(u32) -> u32;

    wraps;
}

const WRAPPED: &str = "answering: asking the index: the index is down: connection refused";

/// Two contexts, and what is below them: all of it is there, and each once.
#[tokio::test]
async fn the_causes_below_a_context_are_told_once() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { wraps });
    let error = flow.run(1).await.expect_err("it is down");
    assert_eq!(
        format!("{error:#}"),
        format!("node `wraps` failed: {WRAPPED}")
    );
    assert_eq!(chain(&error).len(), 5);

    flow.flush().await;
    let events = seen.events();
    let texts: Vec<_> = events
        .iter()
        .filter_map(|event| event.error.as_deref())
        .collect();
    let ended = format!("node `wraps` failed: {WRAPPED}");
    assert_eq!(texts, [WRAPPED, WRAPPED, &ended]);

    let played = flow! { Wraps }.run(1).await.expect_err("it is down");
    let text = format!("node `Wraps` failed: node `wraps` failed: {WRAPPED}");
    assert_eq!(format!("{played:#}"), text);
    assert_eq!(NodeError::from(&played).message, text);
    Ok(())
}
