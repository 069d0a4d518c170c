//! `stop` drains, `stop_within` has patience for a while, `abort` has none.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, balances, drain, ms, tasks, watched};

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[tokio::test(start_paused = true)]
async fn stop_waits_for_what_is_in_flight() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    for n in [10, 70, 30] {
        running.emit(n).await?;
    }
    let begin = Instant::now();
    let ledger = running.stop().await;
    assert_eq!(begin.elapsed(), ms(70));
    assert_eq!(
        (ledger.emitted, ledger.completed, ledger.in_flight),
        (3, 3, 0)
    );
    assert_eq!(tasks(), 0);
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(outputs?, [10, 30, 70]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn stop_can_be_called_again() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(10).await?;
    let (one, other) = tokio::join!(running.stop(), running.stop());
    assert_eq!((one.completed, other.completed), (1, 1));
    assert_eq!(running.stop().await, one);
    Ok(())
}

/// More results than the backlog takes: nobody can fetch them before `stop` is over.
#[tokio::test(start_paused = true)]
async fn stop_does_not_wait_for_fetches() -> Result<(), FlowError> {
    let running = flow! { wait }.backlog(2).start();
    for _ in 0..10 {
        running.emit(1).await?;
    }
    tokio::time::sleep(ms(5)).await;
    assert_eq!(running.ledger().completed, 2);
    assert_eq!(running.stop().await.completed, 10);
    assert_eq!(drain(&running).await.len(), 10);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn stop_waits_for_the_observers() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { wait });
    let running = flow.start();
    running.emit(1).await?;
    running.stop().await;
    assert_eq!(seen.lines().last().map(String::as_str), Some("trace_end"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn stop_within_drains_what_is_done_in_time() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(20).await?;
    let begin = Instant::now();
    let ledger = running.stop_within(ms(100)).await;
    assert_eq!((ledger.completed, begin.elapsed()), (1, ms(20)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn stop_within_cancels_the_rest() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    for n in [20, 500, 1000] {
        running.emit(n).await?;
    }
    let begin = Instant::now();
    let ledger = running.stop_within(ms(100)).await;
    assert_eq!(begin.elapsed(), ms(100));
    assert_eq!(
        (ledger.completed, ledger.cancelled, ledger.in_flight),
        (1, 2, 0)
    );
    assert_eq!(tasks(), 0);
    let results = drain(&running).await;
    assert!(
        matches!(results.as_slice(), [Ok(20), Err(_), Err(_)]),
        "{results:?}"
    );
    Ok(())
}

#[node]
async fn forever(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn abort_cancels_at_once() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { forever }.start();
    for _ in 0..3 {
        running.emit(notes.clone()).await?;
    }
    tokio::time::sleep(ms(1)).await;
    let begin = Instant::now();
    let ledger = running.abort().await;
    assert_eq!(begin.elapsed(), ms(0));
    assert_eq!((ledger.cancelled, ledger.in_flight), (3, 0));
    assert_eq!(notes.lines(), ["dropped"; 3]);
    assert_eq!(tasks(), 0);
    let kinds: Vec<_> = drain(&running)
        .await
        .into_iter()
        .map(|result| result.map_err(|error| error.kind()))
        .collect();
    assert_eq!(kinds, [Err(ErrorKind::Cancelled); 3]);
    Ok(())
}

/// What it returns is only for those who want to wait until the tasks are gone.
#[tokio::test(start_paused = true)]
async fn abort_need_not_be_awaited() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(1000).await?;
    let _ = running.abort();
    let ledger = running.ledger();
    assert_eq!((ledger.cancelled, ledger.in_flight), (1, 0));
    assert!(running.try_emit(1).is_err());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn abort_cuts_a_stop_short() -> Result<(), FlowError> {
    let running = flow! { wait }.start();
    running.emit(1000).await?;
    let begin = Instant::now();
    let (ledger, ()) = tokio::join!(running.stop(), async {
        tokio::time::sleep(ms(10)).await;
        running.abort().await;
    });
    assert_eq!((ledger.cancelled, begin.elapsed()), (1, ms(10)));
    assert!(balances(&ledger));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dropping_a_started_flow_cancels_its_traces() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { forever }.start();
    running.emit(notes.clone()).await?;
    tokio::time::sleep(ms(1)).await;
    drop(running);
    tokio::time::sleep(ms(1)).await;
    assert_eq!(notes.lines(), ["dropped"]);
    assert_eq!(tasks(), 0);
    Ok(())
}

/// A flow that was stopped can be started again: each start has its own books.
#[tokio::test(start_paused = true)]
async fn a_flow_can_be_started_many_times() -> Result<(), FlowError> {
    let flow = flow! { wait };
    let first = flow.start();
    let second = flow.start();
    first.emit(1).await?;
    first.stop().await;
    second.emit(2).await?;
    second.emit(3).await?;
    assert_eq!(second.stop().await.completed, 2);
    assert_eq!(first.ledger().completed, 1);
    Ok(())
}
