//! Parked traces of started flows: whose they are, and in which order their results come.

use std::time::Duration;

use penguiflow::prelude::*;

use super::{Approval, draft, publish, until_parked};
use penguiflow_tests::support::{Notebook, balances, drain, ms};

#[tokio::test(start_paused = true)]
async fn an_ordered_flow_keeps_the_order_of_the_emits() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new()).ordered();
    let running = flow.start();
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(running.emit(n).await?);
    }
    until_parked(&flow, 3).await;
    for id in ids.into_iter().rev() {
        flow.resume(id, Approval(10)).await.expect("it waits");
    }
    running.stop().await;
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(outputs?, [10, 11, 12]);
    Ok(())
}

/// All clones resume what any of them has parked; a start ends only its own.
#[tokio::test(start_paused = true)]
async fn clones_share_what_is_parked_and_starts_do_not_end_each_other() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new());
    let clone = flow.clone();
    let (one, other) = (flow.start(), clone.start());
    let message = Message::new(1);
    let id = message.trace_id;
    one.emit(message.clone()).await?;
    other.emit(message).await?;
    until_parked(&flow, 2).await;
    assert!(one.cancel(id), "its own trace of that id");
    assert_eq!((one.ledger().cancelled, other.ledger().in_flight), (1, 1));
    drop(one);
    assert_eq!(clone.parked().len(), 1);
    flow.resume(id, Approval(2)).await.expect("the other waits");
    assert_eq!(other.fetch().await.expect("a result")?.payload, 3);
    Ok(())
}

#[node]
async fn pause(n: u32) -> u32 {
    tokio::time::sleep(ms(100)).await;
    n
}

/// Protects the ledger's sum at every moment of a resume: parked, given its value, running, over.
/// A resumed trace was taken in before, and does not wait for capacity again.
#[tokio::test(start_paused = true)]
async fn a_resumed_trace_stays_in_flight_until_it_is_over() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish -> pause };
    let flow = flow.with_state(Notebook::new()).capacity(1);
    let running = flow.start();
    let ledger = || {
        let ledger = running.ledger();
        assert!(balances(&ledger), "{ledger:?}");
        (ledger.in_flight, ledger.completed)
    };
    let first = running.emit(1).await?;
    let second = running.emit(2).await?;
    until_parked(&flow, 2).await;
    assert_eq!(ledger(), (2, 0), "parked");
    flow.resume(first, Approval(1)).await.expect("it waits");
    flow.resume(second, Approval(1)).await.expect("it waits");
    assert_eq!((ledger(), flow.parked().len()), ((2, 0), 0), "given");
    tokio::time::sleep(ms(50)).await;
    assert_eq!(ledger(), (2, 0), "both run");
    tokio::time::sleep(ms(100)).await;
    assert_eq!(ledger(), (0, 2), "both are over");
    Ok(())
}

/// Protects the ledger of a trace that is cancelled after it was resumed.
#[tokio::test(start_paused = true)]
async fn a_resumed_trace_can_be_cancelled() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish -> pause };
    let flow = flow.with_state(Notebook::new()).capacity(1);
    let running = flow.start();
    let (first, second) = (running.emit(1).await?, running.emit(2).await?);
    until_parked(&flow, 2).await;
    flow.resume(first, Approval(1)).await.expect("it waits");
    assert!(running.cancel(first), "before it runs");
    flow.resume(second, Approval(1)).await.expect("it waits");
    tokio::time::sleep(ms(50)).await;
    assert!(running.cancel(second), "while it runs");
    let ledger = running.ledger();
    assert_eq!((ledger.cancelled, ledger.in_flight), (2, 0));
    assert!(balances(&ledger));
    running.emit(3).await?;
    until_parked(&flow, 1).await;
    assert_eq!(running.abort().await.cancelled, 3);
    Ok(())
}

/// Protects what a cancel may meet: a trace on its way to its `await`, at it, or past it. Each
/// message is accounted for, and nothing is left parked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_race_between_resume_and_cancel_loses_no_message() -> Result<(), FlowError> {
    const TRACES: u32 = 2_000;
    let flow = flow! { draft -> await Approval within "1h" -> publish };
    let flow = flow.with_state(Notebook::new()).capacity(8).backlog(5_000);
    let running = flow.start();
    let mut races = Vec::new();
    for n in 0..TRACES {
        let id = running.emit(n).await?;
        let flow = flow.clone();
        races.push(tokio::spawn(async move {
            for _ in 0..n % 7 {
                tokio::task::yield_now().await;
            }
            flow.resume(id, Approval(1)).await.is_ok()
        }));
        for _ in 0..n % 5 {
            tokio::task::yield_now().await;
        }
        running.cancel(id);
        assert!(balances(&running.ledger()));
    }
    for race in races {
        race.await.expect("resuming does not panic");
    }
    let stopped = tokio::time::timeout(Duration::from_secs(20), running.stop()).await;
    let ledger = stopped.expect("nothing is left parked");
    assert_eq!(ledger.emitted, u64::from(TRACES));
    assert_eq!((ledger.failed, ledger.in_flight), (0, 0));
    assert!(flow.parked().is_empty());
    assert_eq!(drain(&running).await.len(), TRACES as usize);
    Ok(())
}
