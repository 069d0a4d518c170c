//! What an error says of trying again holds wherever it comes to: through a playbook, and through a
//! node that calls a flow. And what an attempt knows of its time is what it has.

use std::time::Duration;

use anyhow::Context;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, secs};

#[derive(Debug, Retryable, thiserror::Error)]
enum Denied {
    #[fatal]
    #[error("forbidden")]
    Forbidden,
    #[after(0)]
    #[error("busy for {0:?}")]
    Busy(Duration),
    #[retry]
    #[error("reset")]
    Reset,
}

/// What a node is to fail with, and where it writes that it was called.
#[derive(Clone)]
struct Ask(Notebook, fn() -> Denied);

impl Ask {
    fn new(error: fn() -> Denied) -> Self {
        Self(Notebook::new(), error)
    }
}

#[node]
async fn ask(ask: Ask) -> Result<(), Denied> {
    ask.0.write("called");
    Err(ask.1())
}

#[node]
async fn before(ask: Ask) -> Ask {
    ask
}

flow! {
    #[flow(retries = 3, backoff = "10ms..10ms", jitter = false)]
    struct Play(Ask) -> ();

    before -> ask;
}

flow! {
    #[flow(retries = 3, backoff = "10ms..10ms", after_max = "2s", jitter = false)]
    struct PlayInTwo(Ask) -> ();

    before -> ask;
}

#[node(retries = 3, backoff = "10ms..10ms", jitter = false)]
async fn call(ask: Ask, ctx: Ctx) -> Result<(), FlowError> {
    ctx.call(&Play::flow(), ask).await
}

#[node(retries = 3, backoff = "10ms..10ms", jitter = false)]
async fn call_with_context(ask: Ask, ctx: Ctx) -> anyhow::Result<()> {
    let called = ctx.call(&Play::flow(), ask).await;
    called.context("asking")
}

#[node(retries = 3, backoff = "10ms..10ms", jitter = false)]
async fn call_boxed(ask: Ask, ctx: Ctx) -> Result<(), BoxError> {
    Ok(ctx.call(&Play::flow(), ask).await?)
}

flow! {
    struct Calls(Ask) -> ();

    call;
}

flow! {
    struct Twice(Ask) -> ();

    Calls;
}

/// When the node was called, each time, in each of the flows that lead to it.
async fn times(error: fn() -> Denied) -> Vec<Vec<u64>> {
    let run = async |form: u32| {
        let ask = Ask::new(error);
        let notes = ask.0.clone();
        let ended = match form {
            0 => flow! { Play }.run(ask).await,
            1 => flow! { call }.run(ask).await,
            2 => flow! { Twice }.run(ask).await,
            3 => flow! { call_with_context }.run(ask).await,
            _ => flow! { call_boxed }.run(ask).await,
        };
        ended.expect_err("it is denied");
        notes.times()
    };
    let mut times = Vec::new();
    for form in 0..5 {
        times.push(run(form).await);
    }
    times
}

