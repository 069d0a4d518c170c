//! `FlowError`: every kind can be reached, and holds all that is known.

use std::error::Error;

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{ms, secs};

#[derive(Debug, PartialEq)]
struct Broken(&'static str);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the {} is broken", self.0)
    }
}

impl Error for Broken {}

#[node(retries = 2, backoff = "100ms..100ms", jitter = false)]
async fn press(what: &str) -> Result<(), Broken> {
    let _ = what;
    Err(Broken("press"))
}

#[tokio::test(start_paused = true)]
async fn an_error_knows_what_happened_where() {
    let message = Message::new("juice".to_owned())
        .tenant("acme")
        .topic("fruit")
        .meta("a", "b");
    let (trace_id, headers) = (message.trace_id, message.headers.clone());
    tokio::time::advance(secs(1)).await;
    let error = flow! { press }
        .run(message)
        .await
        .expect_err("it is broken");
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.node(), Some("press"));
    assert_eq!(error.trace_id(), trace_id);
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.elapsed(), ms(1200), "since the message was made");
    assert_eq!(error.headers(), &headers);
    assert_eq!(
        error.to_string(),
        "node `press` failed after 3 attempts: the press is broken"
    );
    let source = error.source().expect("the node's own error");
    assert_eq!(source.downcast_ref(), Some(&Broken("press")));
    let source = error.into_source().expect("the node's own error");
    assert_eq!(
        *source.downcast::<Broken>().expect("as it was"),
        Broken("press")
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_prints_all_that_it_knows() {
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
        .parse::<TraceId>()
        .expect("a trace id");
    let message = Message::new("juice".to_owned())
        .tenant("acme")
        .trace_id(trace_id);
    let error = flow! { press }
        .run(message)
        .await
        .expect_err("it is broken");
    let expected = expect_test::expect![[r#"
        FlowError { kind: Failed, message: node `press` failed after 3 attempts: the press is broken, node: Some("press"), attempts: 3, elapsed: 200ms, spent: Spent { tokens: 0 }, trace_id: TraceId(4bf92f3577b34da6a3ce929d0e0e4736), headers: Headers { tenant: "acme", topic: None, priority: 0, meta: {} }, source: Some(Broken("press")) }
    "#]];
    expected.assert_eq(&format!("{error:?}\n"));
}

#[node(timeout = "10ms")]
async fn sleeps(_: ()) -> Option<()> {
    tokio::time::sleep(secs(1)).await;
    None
}

#[node]
async fn panics(_: ()) {
    panic!("at the disco")
}

#[node]
async fn nothing(_: ()) -> Option<()> {
    None
}

#[node]
async fn again(_: ()) -> ControlFlow<(), ()> {
    ControlFlow::Continue(())
}

struct Missing;

impl<S: Sync> Extract<S> for Missing {
    type Rejection = &'static str;

    async fn extract(_: &penguiflow::VisitParts<'_, S>) -> Result<Self, &'static str> {
        Err("it is missing")
    }
}

#[node]
async fn needs(_: (), _: Missing) {}

/// Every kind but `Cancelled` and `Closed`, which only a started flow has.
async fn one_of_each() -> Vec<FlowError> {
    let late = || Message::new(()).deadline_at(Instant::now());
    let errors = [
        flow! { press }.run("juice".to_owned()).await.err(),
        flow! { sleeps }.run(()).await.err(),
        flow! { panics }.run(()).await.err(),
        flow! { needs }.run(()).await.err(),
        flow! { sleeps }.run(late()).await.err(),
        flow! { again -> again }.run(()).await.err(),
        flow! { nothing }.run(()).await.err(),
    ];
    errors.into_iter().flatten().collect()
}

async fn of_a_started_flow() -> Result<Vec<FlowError>, FlowError> {
    let running = flow! { sleeps }.start();
    let trace_id = running.emit(()).await?;
    running.cancel(trace_id);
    let cancelled = running.fetch().await.expect("an answer").err();
    running.stop().await;
    let closed = running.emit(()).await.err();
    Ok(cancelled.into_iter().chain(closed).collect())
}

/// A person who reads only this line knows what to do next.
#[tokio::test(start_paused = true)]
async fn every_kind_can_be_reached_and_reads_as_a_sentence() -> Result<(), FlowError> {
    let mut errors = one_of_each().await;
    errors.extend(of_a_started_flow().await?);
    let lines: Vec<_> = errors
        .iter()
        .map(|error| format!("{:?}: {error}\n", error.kind()))
        .collect();
    let expected = expect_test::expect![[r#"
        Failed: node `press` failed after 3 attempts: the press is broken
        TimedOut: node `sleeps` exceeded its timeout of 10ms
        Panicked: node `panics` panicked: at the disco
        Invalid: node `needs` could not be given its parameters: it is missing
        DeadlineExceeded: node `sleeps` was not started: the message's deadline had passed
        BudgetExhausted: node `again` wants another round, but the hop budget of 8 is used up: raise it with `.hops(n)` on the flow or the message
        Filtered: the trace has no output: every path ended in `None`
        Cancelled: the trace was cancelled
        Closed: the flow was stopped and takes no more messages
    "#]];
    expected.assert_eq(&lines.concat());
    Ok(())
}

/// For logs and for answers to other services.
#[test]
fn a_kind_can_be_written_down() {
    let kind = serde_json::to_value(ErrorKind::DeadlineExceeded);
    assert_eq!(kind.ok(), Some(serde_json::json!("deadline_exceeded")));
}

#[node]
async fn wraps(n: u32) -> anyhow::Result<u32> {
    use anyhow::Context;
    let result: Result<u32, Broken> = Err(Broken("wrapper"));
    result.with_context(|| format!("wrapping {n}"))
}

/// The chain of causes goes on through `source`.
#[tokio::test]
async fn the_chain_of_causes_is_kept() {
    let error = flow! { wraps }.run(3).await.expect_err("it is broken");
    let mut chain = Vec::new();
    let mut next: Option<&dyn Error> = Some(&error);
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    let expected = [
        "node `wraps` failed: wrapping 3",
        "wrapping 3",
        "the wrapper is broken",
    ];
    assert_eq!(chain, expected);
    let cause = error
        .source()
        .and_then(Error::source)
        .expect("what `anyhow` wrapped");
    assert_eq!(cause.downcast_ref(), Some(&Broken("wrapper")));
}

/// It fits what everybody's functions return.
#[tokio::test]
async fn a_flow_error_fits_box_and_anyhow() {
    async fn boxed() -> Result<(), BoxError> {
        flow! { panics }.run(()).await?;
        Ok(())
    }
    async fn anyhow() -> anyhow::Result<()> {
        flow! { panics }.run(()).await?;
        Ok(())
    }
    let error = boxed().await.expect_err("it panics");
    assert!(error.downcast_ref::<FlowError>().is_some());
    let error = anyhow().await.expect_err("it panics");
    assert!(error.downcast_ref::<FlowError>().is_some());
}

/// An error is an answer that is kept, sent and compared by reference: it is one pointer.
#[test]
fn an_error_is_small() {
    fn is_static<T: Send + Sync + 'static>() {}
    is_static::<FlowError>();
    assert_eq!(size_of::<FlowError>(), size_of::<usize>());
}
