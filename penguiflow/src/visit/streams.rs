//! The way of chunks to the reader of their trace. An attempt numbers the chunks of its streams
//! (`Streams`); the trace's `Outlet` takes them to its reader. Where nobody listens, neither is there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::chunk::{Chunk, StreamEnd};

/// How many chunks of a trace may wait for its reader.
const ROOM: usize = 16;

/// What a chunk brings.
pub(super) struct Content {
    pub(super) text: String,
    /// Boxed: most chunks are text alone, and wait in the node's own future.
    pub(super) label: Option<Box<Label>>,
}

/// The parts that few chunks have.
#[derive(Default)]
pub(super) struct Label {
    pub(super) kind: Option<Cow<'static, str>>,
    pub(super) data: Option<Value>,
}

impl Content {
    pub(super) fn label(&mut self) -> &mut Label {
        self.label.get_or_insert_default()
    }
}

/// Where the chunks of one trace go.
pub(crate) struct Outlet {
    /// Closed when the trace is over or nobody reads it any more.
    room: Arc<Semaphore>,
    queue: Box<Queue>,
}

/// Puts a chunk where the reader finds it, with the room that it takes there.
type Queue = dyn Fn(Chunk, Option<OwnedSemaphorePermit>) + Send + Sync;

impl Outlet {
    pub(crate) fn new(
        queue: impl Fn(Chunk, Option<OwnedSemaphorePermit>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            room: Arc::new(Semaphore::new(ROOM)),
            queue: Box::new(queue),
        }
    }

    /// Lets nobody wait for room any more.
    pub(crate) fn close(&self) {
        self.room.close();
    }
}

/// The streams of one attempt.
pub(crate) struct Streams {
    outlet: Arc<Outlet>,
    /// The part that all chunks of the attempt share.
    blank: Chunk,
    /// `None` once the attempt is over.
    begun: Mutex<Option<Numbers>>,
}

/// The streams that were begun, by their names.
type Numbers = BTreeMap<String, Begun>;

/// How far a stream is.
#[derive(Default)]
struct Begun {
    /// The number of its next chunk.
    next: u64,
    /// Whether a chunk has ended it.
    is_over: bool,
}

impl Streams {
    /// Streams to this outlet, whose chunks have in common what this one has.
    pub(super) fn new(outlet: &Arc<Outlet>, blank: Chunk) -> Self {
        Self {
            outlet: Arc::clone(outlet),
            blank,
            begun: Mutex::new(Some(Numbers::new())),
        }
    }

    /// Room for one more chunk at the reader.
    pub(super) fn room(
        &self,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send + 'static {
        Arc::clone(&self.outlet.room).acquire_owned()
    }

    /// Numbers a chunk and queues it under one lock, so that numbers come in order.
    pub(super) fn send(
        &self,
        stream: String,
        content: Content,
        is_last: bool,
        room: OwnedSemaphorePermit,
    ) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(numbers) = &mut *begun else { return };
        let begun = numbers.entry(stream.clone()).or_default();
        if begun.is_over {
            return;
        }
        let seq = begun.next;
        begun.next += 1;
        begun.is_over = is_last;
        let label = content.label.map_or_else(Label::default, |label| *label);
        let chunk = Chunk {
            stream,
            seq,
            text: content.text,
            kind: label.kind,
            data: label.data,
            is_last,
            end: is_last.then_some(StreamEnd::Complete),
            ..self.blank.clone()
        };
        (self.outlet.queue)(chunk, Some(room));
    }

    /// Ends them all: the attempt is over. One that its node has ended is complete only if the
    /// attempt is.
    pub(super) fn end(&self, end: StreamEnd) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        for (stream, begun) in begun.take().unwrap_or_default() {
            if begun.is_over && end == StreamEnd::Complete {
                continue;
            }
            let chunk = Chunk {
                stream,
                seq: begun.next,
                is_last: true,
                end: Some(end),
                ..self.blank.clone()
            };
            (self.outlet.queue)(chunk, None);
        }
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}
