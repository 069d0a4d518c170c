//! Those who wait for what a trace puts out: callers and readers. What they are given is not stored as
//! a result.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use penguiflow::host::{ChunkRoom, DurableTrace, ParkedStep};
use penguiflow::{Chunk, FlowError, TraceId};
use tokio::sync::mpsc::UnboundedSender;

/// Something that a trace puts out.
pub(crate) enum Item {
    /// A chunk of a step that runs. A trace has room for few that were not read.
    Chunk(Chunk, ChunkRoom),
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

impl Watcher {
    /// Sends what a commit has stored: outputs, and what waits for values then.
    pub(super) fn send_stored(&self, outputs: Vec<Vec<u8>>, waits: Vec<ParkedStep>) {
        for output in outputs {
            let _ = self.items.send(Item::Output(output));
        }
        if !waits.is_empty() {
            let _ = self.items.send(Item::Waits(waits));
        }
    }

    /// Sends the chunks of a trace from now on. Nobody waits for room once the reader is gone.
    pub(super) fn send_chunks(self, trace: &mut DurableTrace) {
        trace.queue_chunks(move |chunk, room| {
            let _ = self.items.send(Item::Chunk(chunk, room));
        });
    }
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
        if outputs.is_empty() && trace.parked().is_empty() {
            return;
        }
        if let Some(watcher) = self.get(id) {
            watcher.send_stored(outputs, trace.parked_steps());
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
