//! Parameters beyond the first: `Ctx`, `Headers`, and the user's own extractors.

use std::convert::Infallible;

use penguiflow::VisitParts;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, secs};

#[node]
async fn ask(_: (), ctx: Ctx) -> (TraceId, u32, String) {
    (ctx.trace_id(), ctx.attempt(), ctx.headers().tenant.clone())
}

#[node]
async fn ask_by_reference(_: (), ctx: &Ctx, headers: &Headers) -> bool {
    ctx.headers() == headers && !ctx.is_cancelled()
}

#[tokio::test]
async fn the_context_knows_the_message() -> Result<(), FlowError> {
    let message = Message::new(()).tenant("acme");
    let trace_id = message.trace_id;
    let known = flow! { ask }.run(message).await?;
    assert_eq!(known, (trace_id, 0, "acme".to_owned()));
    let message = Message::new(()).tenant("acme").meta("a", "b");
    assert!(flow! { ask_by_reference }.run(message).await?);
    Ok(())
}

#[node]
async fn remaining(_: (), ctx: Ctx) -> [Option<std::time::Duration>; 2] {
    let before = ctx.remaining();
    tokio::time::sleep(ms(300)).await;
    [before, ctx.remaining()]
}

#[tokio::test(start_paused = true)]
async fn the_context_counts_down_to_the_deadline() -> Result<(), FlowError> {
    let flow = flow! { remaining };
    let message = Message::new(()).deadline_in(secs(1));
    assert_eq!(flow.run(message).await?, [Some(secs(1)), Some(ms(700))]);
    assert_eq!(flow.run(()).await?, [None, None]);
    Ok(())
}

#[node(retries = 2, backoff = "1ms")]
async fn key(notes: Notebook, ctx: Ctx) -> Result<Notebook, &'static str> {
    notes.write(ctx.idempotency_key());
    if ctx.attempt() < 1 {
        Err("again")
    } else {
        Ok(notes)
    }
}

#[node]
async fn next_key(notes: Notebook, ctx: Ctx) {
    notes.write(ctx.idempotency_key());
}

/// A retry that repeats a payment can be distinguished from a second payment.
#[tokio::test(start_paused = true)]
async fn the_idempotency_key_is_that_of_the_visit() -> Result<(), FlowError> {
    let flow = flow! { key -> next_key };
    let notes = Notebook::new();
    let first = Message::new(notes.clone());
    let second = Message::new(notes.clone()).trace_id(first.trace_id);
    flow.run(first).await?;
    let keys = notes.lines();
    assert_eq!(keys[0], keys[1], "two attempts of one visit");
    assert_ne!(keys[1], keys[2], "two visits");
    flow.run(second).await?;
    assert_eq!(notes.lines()[3..], keys, "the same trace, run again");
    flow.run(notes.clone()).await?;
    assert_ne!(notes.lines()[6], keys[0], "another trace");
    Ok(())
}

#[node]
async fn branch_key(notes: Notebook, ctx: Ctx) {
    notes.write(ctx.idempotency_key());
}

#[node]
async fn other_branch_key(notes: Notebook, ctx: Ctx) {
    notes.write(ctx.idempotency_key());
}

#[node]
async fn around(notes: Notebook, ctx: Ctx) -> ControlFlow<(), Notebook> {
    notes.write(ctx.idempotency_key());
    if notes.lines().len() == 3 {
        return ControlFlow::Break(());
    }
    ControlFlow::Continue(notes)
}

#[tokio::test]
async fn branches_and_turns_of_a_loop_have_keys_of_their_own() -> Result<(), FlowError> {
    let notes = Notebook::new();
    flow! { branch_key; other_branch_key }
        .run_all(notes.clone())
        .await?;
    let keys = notes.lines();
    assert_ne!(keys[0], keys[1]);
    let notes = Notebook::new();
    flow! { around -> around }.run(notes.clone()).await?;
    let mut keys = notes.lines();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
    Ok(())
}

/// Whoever asks, from the headers: rejects messages without a tenant.
struct Tenant(String);

#[derive(Debug, PartialEq)]
struct NoTenant;

impl std::fmt::Display for NoTenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the message names no tenant")
    }
}

impl std::error::Error for NoTenant {}

impl<S: Sync> Extract<S> for Tenant {
    type Rejection = NoTenant;

    async fn extract(visit: &VisitParts<'_, S>) -> Result<Self, NoTenant> {
        tokio::task::yield_now().await;
        match visit.headers().tenant.as_str() {
            "" => Err(NoTenant),
            tenant => Ok(Self(tenant.to_owned())),
        }
    }
}

#[node(retries = 3)]
async fn greet(name: &str, Tenant(tenant): Tenant) -> Result<String, NoTenant> {
    Ok(format!("hello {name} of {tenant}"))
}

#[tokio::test]
async fn an_extractor_of_ones_own_fills_a_parameter() -> Result<(), FlowError> {
    let ada = Message::new("Ada".to_owned()).tenant("acme");
    assert_eq!(flow! { greet }.run(ada).await?, "hello Ada of acme");
    Ok(())
}

/// Unretried: the message would be the same the next time.
#[tokio::test(start_paused = true)]
async fn a_rejection_ends_the_trace_at_once() {
    let begin = tokio::time::Instant::now();
    let error = flow! { greet }
        .run("Bo".to_owned())
        .await
        .expect_err("no tenant");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Invalid, 1));
    assert_eq!(begin.elapsed(), ms(0));
    let source = error.into_source().expect("the rejection");
    assert_eq!(source.downcast_ref(), Some(&NoTenant));
}

/// What a visit shows to extractors.
struct Place(String);

impl Extract<Notebook> for Place {
    type Rejection = Infallible;

    async fn extract(visit: &VisitParts<'_, Notebook>) -> Result<Self, Infallible> {
        let place = format!("{} {}", visit.node(), visit.attempt());
        visit.state().write(&place);
        assert_eq!(visit.trace_id(), visit.ctx().trace_id());
        Ok(Self(place))
    }
}

#[node(retries = 1, backoff = "1ms", name = "second time lucky")]
async fn lucky(_: (), place: &Place, ctx: Ctx) -> Result<String, &'static str> {
    if ctx.attempt() == 0 {
        Err("not yet")
    } else {
        Ok(place.0.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn an_extractor_runs_once_per_attempt() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { lucky }.with_state(notes.clone());
    assert_eq!(flow.run(()).await?, "second time lucky 1");
    assert_eq!(
        notes.lines(),
        ["second time lucky 0", "second time lucky 1"]
    );
    Ok(())
}

/// Never ready.
struct Never;

impl<S: Sync> Extract<S> for Never {
    type Rejection = Infallible;

    async fn extract(_: &VisitParts<'_, S>) -> Result<Self, Infallible> {
        std::future::pending().await
    }
}

#[node(timeout = "50ms")]
async fn waits(_: (), _: Never) {}

#[tokio::test(start_paused = true)]
async fn an_extractors_time_counts_as_the_attempts() {
    let begin = tokio::time::Instant::now();
    let error = flow! { waits }
        .run(())
        .await
        .expect_err("it never gets ready");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(begin.elapsed(), ms(50));
}
