//! A trace that may have killed its process is taken up a few times, and is a dead letter then.

use penguiflow::prelude::*;

use crate::{Place, Visits, error, payload};

#[node]
async fn deadly(n: u32, State(visits): State<Visits>) -> u32 {
    match visits.add() {
        visit if visit > n => n,
        _ => std::future::pending().await,
    }
}

/// Each time the store is left as a process leaves it that dies.
async fn leave(place: &Place, visits: &Visits, times: u32) {
    for _ in 0..times {
        let before = visits.count();
        let flow = flow! { #[flow(durable)] deadly }.with_state(visits.clone());
        let store = place.open().await;
        let running = store.start(flow).recoveries(2).await;
        let running = running.expect("it starts");
        running
            .emit_keyed("the only one", 5)
            .await
            .expect("it is stored");
        while visits.count() == before {
            tokio::task::yield_now().await;
        }
        running.stop_within(std::time::Duration::ZERO).await;
    }
}

#[tokio::test]
async fn a_trace_that_kills_its_process_is_a_dead_letter_after_a_few() {
    let place = Place::new();
    let visits = Visits::default();
    leave(&place, &visits, 3).await;
    assert_eq!(visits.count(), 3);

    let flow = flow! { #[flow(durable)] deadly }.with_state(visits.clone());
    let store = place.open().await;
    let running = store.start(flow).recoveries(2).await;
    let running = running.expect("it starts");
    let failed = error(&running).await;
    assert_eq!(
        failed.to_string(),
        "the process died 3 times while the trace ran, and no step was completed in between"
    );
    assert_eq!(visits.count(), 3, "it was not run");
    let dead = running
        .dead(0, 10)
        .await
        .expect("the store works")
        .remove(0);
    for _ in 0..3 {
        visits.add();
    }
    running.retry(dead.trace_id).await.expect("it is dead");
    assert_eq!(payload(&running).await, 5);
}

#[tokio::test]
async fn a_trace_that_waits_for_room_is_not_to_blame() {
    let place = Place::new();
    let visits = Visits::default();
    for lives in 1..=4 {
        let flow = flow! { #[flow(durable)] deadly }.with_state(visits.clone());
        let store = place.open().await;
        let start = store.start(flow).recoveries(3).capacity(1);
        let running = start.await.expect("it starts");
        for key in ["the one to blame", "the other one"] {
            running.emit_keyed(key, 4).await.expect("it is stored");
        }
        while visits.count() < lives {
            tokio::task::yield_now().await;
        }
        running.stop_within(std::time::Duration::ZERO).await;
    }
    let flow = flow! { #[flow(durable)] deadly }.with_state(visits.clone());
    let store = place.open().await;
    let start = store.start(flow).recoveries(3).capacity(1);
    let running = start.await.expect("it starts");
    let failed = error(&running).await.to_string();
    assert!(failed.contains("died 4 times"), "{failed}");
    assert_eq!(payload(&running).await, 4);
}
