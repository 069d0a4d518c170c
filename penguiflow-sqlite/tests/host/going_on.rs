//! What was stored goes on when the flow is started again.

use std::time::Duration;

use penguiflow::prelude::*;

use crate::{Place, Visits, next, payload};

#[derive(Clone, Default)]
struct Work {
    first: Visits,
    second: Visits,
    /// Whether the second node goes on.
    may_go_on: Visits,
}

#[node]
async fn first(n: u32, State(work): State<Work>) -> u32 {
    work.first.add();
    n + 1
}

#[node]
async fn second(n: u32, State(work): State<Work>) -> u32 {
    work.second.add();
    while work.may_go_on.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    n * 10
}

#[tokio::test]
async fn a_trace_goes_on_at_the_step_that_ran() {
    let place = Place::new();
    let work = Work::default();
    let flow = flow! { #[flow(durable)] first -> second }.with_state(work.clone());
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    running.emit(1).await.expect("it is stored");
    while work.second.count() == 0 {
        tokio::task::yield_now().await;
    }
    running.stop_within(Duration::ZERO).await;
    let refused = running.emit(2).await.expect_err("it is refused");
    assert_eq!(
        refused.to_string(),
        "the flow has stopped: start it again on its store"
    );
    drop(running);
    store.close().await;

    work.may_go_on.add();
    let running = place.open().await.start(flow).await.expect("it starts");
    assert_eq!(payload(&running).await, 20);
    assert_eq!((work.first.count(), work.second.count()), (1, 2));
}

#[tokio::test]
async fn stopping_lets_what_runs_come_to_its_commit() {
    let place = Place::new();
    let work = Work::default();
    let flow = flow! { #[flow(durable)] second -> first }.with_state(work.clone());
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    running.emit(1).await.expect("it is stored");
    while work.second.count() == 0 {
        tokio::task::yield_now().await;
    }
    let stopping = tokio::spawn({
        let running = running.clone();
        async move { running.stop().await }
    });
    tokio::task::yield_now().await;
    work.may_go_on.add();
    stopping.await.expect("it does not panic");
    assert_eq!(work.first.count(), 0, "no step begins once it stops");
    drop(running);
    store.close().await;

    let running = place.open().await.start(flow).await.expect("it starts");
    assert_eq!(payload(&running).await, 11);
    assert_eq!((work.first.count(), work.second.count()), (1, 1));
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again() {
    let place = Place::new();
    let work = Work::default();
    let flow = flow! { #[flow(durable)] first }.with_state(work);
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    for n in 0..3 {
        running.emit(n).await.expect("it is stored");
    }
    let kept = next(&running).await;
    let acked = payload(&running).await;
    let seq = kept.seq();
    drop(kept);
    running.stop().await;
    drop(running);
    store.close().await;

    let store = place.open().await;
    let start = store.start(flow.clone()).ack_on_drop();
    let running = start.await.expect("it starts");
    let mut again = Vec::new();
    for nth in 0..2 {
        let fetched = next(&running).await;
        assert_eq!(fetched.seq() == seq, nth == 0, "it is known by its number");
        again.push(fetched.output().expect("no node fails").payload);
    }
    again.push(acked);
    again.sort_unstable();
    assert_eq!(again, [1, 2, 3]);
    running.stop().await;
    drop(running);
    store.close().await;

    let running = place.open().await.start(flow).await.expect("it starts");
    assert!(
        running
            .try_fetch()
            .await
            .expect("the store works")
            .is_none()
    );
}

#[node]
async fn numbers(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn pad(n: u32, State(work): State<Work>) -> String {
    if work.first.add() > 150 {
        std::future::pending::<()>().await;
    }
    format!("{n:>200}")
}

#[node]
async fn measure(texts: Vec<String>) -> usize {
    texts.iter().map(String::len).sum()
}

/// Its frontier is long, so that what steps emit is in its journal.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_frontier_goes_on_from_its_journal() {
    let place = Place::new();
    let work = Work::default();
    let flow = flow! { #[flow(durable)] numbers -> [pad; 4] -> join -> measure };
    let store = place.open().await;
    let started = store.start(flow.clone().with_state(work.clone())).await;
    let running = started.expect("it starts");
    running.emit(300).await.expect("it is stored");
    while work.first.count() < 154 {
        tokio::task::yield_now().await;
    }
    running.stop_within(Duration::from_millis(50)).await;
    drop(running);
    store.close().await;

    let again = Work::default();
    let store = place.open().await;
    let started = store.start(flow.with_state(again.clone())).await;
    let running = started.expect("it starts");
    while again.first.count() < 150 {
        tokio::task::yield_now().await;
    }
    running.stop_within(Duration::ZERO).await;
    assert!(
        again.first.count() <= 154,
        "{} items ran",
        again.first.count()
    );
}

#[node]
async fn left(text: &str, State(work): State<Work>) -> usize {
    work.first.add();
    text.len()
}

/// Is over while what the other one came to is being stored.
#[node]
async fn right(text: &str, State(work): State<Work>) -> usize {
    while work.first.count() == 0 {
        tokio::task::yield_now().await;
    }
    work.second.add();
    text.len() + 1
}

#[node]
async fn stuck(text: &str, State(work): State<Work>) -> usize {
    while work.may_go_on.count() == 0 {
        tokio::task::yield_now().await;
    }
    text.len() + 2
}

/// The first commit makes the frontier long; the next one has what was absorbed before that.
#[tokio::test]
async fn what_is_absorbed_during_the_commit_of_a_frontier_that_becomes_long_is_stored() {
    let place = Place::new();
    let work = Work::default();
    let flow = flow! { #[flow(durable)] [left, right, stuck] }.with_state(work.clone());
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    running.emit("x".repeat(5_000)).await.expect("it is stored");
    let mut lengths = vec![payload(&running).await, payload(&running).await];
    running.stop_within(Duration::ZERO).await;
    drop(running);
    store.close().await;

    work.may_go_on.add();
    let running = place.open().await.start(flow).await.expect("it starts");
    while running.ledger().await.expect("the store works").completed == 0 {
        tokio::task::yield_now().await;
    }
    while let Some(fetched) = running.try_fetch().await.expect("the store works") {
        lengths.push(fetched.output().expect("no node fails").payload);
    }
    assert_eq!(lengths, [5_000, 5_001, 5_002]);
    assert_eq!((work.first.count(), work.second.count()), (1, 1));
}
