//! `run` and `run_all`: one message to the end of its trace, in the caller's own task.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, tasks};

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn triple(n: u32) -> u32 {
    n * 3
}

#[node]
async fn late(n: u32) -> u32 {
    tokio::time::sleep(ms(u64::from(n))).await;
    n
}

#[node]
async fn later(n: u32) -> u32 {
    tokio::time::sleep(ms(50 + u64::from(n))).await;
    n + 1
}

#[tokio::test]
async fn run_takes_a_payload_or_a_message() -> Result<(), FlowError> {
    let flow = flow! { double };
    assert_eq!(flow.run(21).await?, 42);
    assert_eq!(flow.run(Message::new(21).tenant("acme")).await?, 42);
    Ok(())
}

#[node]
async fn length(text: &str) -> usize {
    text.len()
}

/// A literal, too, where a flow takes a `String`.
#[tokio::test]
async fn run_and_emit_take_a_text_as_it_is_written() -> Result<(), FlowError> {
    let flow = flow! { length };
    assert_eq!(flow.run("gentoo").await?, 6);
    let running = flow.start();
    running.emit("adelie").await?;
    assert!(running.try_emit("king").is_ok());
    running.stop().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn run_all_returns_outputs_as_they_came() -> Result<(), FlowError> {
    let flow = flow! { later; late };
    assert_eq!(flow.run_all(30).await?, [30, 31]);
    Ok(())
}

#[node]
async fn waits(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    notes.write("begun");
    std::future::pending().await
}

/// The trace is its future: there is nothing else to stop.
#[tokio::test(start_paused = true)]
async fn dropping_run_cancels_the_trace() {
    let notes = Notebook::new();
    let flow = flow! { waits };
    let cut = tokio::time::timeout(ms(20), flow.run(notes.clone())).await;
    assert!(cut.is_err());
    let lines = notes.timed();
    assert_eq!(lines, [(0, "begun".to_owned()), (20, "dropped".to_owned())]);
    assert_eq!(tasks(), 0);
}

/// A future that is never polled has done nothing.
#[tokio::test]
async fn run_does_nothing_until_it_is_polled() {
    let notes = Notebook::new();
    let flow = flow! { waits };
    drop(flow.run(notes.clone()));
    assert_eq!(notes.lines(), [""; 0]);
}

/// Traces share nothing: a slow one does not hold up another.
#[tokio::test(start_paused = true)]
async fn runs_do_not_wait_for_each_other() -> Result<(), FlowError> {
    let flow = flow! { late };
    let begin = tokio::time::Instant::now();
    let (slow, fast) = tokio::join!(flow.run(200), async {
        let output = flow.run(10).await;
        assert_eq!(begin.elapsed(), ms(10));
        output
    });
    assert_eq!((slow?, fast?), (200, 10));
    assert_eq!(begin.elapsed(), ms(200));
    Ok(())
}

/// `run` needs no runtime of tokio's where no node asks for time or tasks.
#[test]
fn run_needs_no_runtime() {
    use std::task::{Context, Poll, Waker};
    let flow = flow! { double -> triple };
    let mut run = std::pin::pin!(flow.run(1));
    let polled = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Ok(6))));
}
