//! Another program that has locked the database.

use penguiflow_sqlite::store::{Options, StoreError};
use rusqlite::Connection;

use crate::at::{At, emitted, flow, hasty, loaded, message, step, whole};

#[tokio::test]
async fn a_lock_is_an_error_and_work_goes_on_when_it_is_gone() {
    let at = At::new();
    let store = at.open_with(hasty());
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let other = Connection::open(at.path()).expect("another program opens it");
    other.execute_batch("BEGIN IMMEDIATE").expect("it locks");
    let refused = store.commit(step(trace, flow, 0, whole("one"))).await;
    assert_eq!(refused, Err(StoreError::Locked));
    // Who reads is not in anybody's way.
    assert_eq!(loaded(&store, trace).await.revision, 0);

    other.execute_batch("COMMIT").expect("it unlocks");
    store
        .commit(step(trace, flow, 0, whole("one")))
        .await
        .expect("it is stored");
    assert_eq!(loaded(&store, trace).await.revision, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_queues_at_a_lock_is_stored_in_one_transaction_when_it_is_gone() {
    let at = At::new();
    let store = at.open_with(Options::default());
    let flow = flow(&store).await;
    let other = Connection::open(at.path()).expect("another program opens it");
    other.execute_batch("BEGIN IMMEDIATE").expect("it locks");
    let before = store.transactions();
    let emits: Vec<_> = (0..100)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.emit(message(flow)).await })
        })
        .collect();
    // All have sent what they emit once a task that was spawned later has run, for there are two
    // workers and each takes one of these after the other.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    other.execute_batch("COMMIT").expect("it unlocks");
    for emit in emits {
        assert!(emit.await.expect("it ends").expect("it is emitted").is_new);
    }
    let transactions = store.transactions() - before;
    assert!(transactions <= 100 / 2, "{transactions} transactions");
    assert_eq!(
        store.unfinished(flow, 0, 999).await.expect("listed").len(),
        100
    );
}
