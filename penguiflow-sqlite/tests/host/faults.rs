//! A store that does not take a commit: the trace waits, and its steps do not run again for it. What was
//! stored before runs on.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::Options;
use rusqlite::Connection;

use crate::{Place, Visits, payload};

#[derive(Clone, Default)]
struct Work {
    begun: Visits,
    may_end: Visits,
}

#[node]
async fn write(n: u32, State(work): State<Work>) -> u32 {
    work.begun.add();
    while work.may_end.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    n + 1
}

#[node]
async fn report(n: u32) -> String {
    format!("{n} written")
}

#[tokio::test]
async fn a_locked_store_holds_a_trace_up_and_runs_no_node_again() {
    let place = Place::new();
    let work = Work::default();
    let options = Options::new().busy_timeout(Duration::from_millis(20));
    let store = options
        .open(place.file())
        .await
        .expect("nobody else has it");
    let flow = flow! { #[flow(durable)] write -> report }.with_state(work.clone());
    let running = store.start(flow).await.expect("it starts");
    running.emit(1).await.expect("it is stored");
    while work.begun.count() == 0 {
        tokio::task::yield_now().await;
    }

    let other = Connection::open(place.file()).expect("it is a database");
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody writes");
    work.may_end.add();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let refused = running.emit(2).await.expect_err("it is locked");
    assert!(refused.to_string().contains("locked"), "{refused}");
    other.execute_batch("ROLLBACK").expect("it has the lock");

    assert_eq!(payload(&running).await, "2 written");
    assert_eq!(work.begun.count(), 1);
}

#[node]
async fn numbers(n: u32) -> Vec<u32> {
    (0..n).collect()
}

/// The first items wait until the test lets all go.
#[node]
async fn double(n: u32, State(work): State<Work>) -> u32 {
    work.begun.add();
    while work.may_end.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    2 * n
}

#[node]
async fn sum(doubled: Vec<u32>) -> u32 {
    doubled.iter().sum()
}

/// Items that wait for their turn are stored: some of them run while the commit of earlier ones is under
/// way.
#[tokio::test]
async fn items_of_a_map_run_on_during_a_commit_but_not_all_of_them() {
    let place = Place::new();
    let work = Work::default();
    let store = place.open().await;
    let flow = flow! { #[flow(durable)] numbers -> [double; 4] -> join -> sum };
    let started = store.start(flow.with_state(work.clone())).await;
    let running = started.expect("it starts");
    running.emit(500).await.expect("it is stored");
    while work.begun.count() < 4 {
        tokio::task::yield_now().await;
    }

    let other = Connection::open(place.file()).expect("it is a database");
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody writes");
    work.may_end.add();
    while work.begun.count() < 60 {
        tokio::task::yield_now().await;
    }
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    let ahead = work.begun.count();
    other.execute_batch("ROLLBACK").expect("it has the lock");

    assert!(ahead < 100, "{ahead} items ran");
    assert_eq!(payload(&running).await, 499 * 500);
    assert_eq!(work.begun.count(), 500);
}
