//! Stores in a folder of their own, and what tests put into them.

use std::path::PathBuf;
use std::time::Duration;

use penguiflow::TraceId;
use penguiflow_sqlite::store::{
    Change, Emitted, FlowId, NewTrace, Options, State, Store, StoredTrace, Transition,
};
use tempfile::TempDir;

pub(crate) struct At {
    folder: TempDir,
}

impl At {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("flows.db")
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn open(&self) -> Store {
        self.open_with(Options::default())
    }

    pub(crate) fn open_with(&self, options: Options) -> Store {
        Store::open(self.path(), options).expect("it opens")
    }
}

/// Options whose waits are short.
pub(crate) fn hasty() -> Options {
    Options {
        busy_timeout: Duration::from_millis(20),
        lock_timeout: Duration::ZERO,
        ..Options::default()
    }
}

pub(crate) async fn flow(store: &Store) -> FlowId {
    let registered = store.flow("orders".into(), "{}".into(), "[]".into());
    registered.await.expect("it is registered")
}

pub(crate) fn message(flow: FlowId) -> NewTrace {
    NewTrace {
        id: TraceId::random(),
        flow,
        key: None,
        state: State::Running,
        due: None,
        waits: None,
        frontier: b"begun".to_vec(),
        created: 1,
    }
}

pub(crate) fn keyed(flow: FlowId, key: &str) -> NewTrace {
    NewTrace {
        key: Some(key.into()),
        ..message(flow)
    }
}

pub(crate) async fn emitted(store: &Store, flow: FlowId) -> Emitted {
    store.emit(message(flow)).await.expect("it is emitted")
}

/// A transition that completes a step and changes nothing else.
pub(crate) fn step(trace: Emitted, flow: FlowId, revision: i64, frontier: Change) -> Transition {
    Transition {
        seq: trace.seq,
        id: trace.id,
        flow,
        revision,
        state: match frontier {
            Change::Ended => State::Done,
            _ => State::Running,
        },
        due: None,
        waits: None,
        frontier,
        has_journal: true,
        history: format!("step {revision}\n").into_bytes(),
        results: Vec::new(),
        dead: None,
        error: None,
        progress: true,
    }
}

pub(crate) fn whole(text: &str) -> Change {
    Change::Whole(text.as_bytes().to_vec())
}

pub(crate) fn entries(texts: &[&str]) -> Change {
    let entries = texts.iter().map(|text| text.as_bytes().to_vec());
    Change::Journal(entries.collect())
}

pub(crate) async fn loaded(store: &Store, trace: Emitted) -> StoredTrace {
    let found = store.load(trace.id).await.expect("it is read");
    found.expect("the trace is there")
}
