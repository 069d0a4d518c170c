//! A flow with `#[flow(durable = "awaits")]`: stored where it waits and ends, and not at each step.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::{Running, Sqlite};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use crate::{Place, Visits, error, payload};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Approval(bool);

/// The visits of the nodes before the `await`, and of those after it.
#[derive(Clone, Default)]
struct Work {
    before: Visits,
    after: Visits,
    /// Whether `print` goes on.
    may_print: Visits,
}

#[node]
async fn research(n: u32, State(work): State<Work>) -> u32 {
    work.before.add();
    n + 1
}

#[node]
async fn draft(n: u32, State(work): State<Work>) -> u32 {
    work.before.add();
    n * 10
}

#[node]
async fn edit((n, Approval(approved)): (u32, Approval), State(work): State<Work>) -> Option<u32> {
    work.after.add();
    approved.then_some(n + 1)
}

#[node]
async fn print(n: u32, State(work): State<Work>) -> u32 {
    work.after.add();
    while work.may_print.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    n
}

#[node]
async fn deliver(n: u32, State(work): State<Work>) -> String {
    work.after.add();
    format!("no. {n}")
}

flow! {
    #[flow(durable = "awaits")]
    struct Press(u32) -> String;

    research -> draft -> await Approval -> edit -> print -> deliver;
}

/// How often the only trace was stored since it was emitted.
fn commits(place: &Place) -> i64 {
    let store = Connection::open(place.file()).expect("it is a database");
    let revision = "SELECT max(revision) FROM traces";
    let revision = store.query_row(revision, [], |row| row.get(0));
    revision.expect("there is a trace")
}

async fn until_parked(running: &Running<u32, String>) {
    while running.parked(1).await.expect("the store works").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn until_visited(visits: &Visits, times: u32) {
    while visits.count() < times {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn start(store: &Sqlite, work: &Work) -> Running<u32, String> {
    let flow = Press::flow().with_state(work.clone());
    store.start(flow).await.expect("it starts")
}

/// Runs on a runtime of its own, whose tasks are gone afterwards, wherever they were.
fn in_a_process_that_dies(run: impl Future<Output = ()>) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(run);
    runtime.shutdown_timeout(Duration::from_secs(5));
}

#[tokio::test]
async fn five_nodes_with_an_await_are_three_commits() {
    let (place, work) = (Place::new(), Work::default());
    work.may_print.add();
    let store = place.open().await;
    let running = start(&store, &work).await;
    let id = running.emit(1).await.expect("it is stored");
    until_parked(&running).await;
    assert_eq!(commits(&place), 1, "where it parks");
    running.resume(id, Approval(true)).await.expect("it waits");
    assert_eq!(payload(&running).await, "no. 21");
    assert_eq!(commits(&place), 3, "what it was given, and its end");
    assert_eq!((work.before.count(), work.after.count()), (2, 3));
}

#[tokio::test]
async fn where_each_step_is_stored_they_are_six() {
    let (place, work) = (Place::new(), Work::default());
    work.may_print.add();
    let flow = flow! {
        #[flow(durable)]
        research -> draft -> await Approval -> edit -> print -> deliver
    };
    let store = place.open().await;
    let running = store.start(flow.with_state(work)).await.expect("it starts");
    let id = running.emit(1).await.expect("it is stored");
    until_parked(&running).await;
    running.resume(id, Approval(true)).await.expect("it waits");
    assert_eq!(payload(&running).await, "no. 21");
    assert_eq!(commits(&place), 6);
}

#[test]
fn a_trace_goes_on_where_it_was_stored_last() {
    let (place, work) = (Place::new(), Work::default());
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = start(&store, &work).await;
        let id = running.emit(1).await.expect("it is stored");
        until_parked(&running).await;
        running.resume(id, Approval(true)).await.expect("it waits");
        until_visited(&work.after, 2).await;
    });
    assert_eq!(commits(&place), 2, "it was stored with what it was given");

    work.may_print.add();
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = start(&store, &work).await;
        assert_eq!(payload(&running).await, "no. 21");
        let more = running.try_fetch().await.expect("the store works");
        assert!(more.is_none(), "an output happens once");
    });
    let visits = (work.before.count(), work.after.count());
    assert_eq!(visits, (2, 2 + 3), "those after the wait ran again");
}

#[test]
fn an_approval_is_waited_for_over_the_death_of_the_process() {
    let (place, work) = (Place::new(), Work::default());
    work.may_print.add();
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = start(&store, &work).await;
        running.emit(1).await.expect("it is stored");
        until_parked(&running).await;
    });
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = start(&store, &work).await;
        let id = running.parked(1).await.expect("the store works")[0].trace_id;
        running.resume(id, Approval(true)).await.expect("it waits");
        assert_eq!(payload(&running).await, "no. 21");
    });
    assert_eq!((work.before.count(), work.after.count()), (2, 3));
}

