//! `timeout`: per attempt, around the node alone.

use std::time::Duration;

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms, watched};

#[node(timeout = "100ms")]
async fn limited(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[tokio::test(start_paused = true)]
async fn a_node_is_cut_at_its_timeout() {
    let flow = flow! { limited };
    let begin = Instant::now();
    let error = flow.run(1000).await.expect_err("it takes too long");
    assert_eq!(begin.elapsed(), ms(100));
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::TimedOut, Some("limited"))
    );
    assert_eq!(error.attempts(), 1);
    assert_eq!(
        error.to_string(),
        "node `limited` exceeded its timeout of 100ms"
    );
    assert!(
        error.into_source().is_none(),
        "the node itself told of no error"
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_in_time_is_not_cut() -> Result<(), FlowError> {
    assert_eq!(flow! { limited }.run(99).await?, 99);
    Ok(())
}

#[node(timeout = "100ms", retries = 2, backoff = "10ms", jitter = false)]
async fn slow_at_first(milliseconds: [u64; 3], ctx: Ctx) -> u32 {
    tokio::time::sleep(ms(milliseconds[ctx.attempt() as usize])).await;
    ctx.attempt()
}

/// Each attempt has the whole time, and a timeout is retried as an error is.
#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_time() -> Result<(), FlowError> {
    let flow = flow! { slow_at_first };
    let begin = Instant::now();
    assert_eq!(flow.run([500, 500, 90]).await?, 2);
    assert_eq!(begin.elapsed(), ms(100 + 10 + 100 + 20 + 90));
    let error = flow.run([500; 3]).await.expect_err("it never is in time");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TimedOut, 3));
    assert_eq!(
        error.to_string(),
        "node `slow_at_first` exceeded its timeout of 100ms after 3 attempts"
    );
    Ok(())
}

#[node(timeout = "50ms")]
async fn drops(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    tokio::time::sleep(ms(500)).await;
    notes.write("ran on");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_times_out_is_dropped() {
    let notes = Notebook::new();
    let _ = flow! { drops }
        .run(notes.clone())
        .await
        .expect_err("it takes too long");
    tokio::time::sleep(ms(1000)).await;
    assert_eq!(notes.timed(), [(50, "dropped".to_owned())]);
}

#[node(timeout = "50ms", spawn)]
async fn drops_in_a_task(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    tokio::time::sleep(ms(500)).await;
    notes.write("ran on");
}

#[tokio::test(start_paused = true)]
async fn a_node_with_a_task_of_its_own_is_cut_too() {
    let notes = Notebook::new();
    let error = flow! { drops_in_a_task }
        .run(notes.clone())
        .await
        .expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    tokio::time::sleep(ms(1000)).await;
    assert_eq!(notes.timed(), [(50, "dropped".to_owned())]);
}

/// A timeout that user code reports is that node's own error.
#[node(retries = 1, backoff = "1ms", jitter = false)]
async fn times_out_itself(_: ()) -> Result<(), tokio::time::error::Elapsed> {
    tokio::time::timeout(ms(20), std::future::pending()).await
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_user_code_is_an_error_like_any_other() {
    let (flow, seen) = watched(flow! { times_out_itself });
    let error = flow.run(()).await.expect_err("it never ends");
    assert_eq!(error.kind(), ErrorKind::Failed);
    let source = error.into_source().expect("the node's own error");
    assert!(source.is::<tokio::time::error::Elapsed>());
    flow.flush().await;
    assert_eq!(
        (seen.count("node_timeout"), seen.count("node_error")),
        (0, 2)
    );
}

#[node(timeout = "100ms")]
async fn first(n: u64) -> u64 {
    tokio::time::sleep(ms(80)).await;
    n
}

#[node(timeout = "100ms", concurrency = 1)]
async fn second(n: u64) -> u64 {
    tokio::time::sleep(ms(80)).await;
    n
}

/// Neither what follows a node nor the wait for a permit counts as its time.
#[tokio::test(start_paused = true)]
async fn a_timeout_covers_the_node_alone() -> Result<(), FlowError> {
    let flow = flow! { first -> second };
    let (one, other, third) = tokio::join!(flow.run(1), flow.run(2), flow.run(3));
    assert_eq!((one?, other?, third?), (1, 2, 3));
    Ok(())
}

/// A timeout beyond the clock's range never comes.
#[node(timeout = "2000000h")]
async fn patient(_: ()) -> Duration {
    tokio::time::sleep(ms(5)).await;
    ms(5)
}

#[tokio::test(start_paused = true)]
async fn a_timeout_may_be_very_long() -> Result<(), FlowError> {
    assert_eq!(flow! { patient }.run(()).await?, ms(5));
    Ok(())
}
