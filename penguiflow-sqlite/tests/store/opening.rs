//! Opening a store: again, twice, and what is none.

use penguiflow_sqlite::store::{Store, StoreError};

use crate::at::{At, emitted, flow, hasty, loaded, step, whole};

#[tokio::test]
async fn a_store_that_was_dropped_or_closed_opens_again_with_all_that_was_committed() {
    let at = At::new();
    let store = at.open();
    let orders = flow(&store).await;
    let trace = emitted(&store, orders).await;
    let clone = store.clone();
    store
        .commit(step(trace, orders, 0, whole("one")))
        .await
        .expect("it is stored");
    drop((store, clone));

    let store = at.open();
    assert_eq!(flow(&store).await, orders);
    assert_eq!(loaded(&store, trace).await.frontier, Some(b"one".to_vec()));
    store
        .commit(step(trace, orders, 1, whole("two")))
        .await
        .expect("it is stored");
    let clone = store.clone();
    store.close().await;
    assert_eq!(clone.load(trace.id).await, Err(StoreError::Closed));
    assert_eq!(clone.ack(vec![1]).await, Err(StoreError::Closed));
    clone.close().await;

    let store = at.open_with(hasty());
    assert_eq!(loaded(&store, trace).await.frontier, Some(b"two".to_vec()));
}

#[tokio::test]
async fn a_second_opening_is_refused_with_who_holds_the_store() {
    let at = At::new();
    let store = at.open();
    let mut names = vec![at.path(), at.path().with_file_name("./flows.db")];
    #[cfg(unix)]
    {
        names.push(at.beside("link.db"));
        std::os::unix::fs::symlink(at.path(), &names[2]).expect("a link");
    }
    for path in names {
        let refused = Store::open(path, hasty()).err().expect("it is held");
        let text = refused.to_string();
        let StoreError::Held {
            holder: Some(holder),
            ..
        } = refused
        else {
            panic!("{text}");
        };
        assert_eq!(holder.pid, std::process::id());
        let who = format!(
            "is open in process {} on {} since 20",
            holder.pid, holder.host
        );
        assert!(text.contains(&who), "{text}");
    }
    store.close().await;
    at.open_with(hasty());
}

#[tokio::test]
async fn what_is_no_store_of_this_format_is_refused_and_stays_as_it_is() {
    let at = At::new();
    std::fs::write(
        at.path(),
        "not a database, and longer than its header would be".repeat(9),
    )
    .expect("a file");
    let refused = Store::open(at.path(), hasty()).err();
    assert_eq!(refused, Some(StoreError::NotAStore));

    std::fs::remove_file(at.path()).expect("it is removed");
    let other = rusqlite::Connection::open(at.path()).expect("another program's database");
    other
        .execute_batch("CREATE TABLE birds(name)")
        .expect("a table");
    drop(other);
    let before = std::fs::read(at.path()).expect("its bytes");
    let refused = Store::open(at.path(), hasty()).err();
    assert_eq!(refused, Some(StoreError::NotAStore));
    assert_eq!(std::fs::read(at.path()).expect("its bytes"), before);
}

#[tokio::test]
async fn a_newer_format_is_refused_with_what_to_do() {
    let at = At::new();
    at.open().close().await;
    let other = rusqlite::Connection::open(at.path()).expect("a newer version opens it");
    other
        .execute("UPDATE meta SET value = '2' WHERE key = 'format'", [])
        .expect("it is newer");
    drop(other);
    let refused = Store::open(at.path(), hasty()).err().expect("it is newer");
    assert_eq!(refused, StoreError::NewerFormat { found: 2, known: 1 });
    let text = "the store has format 2, and this version reads 1: update penguiflow-sqlite";
    assert_eq!(refused.to_string(), text);
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_of_io() {
    let at = At::new();
    let refused = Store::open(at.beside("no/flows.db"), hasty()).err();
    assert!(
        matches!(refused, Some(StoreError::Io { .. })),
        "{refused:?}"
    );
}