#[tokio::test]
async fn stopping_stores_where_each_trace_is() {
    let (place, work) = (Place::new(), Work::default());
    let flow = flow! { #[flow(durable = "awaits")] research -> print -> deliver };
    let store = place.open().await;
    let running = store.start(flow.clone().with_state(work.clone())).await;
    let running = running.expect("it starts");
    running.emit(1).await.expect("it is stored");
    until_visited(&work.after, 1).await;
    assert_eq!(commits(&place), 0);
    running.stop_within(Duration::ZERO).await;
    drop(running);
    store.close().await;
    assert_eq!(commits(&place), 1);

    work.may_print.add();
    let store = place.open().await;
    let running = store.start(flow.with_state(work.clone())).await;
    let running = running.expect("it starts");
    assert_eq!(payload(&running).await, "no. 2");
    assert_eq!((work.before.count(), work.after.count()), (1, 3));
}

#[tokio::test]
async fn a_trace_is_cancelled_between_two_commits() {
    let (place, work) = (Place::new(), Work::default());
    let flow = flow! { #[flow(durable = "awaits")] research -> print -> deliver };
    let store = place.open().await;
    let running = store.start(flow.with_state(work.clone())).await;
    let running = running.expect("it starts");
    let id = running.emit(1).await.expect("it is stored");
    until_visited(&work.after, 1).await;
    running.cancel(id).await.expect("it runs");
    assert_eq!(error(&running).await.kind(), ErrorKind::Cancelled);
    let ledger = running.ledger().await.expect("the store works");
    assert_eq!((ledger.cancelled, ledger.running), (1, 0));
}

#[node]
async fn divide(by: u32) -> Result<u32, String> {
    100_u32.checked_div(by).ok_or("division by zero".to_owned())
}

#[node]
async fn less(n: u32, State(work): State<Work>) -> u32 {
    work.before.add();
    n - 1
}

/// What ran before the step that failed does not run again.
#[tokio::test]
async fn a_dead_letter_is_tried_again_at_the_step_that_failed() {
    let (place, work) = (Place::new(), Work::default());
    let flow = flow! { #[flow(durable = "awaits")] less -> divide -> deliver };
    let store = place.open().await;
    let running = store.start(flow.with_state(work.clone())).await;
    let running = running.expect("it starts");
    let id = running.emit(1).await.expect("it is stored");
    error(&running).await;
    let dead = running.dead(0, 1).await.expect("the store works");
    assert_eq!(dead[0].input, Some(serde_json::json!({ "divide": 0 })));
    running
        .retry_with(id, &serde_json::json!({ "divide": 5 }))
        .await
        .expect("it is dead");
    assert_eq!(payload(&running).await, "no. 20");
    assert_eq!(work.before.count(), 1);
}

#[node]
async fn shelve(n: u32, State(work): State<Work>) -> (u32, Approval) {
    work.before.add();
    until_visited(&work.may_print, 1).await;
    (n, Approval(true))
}

/// After the death of the process, nobody can give what the `else` node has taken over.
#[test]
fn the_end_of_a_wait_is_stored_before_what_follows_it() {
    let (place, work) = (Place::new(), Work::default());
    let flow = flow! {
        #[flow(durable = "awaits")]
        research -> await Approval within "20ms" else shelve -> edit -> deliver
    };
    let flow = flow.with_state(work.clone());
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = store.start(flow.clone()).await.expect("it starts");
        running.emit(1).await.expect("it is stored");
        until_visited(&work.before, 2).await;
    });
    assert_eq!(commits(&place), 2);

    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = store.start(flow).await.expect("it starts");
        let parked = running.parked(1).await.expect("the store works");
        assert_eq!(parked, []);
        work.may_print.add();
        assert_eq!(payload(&running).await, "no. 3");
    });
}

#[node(retries = 1, backoff = "1500ms", jitter = false)]
async fn flaky(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    match ctx.attempt() {
        0 => Err("busy"),
        _ => Ok(n),
    }
}

/// It is out of memory meanwhile.
#[test]
fn a_long_wait_for_the_next_attempt_is_stored() {
    let (place, work) = (Place::new(), Work::default());
    let flow = flow! { #[flow(durable = "awaits")] research -> flaky -> deliver };
    let flow = flow.with_state(work.clone());
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = store.start(flow.clone()).await.expect("it starts");
        running.emit(1).await.expect("it is stored");
        while running.ledger().await.expect("the store works").retrying == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = store.start(flow).await.expect("it starts");
        assert_eq!(payload(&running).await, "no. 2");
    });
    assert_eq!((work.before.count(), commits(&place)), (1, 2));
}

#[node]
async fn take((n, _): (u32, Approval), State(work): State<Work>) -> u32 {
    work.before.add();
    n
}

#[node]
async fn add((a, b): (u32, u32)) -> u32 {
    a + b
}

/// So it can be resumed at once, and that survives, too.
#[test]
fn what_parks_is_stored_while_other_branches_run() {
    let (place, work) = (Place::new(), Work::default());
    let flow = flow! {
        #[flow(durable = "awaits")]
        research -> [await Approval -> take, print] -> join -> add -> deliver
    };
    let flow = flow.with_state(work.clone());
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = store.start(flow.clone()).await.expect("it starts");
        let id = running.emit(1).await.expect("it is stored");
        until_visited(&work.after, 1).await;
        until_parked(&running).await;
        running.resume(id, Approval(true)).await.expect("it waits");
        until_visited(&work.before, 2).await;
    });
    assert_eq!(commits(&place), 2);

    work.may_print.add();
    in_a_process_that_dies(async {
        let store = place.open().await;
        let running = store.start(flow).await.expect("it starts");
        assert_eq!(payload(&running).await, "no. 4");
    });
    let visits = (work.before.count(), work.after.count());
    assert_eq!(visits, (1 + 2, 1 + 2), "`research` has not run again");
}
