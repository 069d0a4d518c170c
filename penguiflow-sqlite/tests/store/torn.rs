//! A log whose end was not written, as after a loss of power: what is left is what was stored at some
//! moment, whole.

use std::fs;

use penguiflow::TraceId;

use crate::at::{At, flow, keyed};
use crate::child::Acknowledged;
use crate::script;

#[tokio::test]
async fn a_log_that_is_cut_or_damaged_anywhere_opens_as_it_was_at_some_commit() {
    let at = At::new();
    let id = one_trace(&at).await;
    let database = fs::read(at.beside("copy.db")).expect("the file");
    let log = fs::read(at.beside("copy.db-wal")).expect("the log");
    let mut seen = Vec::new();
    for cut in (0..=log.len()).rev().step_by(997) {
        for damaged in [false, true] {
            let mut log = log.clone();
            match damaged {
                true => log[cut.saturating_sub(1)..]
                    .iter_mut()
                    .take(8)
                    .for_each(|byte| *byte ^= 85),
                false => log.truncate(cut),
            }
            let torn = At::new();
            fs::write(torn.path(), &database).expect("the file");
            fs::write(torn.beside("flows.db-wal"), log).expect("the log");
            seen.push(revision(&torn, id).await);
        }
    }
    seen.dedup();
    assert!(seen.contains(&Some(script::END)), "{seen:?}");
    assert!(seen.contains(&Some(2)), "{seen:?}");
    assert_eq!(seen.last(), Some(&None), "{seen:?}");
}

/// Runs a trace to its end, and copies the files of the store before it is closed.
async fn one_trace(at: &At) -> TraceId {
    let store = at.open();
    store.close().await;
    let store = at.open();
    let flow = flow(&store).await;
    script::run(&store, flow, "torn")
        .await
        .expect("all is stored");
    let trace = store.emit(keyed(flow, "torn")).await.expect("it is found");
    for end in ["", "-wal"] {
        let name = |stem: &str| at.beside(&format!("{stem}.db{end}"));
        fs::copy(name("flows"), name("copy")).expect("a copy");
    }
    trace.id
}

/// The revision of the trace, which is whole; `None` where it is not there yet.
async fn revision(at: &At, id: TraceId) -> Option<i64> {
    let store = at.open();
    let flow = flow(&store).await;
    let found = store.load(id).await.expect("it is read")?;
    script::check(&store, flow, Acknowledged { id, revision: 0 }).await;
    Some(found.revision)
}
