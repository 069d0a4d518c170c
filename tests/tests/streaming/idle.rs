//! `idle`: the longest silence of a node that streams.

use futures_util::StreamExt;
use penguiflow::Policies;
use penguiflow::prelude::*;
use tokio::time::{Instant, sleep};

use super::chunk;
use penguiflow_tests::support::{Notebook, secs};

/// Waits this long before each chunk.
type Waits = Vec<u64>;

#[node(idle = "10s")]
async fn streams(waits: Waits, ctx: Ctx) -> usize {
    send_after(&waits, &ctx).await
}

async fn send_after(waits: &[u64], ctx: &Ctx) -> usize {
    for wait in waits {
        sleep(secs(*wait)).await;
        ctx.chunk("word").await;
    }
    waits.len()
}

fn failure<T: std::fmt::Debug>(result: Result<T, FlowError>) -> (ErrorKind, String) {
    let error = result.expect_err("this trace fails");
    (error.kind(), error.to_string())
}

fn silent(node: &str) -> (ErrorKind, String) {
    let text = format!("node `{node}` was silent for 10s");
    (ErrorKind::TimedOut, text)
}

#[tokio::test(start_paused = true)]
async fn each_chunk_begins_the_silence_anew() -> Result<(), FlowError> {
    let began = Instant::now();
    assert_eq!(flow! { streams }.run(vec![9; 20]).await?, 20);
    assert_eq!(began.elapsed(), secs(180));

    let began = Instant::now();
    let ended = flow! { streams }.run(vec![9, 4, 11, 1]).await;
    assert_eq!(
        (failure(ended), began.elapsed()),
        (silent("streams"), secs(23))
    );

    let began = Instant::now();
    let ended = flow! { streams }.run(vec![60]).await;
    assert_eq!(
        (failure(ended), began.elapsed()),
        (silent("streams"), secs(10))
    );
    Ok(())
}

/// The stream that was begun has failed.
#[tokio::test(start_paused = true)]
async fn its_reader_learns_of_it() -> Result<(), FlowError> {
    let flow = flow! { streams };
    let mut trace = flow.trace(vec![1, 20]);
    assert_eq!(chunk(&mut trace).await?.text, "word");
    assert_eq!(chunk(&mut trace).await?.end, Some(StreamEnd::Failed));
    let ended = trace.next().await.expect("an error");
    assert_eq!(failure(ended), silent("streams"));
    Ok(())
}

/// 16 chunks have room, and the reader does not read for a minute at a time.
#[node(idle = "10s", spawn)]
async fn spawned(_: (), ctx: Ctx) -> u32 {
    for _ in 0..20 {
        ctx.chunk("word").await;
    }
    sleep(secs(60)).await;
    1
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_slow_reader_is_no_silence() -> Result<(), FlowError> {
    let flow = flow! { spawned };
    let mut trace = flow.trace(());
    // The 20th has room once the fourth is read.
    for _ in 0..4 {
        assert_eq!(chunk(&mut trace).await?.end, None);
        sleep(secs(60)).await;
    }
    for _ in 4..20 {
        assert_eq!(chunk(&mut trace).await?.end, None);
    }
    assert_eq!(chunk(&mut trace).await?.end, Some(StreamEnd::Failed));
    let ended = trace.next().await.expect("an error");
    assert_eq!(failure(ended), silent("spawned"));
    Ok(())
}

#[node(
    timeout = "15s",
    idle = "10s",
    retries = 1,
    backoff = "1s",
    jitter = false
)]
async fn recovers(waits: &Waits, ctx: Ctx) -> usize {
    match ctx.attempt() {
        0 => send_after(waits, &ctx).await,
        _ => 0,
    }
}

/// Whichever of both is first ends the attempt, and another one follows.
#[tokio::test(start_paused = true)]
async fn it_is_a_timeout_that_is_retried() -> Result<(), FlowError> {
    for (waits, ended) in [(vec![12], 10), (vec![9, 9], 15), (vec![4, 20], 14)] {
        let began = Instant::now();
        assert_eq!(flow! { recovers }.run(waits).await?, 0);
        assert_eq!(began.elapsed(), secs(ended + 1));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_sooner() {
    let message = Message::new(vec![60]).deadline_in(secs(7));
    let ended = flow! { streams }.run(message).await;
    assert_eq!(failure(ended).0, ErrorKind::DeadlineExceeded);
}

flow! {
    struct Inner(Waits) -> usize;

    plain;
}

#[node]
async fn plain(waits: Waits, ctx: Ctx) -> usize {
    send_after(&waits, &ctx).await
}

#[node(idle = "10s")]
async fn calls(waits: Waits, ctx: Ctx) -> Result<usize, FlowError> {
    ctx.call(&flow! { Inner }, waits).await
}

/// Two calls deep: the node is not silent while a node that it runs is not.
#[tokio::test(start_paused = true)]
async fn chunks_of_flows_that_it_calls_count() -> Result<(), FlowError> {
    assert_eq!(flow! { calls }.run(vec![9; 5]).await?, 5);
    assert_eq!(
        failure(flow! { calls }.run(vec![9, 11]).await),
        silent("calls")
    );
    Ok(())
}

#[node(blocking, idle = "10s")]
fn blocks(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("word").send_blocking();
    n
}

#[tokio::test]
async fn threads_send_too() -> Result<(), FlowError> {
    assert_eq!(flow! { blocks }.run(1).await?, 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn it_can_be_set_at_run_time() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! { streams }.policy::<streams>(|policy| policy.idle(secs(70)));
    assert_eq!(flow.run(vec![60]).await?, 1);
    let policies: Policies = serde_json::from_str(r#"{ "streams": { "idle": "none" } }"#)?;
    let flow = flow! { streams }.policies(&policies)?;
    assert_eq!(flow.run(vec![600]).await?, 1);

    let policies: Policies = serde_json::from_str(r#"{ "plain": { "idle": "10s" } }"#)?;
    let refused = flow! { plain }.policies(&policies).expect_err("it fails");
    let text = "node `plain` cannot be given `idle`: write `idle = \"1h\"` on its `#[node]`";
    assert!(refused.to_string().starts_with(text), "{refused}");
    Ok(())
}

/// A node in line runs while its trace is read, and waits for what takes nine seconds.
#[tokio::test(start_paused = true)]
async fn nor_is_the_time_in_which_nobody_polls_the_trace() -> Result<(), FlowError> {
    let flow = flow! { streams };
    let mut trace = flow.trace(vec![9; 5]);
    for _ in 0..5 {
        assert_eq!(chunk(&mut trace).await?.end, None);
        sleep(secs(60)).await;
    }
    assert_eq!(chunk(&mut trace).await?.end, Some(StreamEnd::Complete));
    Ok(())
}

/// The last chunk has no room, and is given up after 30 s.
#[node(idle = "10s", spawn)]
async fn gives_up(_: (), ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    for _ in 0..18 {
        let sent = tokio::time::timeout(secs(30), ctx.chunk("word")).await;
        notes.write(sent.is_ok());
    }
    sleep(secs(60)).await;
    1
}

#[tokio::test(start_paused = true)]
async fn a_chunk_that_is_given_up_waits_no_longer() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { gives_up }.with_state(notes.clone());
    let mut trace = flow.trace(());
    chunk(&mut trace).await?;
    sleep(secs(35)).await;
    assert_eq!(notes.lines().last().map(String::as_str), Some("false"));
    let rest = trace.collect::<Vec<_>>().await;
    let error = rest.into_iter().next_back().and_then(Result::err);
    assert_eq!(error.expect("it was silent").elapsed(), secs(40));
    Ok(())
}
