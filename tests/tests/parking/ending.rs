//! How a trace ends that waits too long, or that nobody wants any more: nothing is left behind.

use penguiflow::prelude::*;

use super::{Approval, draft, hold, publish, release, until_parked};
use penguiflow_tests::support::{Notebook, balances, ms, secs};

#[tokio::test(start_paused = true)]
async fn an_await_times_out() {
    let flow = flow! { draft -> await Approval within "1s" -> publish };
    let flow = flow.with_state(Notebook::new());
    let error = flow.run(1).await.expect_err("nobody resumes it");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.node(), Some("await Approval"));
    assert_eq!(
        error.to_string(),
        "node `await Approval` was given nothing within 1s"
    );
    let running = flow.start();
    running.emit(1).await.expect("it is open");
    let error = running.fetch().await.expect("a result");
    assert_eq!(error.expect_err("nobody").kind(), ErrorKind::TimedOut);
    assert!(flow.parked().is_empty());
}

#[node]
async fn shelve(failed: Failed<u32>) -> (u32, Approval) {
    assert_eq!(failed.error.kind, ErrorKind::TimedOut);
    (failed.input, Approval(100))
}

#[node]
async fn assume(n: u32) -> (u32, Approval) {
    (n, Approval(200))
}

/// Protects the draft, which the fallback is given, in each way to run a flow.
#[tokio::test(start_paused = true)]
async fn a_fallback_takes_over_from_an_await_that_times_out() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval within "1s" else shelve -> publish };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run(1).await?, 101);
    let running = flow.start();
    running.emit(2).await?;
    running.emit(3).await?;
    assert_eq!(running.fetch().await.expect("a result")?.payload, 102);
    assert_eq!(running.fetch().await.expect("a result")?.payload, 103);
    assert!(flow.parked().is_empty());
    let flow = flow! { draft -> await Approval within "1s" else assume -> publish };
    assert_eq!(flow.with_state(Notebook::new()).run(1).await?, 201);
    Ok(())
}

/// The message's deadline is the trace's, and no fallback's business.
#[tokio::test(start_paused = true)]
async fn the_deadline_ends_the_trace() {
    let flow = flow! { draft -> await Approval within "1h" else shelve -> publish };
    let flow = flow.with_state(Notebook::new());
    let message = || Message::new(1).deadline_in(secs(1));
    let error = flow.run(message()).await.expect_err("nobody resumes it");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    let running = flow.start();
    running.emit(message()).await.expect("it is open");
    let error = running.fetch().await.expect("a result");
    assert_eq!(error.expect_err("late").kind(), ErrorKind::DeadlineExceeded);
    assert!(flow.parked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_that_trace_alone() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { hold -> await Approval -> release };
    let flow = flow.with_state(notes.clone());
    let running = flow.start();
    let (first, second) = (running.emit(1).await?, running.emit(2).await?);
    until_parked(&flow, 2).await;
    assert!(running.cancel(first));
    assert!(balances(&running.ledger()));
    assert!(!running.cancel(first));
    let resumed = flow.resume(first, Approval(1)).await;
    assert!(resumed.is_err(), "it was cancelled");
    tokio::task::yield_now().await;
    assert_eq!(notes.lines(), ["gone 1"]);
    let error = running.fetch().await.expect("a result");
    assert_eq!(error.expect_err("cancelled").kind(), ErrorKind::Cancelled);
    flow.resume(second, Approval(1)).await.expect("it waits");
    assert_eq!(running.fetch().await.expect("a result")?.payload, 3);
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.completed), (1, 1));
    assert!(balances(&ledger));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn abort_ends_what_is_parked() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { hold -> await Approval -> release };
    let flow = flow.with_state(notes.clone());
    let running = flow.start();
    running.emit(1).await?;
    until_parked(&flow, 1).await;
    let ledger = running.abort().await;
    assert_eq!((ledger.cancelled, ledger.in_flight), (1, 0));
    assert!(flow.parked().is_empty());
    assert_eq!(notes.lines(), ["gone 1"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn stop_waits_for_it_and_stop_within_for_a_while() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { hold -> await Approval -> release };
    let flow = flow.with_state(notes.clone());
    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    let late = async {
        tokio::time::sleep(ms(500)).await;
        flow.resume(id, Approval(1)).await.expect("it waits");
    };
    let (ledger, ()) = tokio::join!(running.stop(), late);
    assert_eq!((ledger.completed, notes.times()), (1, vec![500]));

    let running = flow.start();
    running.emit(2).await?;
    until_parked(&flow, 1).await;
    let ledger = running.stop_within(secs(1)).await;
    assert_eq!((ledger.cancelled, ledger.in_flight), (1, 0));
    assert!(flow.parked().is_empty());
    assert_eq!(notes.times(), [500, 1500]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dropping_who_waits_for_it_ends_it() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { hold -> await Approval -> release };
    let flow = flow.with_state(notes.clone());
    let run = tokio::time::timeout(ms(10), flow.run(1)).await;
    assert!(run.is_err(), "it waits");
    assert!(flow.parked().is_empty());
    let running = flow.start();
    running.emit(2).await?;
    until_parked(&flow, 1).await;
    drop(running);
    assert!(flow.parked().is_empty());
    tokio::task::yield_now().await;
    assert_eq!(notes.lines(), ["gone 1", "gone 2"]);
    Ok(())
}
