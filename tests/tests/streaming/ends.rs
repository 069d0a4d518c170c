//! Each stream that was begun ends once, in whatever way its attempt ends.

use penguiflow::prelude::*;

use super::read;
use penguiflow_tests::support::ms;

#[node]
async fn ends_itself(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("all").last().await;
    ctx.chunk("too late").await;
    ctx.chunk("again").last().await;
    n
}

#[tokio::test]
async fn what_comes_after_the_last_chunk_of_a_stream_is_dropped() {
    assert_eq!(
        read(&flow! { ends_itself }, 1).await,
        ["ends_itself#0/ 0: all.", "= 1"]
    );
}

#[node]
async fn begins_several(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("z").stream("zulu").await;
    ctx.chunk("a").stream("alpha").await;
    ctx.chunk("m").stream("mike").last().await;
    n
}

#[tokio::test]
async fn every_stream_that_is_open_is_ended_when_the_attempt_succeeds() {
    assert_eq!(
        read(&flow! { begins_several }, 1).await,
        [
            "begins_several#0/zulu 0: z",
            "begins_several#0/alpha 0: a",
            "begins_several#0/mike 0: m.",
            "begins_several#0/alpha 1: .",
            "begins_several#0/zulu 1: .",
            "= 1",
        ]
    );
}

#[node]
async fn sends_nothing(n: u32, _ctx: Ctx) -> u32 {
    n
}

#[tokio::test]
async fn a_stream_that_was_never_begun_has_no_end() {
    assert_eq!(read(&flow! { sends_nothing }, 1).await, ["= 1"]);
}

#[node]
async fn unawaited(n: u32, ctx: Ctx) -> u32 {
    drop(ctx.chunk("never").last());
    n
}

#[tokio::test]
async fn a_chunk_that_is_not_awaited_is_not_sent() {
    assert_eq!(read(&flow! { unawaited }, 1).await, ["= 1"]);
}

#[node]
async fn filters(_: u32, ctx: Ctx) -> Option<u32> {
    ctx.chunk("a").await;
    None
}

#[node]
async fn fails(_: u32, ctx: Ctx) -> Result<u32, &'static str> {
    ctx.chunk("a").await;
    Err("no")
}

#[node]
async fn panics(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    panic!("no")
}

#[node(timeout = "10ms")]
async fn times_out(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    std::future::pending().await
}

#[node]
async fn never_returns(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_does_not_succeed_ends_its_streams() {
    let begun_and_ended = |node: &str, end: &str| {
        [
            format!("{node}#0/ 0: a"),
            format!("{node}#0/ 1: ."),
            format!("! {end}"),
        ]
    };
    assert_eq!(
        read(&flow! { filters }, 1).await,
        begun_and_ended("filters", "Filtered")
    );
    assert_eq!(
        read(&flow! { fails }, 1).await,
        begun_and_ended("fails", "Failed")
    );
    assert_eq!(
        read(&flow! { panics }, 1).await,
        begun_and_ended("panics", "Panicked")
    );
    assert_eq!(
        read(&flow! { times_out }, 1).await,
        begun_and_ended("times_out", "TimedOut")
    );
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_streams_of_what_it_cuts() {
    use futures_util::StreamExt;
    let flow = flow! { never_returns };
    let items = flow.trace(Message::new(1).deadline_in(ms(5))).collect();
    assert_eq!(
        super::lines(&items.await),
        [
            "never_returns#0/ 0: a",
            "never_returns#0/ 1: .",
            "! DeadlineExceeded",
        ]
    );
}

#[node]
async fn fork(n: u32) -> u32 {
    n
}

#[node]
async fn quick(n: u32) -> u32 {
    tokio::time::sleep(ms(5)).await;
    n + 1
}

#[node]
async fn out(n: u32) -> u32 {
    n
}

/// The loser of a race is dropped while the trace goes on.
#[tokio::test(start_paused = true)]
async fn a_dropped_branch_ends_its_streams() {
    assert_eq!(
        read(&flow! { fork -> [never_returns, quick] -> race -> out }, 1).await,
        ["never_returns#0/ 0: a", "never_returns#0/ 1: .", "= 2"]
    );
}

#[node]
async fn fails_soon(_: u32) -> Result<u32, &'static str> {
    tokio::time::sleep(ms(5)).await;
    Err("no")
}

/// A failing branch drops the others with its trace: the error is still the last item.
#[tokio::test(start_paused = true)]
async fn branches_that_stop_with_their_trace_end_their_streams() {
    assert_eq!(
        read(&flow! { never_returns; fails_soon }, 1).await,
        ["never_returns#0/ 0: a", "never_returns#0/ 1: .", "! Failed"]
    );
}
