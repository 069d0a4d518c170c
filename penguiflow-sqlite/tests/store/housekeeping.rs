//! Retention, vacuum and backups.

use std::fs;
use std::time::Duration;

use penguiflow_sqlite::store::{Change, Emitted, FlowId, NewTrace, Options, Store, StoreError};

use crate::at::{At, emitted, entries, flow, hasty, keyed, loaded, message, step, whole};

#[tokio::test]
async fn retention_by_count_removes_the_traces_that_ended_first() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    let mut ended = Vec::new();
    for n in 0..5 {
        ended.push(end(&store, flow, &n.to_string()).await);
    }
    let running = emitted(&store, flow).await;
    assert_eq!(store.counts(flow).await, Ok([1, 0, 0, 0, 5, 0, 0]));
    assert_eq!(store.retain(None, Some(2)).await, Ok(3));
    assert_eq!(store.retain(None, Some(2)).await, Ok(0));
    assert_eq!(store.counts(flow).await, Ok([1, 0, 0, 0, 2, 0, 0]));
    for (n, trace) in ended.iter().enumerate() {
        let found = store.load(trace.id).await.expect("it is read");
        assert_eq!(found.is_some(), n >= 3);
        assert_eq!(
            store
                .history(trace.id)
                .await
                .expect("it is read")
                .is_empty(),
            n < 3
        );
    }
    assert_eq!(loaded(&store, running).await.revision, 0);
    // The key of a trace that was removed is free, the one of a trace that is there is not.
    assert!(
        store
            .emit(keyed(flow, "0"))
            .await
            .expect("it is emitted")
            .is_new
    );
    assert!(
        !store
            .emit(keyed(flow, "4"))
            .await
            .expect("it is found")
            .is_new
    );
}

#[tokio::test]
async fn retention_by_age_keeps_what_ended_since() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    for n in 0..450 {
        end(&store, flow, &n.to_string()).await;
    }
    let hour = Duration::from_secs(3600);
    assert_eq!(store.retain(Some(hour), None).await, Ok(0));
    assert_eq!(store.retain(None, None).await, Ok(0));
    let other = rusqlite::Connection::open(at.path()).expect("another program opens it");
    let older = "UPDATE traces SET updated = updated - 4000000 WHERE seq <= 440";
    other.execute(older, []).expect("they are older");
    assert_eq!(store.retain(Some(hour), None).await, Ok(440));
    assert_eq!(store.retain(Some(hour), Some(4)).await, Ok(6));
}

#[tokio::test]
async fn answered_commands_are_removed_by_age() {
    let at = At::new();
    let store = at.open();
    let other = rusqlite::Connection::open(at.path()).expect("another program opens it");
    let now = std::time::UNIX_EPOCH
        .elapsed()
        .expect("after 1970")
        .as_millis();
    let now = i64::try_from(now).expect("long before it is too long");
    let add = "INSERT INTO commands(verb, at) VALUES('cancel', ?1)";
    for age in [4_000_000, 4_000_000, 1_000] {
        other.execute(add, [now - age]).expect("it is asked");
    }
    for answered in [1, 3] {
        let answer = store.answer(answered, "ok".to_owned()).await;
        answer.expect("it is stored");
    }
    let hour = Duration::from_secs(3600);
    assert_eq!(store.retain(None, Some(0)).await, Ok(0));
    assert_eq!(store.retain(Some(hour), None).await, Ok(0));
    let left = "SELECT group_concat(seq) FROM commands";
    let left: String = other
        .query_row(left, [], |row| row.get(0))
        .expect("some are left");
    assert_eq!(left, "2,3", "one has no answer, and one is new");
}

#[tokio::test]
async fn vacuum_gives_the_space_of_removed_traces_back() {
    let at = At::new();
    let store = at.open();
    let flow = flow(&store).await;
    for _ in 0..50 {
        let frontier = vec![b'x'; 100_000];
        let trace = store
            .emit(NewTrace {
                frontier,
                ..message(flow)
            })
            .await;
        let last = step(trace.expect("it is emitted"), flow, 0, Change::Ended);
        store.commit(last).await.expect("it is stored");
    }
    store.retain(None, Some(0)).await.expect("they are removed");
    store.vacuum().await.expect("it is vacuumed");
    let size = fs::metadata(at.path()).expect("the file").len();
    assert!(size < 200_000, "{size} bytes");
    assert!(emitted(&store, flow).await.is_new);
}

#[tokio::test]
async fn a_backup_is_a_store_as_of_some_moment_and_replaces_the_one_before() {
    let at = At::new();
    let store = at.open();
    let orders = flow(&store).await;
    let trace = emitted(&store, orders).await;
    let copy = at.beside("copy.db");
    for text in ["one", "two"] {
        let revision = loaded(&store, trace).await.revision;
        store
            .commit(step(trace, orders, revision, whole(text)))
            .await
            .expect("it is stored");
        store.backup(&copy).await.expect("it is copied");
        let copied = Store::open(&copy, Options::default()).expect("it opens");
        assert_eq!(
            loaded(&copied, trace).await.frontier,
            Some(text.as_bytes().to_vec())
        );
        copied.close().await;
    }
    // A store that is open is not replaced, and what a dead one left beside it is not read.
    let open = Store::open(&copy, hasty()).expect("it opens");
    let refused = store.backup(&copy).await;
    assert!(
        matches!(refused, Err(StoreError::Held { .. })),
        "{refused:?}"
    );
    let moved = step(trace, orders, 2, whole("elsewhere"));
    open.commit(moved).await.expect("it is stored");
    let log = fs::read(at.beside("copy.db-wal")).expect("its log");
    open.close().await;
    fs::write(at.beside("copy.db-wal"), log).expect("the log is left");
    store.backup(&copy).await.expect("it is copied");
    let copied = Store::open(&copy, hasty()).expect("it opens");
    assert_eq!(loaded(&copied, trace).await.frontier, Some(b"two".to_vec()));
    copied.close().await;

    let store_itself = store.backup(at.path()).await;
    assert_eq!(store_itself, Err(StoreError::BackupOntoItself));
    let nowhere = store.backup(at.beside("no/copy.db")).await;
    assert!(matches!(nowhere, Err(StoreError::Io { .. })), "{nowhere:?}");
    assert!(!at.beside("copy.db-part").exists());
}

#[tokio::test]
async fn a_closed_store_is_one_file_besides_its_lock() {
    let at = At::new();
    let store = at.open_with(hasty());
    let flow = flow(&store).await;
    end(&store, flow, "a").await;
    store.close().await;
    let size = fs::metadata(at.beside("flows.db-wal")).map_or(0, |log| log.len());
    assert_eq!(size, 0);
}

/// A trace that ends, with a history in both places.
async fn end(store: &Store, flow: FlowId, key: &str) -> Emitted {
    let trace = store.emit(keyed(flow, key)).await.expect("it is emitted");
    let changes = [entries(&["entry"]), Change::Ended];
    for (revision, change) in (0..).zip(changes) {
        store
            .commit(step(trace, flow, revision, change))
            .await
            .expect("it is stored");
    }
    trace
}
