//! A stream's end says whether what it brought counts: a failed attempt's does not, nor that of a
//! branch that nobody waits for.

use futures_util::StreamExt;
use penguiflow::host::Line;
use penguiflow::prelude::*;
use penguiflow_tests::support::ms;
use tokio::time::sleep;

/// The ends of the streams of a trace, in their order: which, and how.
async fn ends<F>(flow: &Flow<F>, input: impl Into<Message<F::In>>) -> Vec<String>
where
    F: Line<()>,
{
    let items: Vec<_> = flow.trace(input).collect().await;
    let end = |item: Result<TraceItem<F::Out>, FlowError>| match item {
        Ok(TraceItem::Chunk(chunk)) => {
            assert_eq!(chunk.is_last, chunk.end.is_some());
            let of = format!("{}#{}{}", chunk.node, chunk.attempt, chunk.stream);
            chunk.end.map(|end| format!("{of} {end:?}"))
        }
        _ => None,
    };
    items.into_iter().filter_map(end).collect()
}

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node(retries = 1, backoff = "1ms")]
async fn fails_first(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    ctx.chunk("a").await;
    match ctx.attempt() {
        0 => Err("no"),
        _ => Ok(n),
    }
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

#[node(spawn)]
async fn panics_elsewhere(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    panic!("no")
}

#[node(timeout = "5ms")]
async fn times_out(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    std::future::pending().await
}

#[node]
async fn waits(_: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    std::future::pending().await
}

#[node]
async fn quick(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("a").await;
    sleep(ms(5)).await;
    n
}

#[node]
async fn filters(_: u32, ctx: Ctx) -> Option<u32> {
    ctx.chunk("a").await;
    None
}

#[node]
async fn last(n: u32) -> u32 {
    n
}

#[tokio::test(start_paused = true)]
async fn a_failed_attempt_voids_its_streams() {
    let ends_of_retries = ["fails_first#0 Failed", "fails_first#1 Complete"];
    assert_eq!(ends(&flow! { fails_first }, 1).await, ends_of_retries);
    let ends_of_fallback = ["fails#0 Failed", "quick#0 Complete"];
    assert_eq!(ends(&flow! { fails else quick }, 1).await, ends_of_fallback);
    assert_eq!(ends(&flow! { panics }, 1).await, ["panics#0 Failed"]);
    assert_eq!(
        ends(&flow! { panics_elsewhere }, 1).await,
        ["panics_elsewhere#0 Failed"]
    );
    assert_eq!(ends(&flow! { times_out }, 1).await, ["times_out#0 Failed"]);
    let late = Message::new(1).deadline_in(ms(5));
    assert_eq!(ends(&flow! { waits }, late).await, ["waits#0 Failed"]);
}

#[tokio::test(start_paused = true)]
async fn what_gives_nothing_has_succeeded() {
    assert_eq!(ends(&flow! { filters }, 1).await, ["filters#0 Complete"]);
}

#[node]
async fn fails_soon(_: u32) -> Result<u32, &'static str> {
    sleep(ms(5)).await;
    Err("no")
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_dropped() {
    let flow = flow! { start -> [waits, quick] -> race -> last };
    assert_eq!(
        ends(&flow, 1).await,
        ["quick#0 Complete", "waits#0 Dropped"]
    );
    let flow = flow! { waits; fails_soon };
    assert_eq!(ends(&flow, 1).await, ["waits#0 Dropped"]);
}

#[node(retries = 1, backoff = "1ms")]
async fn ends_itself(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    ctx.chunk("all").stream("/whole").last().await;
    ctx.chunk("some").stream("/part").await;
    match ctx.attempt() {
        0 => Err("no"),
        _ => Ok(n),
    }
}

/// The node's own word for an end is taken back when it fails after all.
#[tokio::test(start_paused = true)]
async fn an_end_is_taken_back_by_a_failure() {
    let expected = [
        "ends_itself#0/whole Complete",
        "ends_itself#0/part Failed",
        "ends_itself#0/whole Failed",
        "ends_itself#1/whole Complete",
        "ends_itself#1/part Complete",
    ];
    assert_eq!(ends(&flow! { ends_itself }, 1).await, expected);
}

#[test]
fn an_end_is_written_as_a_word() {
    let ends = [StreamEnd::Complete, StreamEnd::Failed, StreamEnd::Dropped];
    let text = serde_json::to_string(&ends).expect("plain data");
    assert_eq!(text, r#"["complete","failed","dropped"]"#);
}