#[tokio::test(start_paused = true)]
async fn a_fatal_error_is_not_tried_again_by_what_runs_the_flow() {
    assert_eq!(times(|| Denied::Forbidden).await, [[0]; 5]);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_asks_for_a_wait_is_given_it_by_what_runs_the_flow() {
    let nine: [u64; 4] = [0, 9_000, 18_000, 27_000];
    let times = times(|| Denied::Busy(secs(9))).await;
    assert_eq!(times[..3], [nine; 3]);
    // An error that may be any has no figure in the worst case: it is given the backoff.
    assert_eq!(times[3..], [[0, 10, 20, 30]; 2]);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_says_nothing_is_tried_again_after_the_backoff() {
    assert_eq!(times(|| Denied::Reset).await, [[0, 10, 20, 30]; 5]);
}

fn is_any(_: &FlowError) -> bool {
    true
}

#[node(retries = 1, backoff = "10ms..10ms", retry_if = is_any, jitter = false)]
async fn call_by_rule(ask: Ask, ctx: Ctx) -> Result<(), FlowError> {
    ctx.call(&Play::flow(), ask).await
}

/// The node's own rule stands before what its error says.
#[tokio::test(start_paused = true)]
async fn a_rule_of_the_node_takes_precedence() {
    let ask = Ask::new(|| Denied::Forbidden);
    let notes = ask.0.clone();
    let error = flow! { call_by_rule }.run(ask).await.expect_err("denied");
    assert_eq!((notes.times(), error.attempts()), (vec![0, 10], 2));
}

#[node(retries = 1, jitter = false)]
async fn busy_for_an_hour(ask: Ask) -> Result<(), Denied> {
    ask.0.write("called");
    Err(ask.1())
}

#[node(retries = 1, after_max = "2h", jitter = false)]
async fn patient(ask: Ask) -> Result<(), Denied> {
    ask.0.write("called");
    Err(ask.1())
}

/// A `Retry-After` of an hour held its trace for an hour.
#[tokio::test(start_paused = true)]
async fn a_wait_that_an_error_asks_for_has_a_longest() {
    let hour = || Ask::new(|| Denied::Busy(secs(3600)));
    let (usual, own, played) = (hour(), hour(), hour());
    let notes = [usual.0.clone(), own.0.clone(), played.0.clone()];
    let _ = flow! { busy_for_an_hour }.run(usual).await;
    let _ = flow! { patient }.run(own).await;
    let _ = flow! { PlayInTwo }.run(played).await;
    let waits = notes.map(|notes| {
        let times = notes.times();
        times[1] - times[0]
    });
    assert_eq!(waits, [60_000, 3_600_000, 2_000]);
}

mod worst_case {
    use super::*;

    #[derive(Debug, Retryable, thiserror::Error)]
    #[error("it is gone")]
    enum Gone {
        #[fatal]
        _ForEver,
    }

    #[node(timeout = "1s", retries = 2, backoff = "100ms..100ms", jitter = false)]
    async fn may_ask(n: u32) -> Result<u32, Denied> {
        Ok(n)
    }

    #[node(
        timeout = "1s",
        retries = 2,
        backoff = "100ms..100ms",
        after_max = "5s",
        jitter = false
    )]
    async fn may_ask_for_five(n: u32) -> Result<u32, Denied> {
        Ok(n)
    }

    #[node(timeout = "1s", retries = 2, backoff = "100ms..100ms", jitter = false)]
    async fn never_asks(n: u32) -> Result<u32, Gone> {
        Ok(n)
    }

    #[node(timeout = "1s", retries = 2, backoff = "100ms..100ms", jitter = false)]
    async fn cannot_ask(n: u32) -> Result<u32, String> {
        Ok(n)
    }

    #[node(timeout = "1s")]
    async fn asks_others(n: u32) -> Result<u32, Denied> {
        Ok(n)
    }

    flow! {
        #[flow(retries = 1, backoff = "100ms", jitter = false)]
        struct Asks(u32) -> u32;

        asks_others;
    }

    #[test]
    fn the_worst_case_counts_what_an_error_may_ask_for() {
        let worst = |graph: &penguiflow::Graph| graph.worst_case().expect("it has a bound");
        assert_eq!(worst(flow! { may_ask }.graph()), secs(3 + 120));
        assert_eq!(worst(flow! { may_ask_for_five }.graph()), secs(3 + 10));
        assert_eq!(worst(flow! { never_asks }.graph()), ms(3200));
        assert_eq!(worst(flow! { cannot_ask }.graph()), ms(3200));
        assert_eq!(worst(flow! { Asks }.graph()), secs(2 + 60));
    }
}

#[node(timeout = "2s")]
async fn left(_: (), ctx: Ctx) -> Option<Duration> {
    tokio::time::sleep(ms(500)).await;
    ctx.remaining()
}

#[node]
async fn left_to_a_free_one(_: (), ctx: Ctx) -> Duration {
    ctx.remaining().unwrap_or(Duration::MAX)
}

flow! {
    #[flow(timeout = "1s")]
    struct InASecond(()) -> Duration;

    left_to_a_free_one;
}

#[node(timeout = "3s")]
async fn calls_for_three(_: (), ctx: Ctx) -> Result<Duration, FlowError> {
    ctx.call(&flow! { left_to_a_free_one }, ()).await
}

#[tokio::test(start_paused = true)]
async fn the_time_that_remains_is_the_nearer_of_timeout_and_deadline() -> Result<(), FlowError> {
    let until = |seconds| Message::new(()).deadline_in(secs(seconds));
    assert_eq!(flow! { left }.run(()).await?, ms(1500));
    assert_eq!(flow! { left }.run(until(1)).await?, ms(500));
    assert_eq!(flow! { left }.run(until(9)).await?, ms(1500));
    assert_eq!(flow! { left_to_a_free_one }.run(()).await?, Duration::MAX);
    assert_eq!(flow! { left_to_a_free_one }.run(until(4)).await?, secs(4));
    // The timeouts around a flow are those of the nodes in it, too.
    assert_eq!(flow! { InASecond }.run(until(4)).await?, secs(1));
    assert_eq!(flow! { calls_for_three }.run(()).await?, secs(3));
    assert_eq!(flow! { calls_for_three }.run(until(2)).await?, secs(2));
    Ok(())
}
