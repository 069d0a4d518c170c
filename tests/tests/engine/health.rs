//! The health of a started flow: what is full, old, waited for, or lost.

use std::pin::pin;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use penguiflow::Event;
use penguiflow::prelude::*;

async fn secs(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[node(concurrency = 1)]
async fn slow(n: u64) -> u64 {
    secs(n).await;
    n
}

#[node(concurrency = 2)]
async fn inner(n: u64) -> u64 {
    secs(n).await;
    n
}

#[node]
async fn outer(n: u64, ctx: Ctx) -> Result<u64, FlowError> {
    ctx.call(&Called::flow(), n).await
}

#[node]
async fn same(n: u64) -> u64 {
    n
}

#[node]
async fn approved((n, yes): (u64, bool)) -> u64 {
    n * u64::from(yes)
}

flow! { struct Called(u64) -> u64; inner; }
flow! { struct Within(u64) -> u64; slow -> Called; }
flow! { struct Outer(u64) -> u64; outer; }
flow! { struct Approved(u64) -> u64; same -> await bool -> approved; }

#[tokio::test(start_paused = true)]
async fn a_flow_at_rest_is_healthy() {
    let running = Within::flow().capacity(8).start();
    let health = running.health();
    assert_eq!(health.flow, "Within");
    assert_eq!((health.capacity, health.places_taken), (8, 0));
    assert_eq!((health.waiting_to_emit, health.parked), (0, 0));
    assert!(health.oldest.is_none() && health.waiting.is_empty());
}

/// Two emits wait for a place; two visits for the one that runs.
#[tokio::test(start_paused = true)]
async fn what_is_full_and_what_is_waited_for() -> Result<(), FlowError> {
    let running = Within::flow().capacity(3).start();
    let first = running.emit(100).await?;
    secs(5).await;
    for _ in 0..2 {
        running.emit(100).await?;
    }
    let mut fourth = pin!(running.emit(100));
    tokio::select! {
        _ = &mut fourth => panic!("there is no place"),
        () = secs(10) => {}
    }

    let health = running.health();
    assert_eq!((health.places_taken, health.waiting_to_emit), (3, 1));
    let oldest = health.oldest.expect("three are in flight");
    assert_eq!(
        (oldest.trace_id, oldest.age),
        (first, Duration::from_secs(15))
    );
    let [waiting] = &health.waiting[..] else {
        panic!("one node is waited for: {health:?}");
    };
    assert_eq!((waiting.node.as_str(), waiting.visits), ("slow", 2));
    assert_eq!(waiting.longest, Duration::from_secs(10));
    running.abort().await;
    assert!(running.health().waiting.is_empty());
    Ok(())
}

/// Limits of playbooks and of flows that are called, after the names of what they are in.
#[tokio::test(start_paused = true)]
async fn nodes_of_inner_flows_have_a_path() -> Result<(), FlowError> {
    async fn waited_for<F: AnyFlow<In = u64>>(flow: F) -> Result<Vec<String>, FlowError> {
        let running = flow.start();
        for _ in 0..3 {
            running.emit(100).await?;
        }
        secs(1).await;
        let waiting = running.health().waiting.into_iter();
        let names = waiting.map(|waiting| waiting.node).collect();
        running.abort().await;
        Ok(names)
    }
    assert_eq!(waited_for(Outer::flow()).await?, ["Called/inner"]);
    assert_eq!(waited_for(Within::flow()).await?, ["slow"]);
    let playbook = flow! { Called };
    assert_eq!(waited_for(playbook).await?, ["Called/inner"]);
    Ok(())
}

/// A parked trace holds no place, and is not the oldest in flight.
#[tokio::test(start_paused = true)]
async fn parked_traces_are_counted_apart() -> Result<(), FlowError> {
    let running = Approved::flow().capacity(1).start();
    running.emit(1).await?;
    secs(1).await;
    let health = running.health();
    assert_eq!((health.parked, health.places_taken), (1, 0));
    assert!(health.oldest.is_none());
    assert_eq!(health.ledger.in_flight, 1);
    Ok(())
}

/// An observer that does not go on loses events; the other one does not.
#[tokio::test]
async fn observers_that_lose_events() {
    let (go_on, stopped): (_, Receiver<()>) = channel();
    let hangs = move |_: &Event| _ = stopped.recv();
    let flow = flow! { approved }.observe(hangs).observe(|_: &Event| {});
    for n in 0..40_000 {
        flow.run((n, true)).await.expect("it succeeds");
    }
    let running = flow.start();
    let lost = running.health().lost_events;
    assert!(lost[0] > 0, "{lost:?}");
    drop(go_on);
}

#[tokio::test(start_paused = true)]
async fn it_serialises() -> Result<(), Box<dyn std::error::Error>> {
    let running = Within::flow().capacity(1).start();
    running.emit(3).await?;
    secs(2).await;
    let json = serde_json::to_value(running.health())?;
    assert_eq!(json["oldest"]["age_ms"], 2000.0);
    assert_eq!(json["ledger"]["in_flight"], 1);
    Ok(())
}
