//! Those who wait for what a trace puts out: callers and readers. What they are given is not stored as
//! a result.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use penguiflow::host::{DurableTrace, ParkedStep};
use penguiflow::{Chunk, FlowError, TraceId};
use tokio::sync::mpsc::UnboundedSender;

/// Something that a trace puts out.
pub(crate) enum Item {
    /// A chunk of a step that runs.
    Chunk(Chunk),
    /// The message of an output, as JSON. It is stored.
    Output(Vec<u8>),
    /// The steps that wait for values, whenever some do after a commit.
    Waits(Vec<ParkedStep>),
    /// The end of the trace. It is stored.
    End(Result<(), FlowError>),
}

#[derive(Default)]
pub(crate) struct Watchers(Mutex<HashMap<TraceId, Watcher>>);

/// One who waits.
#[derive(Clone)]
pub(crate) struct Watcher {
    pub(crate) items: UnboundedSender<Item>,
    pub(crate) takes_chunks: bool,
}

impl Watchers {
    fn all(&self) -> MutexGuard<'_, HashMap<TraceId, Watcher>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, id: TraceId, items: UnboundedSender<Item>, takes_chunks: bool) {
        let watcher = Watcher {
            items,
            takes_chunks,
        };
        self.all().insert(id, watcher);
    }

    pub(crate) fn remove(&self, id: TraceId) -> Option<Watcher> {
        self.all().remove(&id)
    }

    /// Shows what a commit of a trace has put out, and what waits after it.
    pub(super) fn show(&self, id: TraceId, trace: &DurableTrace, outputs: Vec<Vec<u8>>) {
        let is_waiting = !trace.parked().is_empty();
        if outputs.is_empty() && !is_waiting {
            return;
        }
        let Some(watcher) = self.get(id) else {
            return;
        };
        for output in outputs {
            let _ = watcher.items.send(Item::Output(output));
        }
        if is_waiting {
            let _ = watcher.items.send(Item::Waits(trace.parked_steps()));
        }
    }

    /// Nobody is given anything any more.
    pub(crate) fn clear(&self) {
        self.all().clear();
    }

    pub(super) fn has(&self, id: TraceId) -> bool {
        self.all().contains_key(&id)
    }

    pub(super) fn get(&self, id: TraceId) -> Option<Watcher> {
        self.all().get(&id).cloned()
    }
}
