//! Chunks: pieces of a text that a node sends to the reader of its trace while it runs.
//!
//! An attempt numbers the chunks of its streams (`Streams`); the trace's `Outlet` takes them
//! to its reader. Where nobody listens, neither is there.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::thread::{self, Thread};

use serde::{Deserialize, Serialize, Serializer};
use tokio::runtime::Handle;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::silence::{Noise, Silence};
use crate::message::{StepId, TraceId};

/// How many chunks of a trace may wait for its reader.
const ROOM: usize = 16;

/// A piece of text that a node sent by [`Ctx::chunk`](crate::Ctx::chunk) while it ran.
///
/// The chunks of one stream have the same `step`, `attempt` and `stream`. They come in the order in
/// which they were sent, and exactly one of them, the final one, `is_last`: its `end` reports
/// whether what the stream brought counts. Only where a node ends a stream itself and fails
/// afterwards is there one more, empty and last, which takes that end back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Chunk {
    /// The trace that it is part of.
    pub trace_id: TraceId,
    /// The node that sent it, after the playbooks that it runs in: `generate`, or
    /// `Support/generate`.
    pub node: String,
    /// The visit that sent it: each visit of a node is another step. Serialised as its text.
    #[serde(serialize_with = "as_text")]
    pub step: StepId,
    /// The number of the attempt: 0 for the first one, 1 for its first retry.
    pub attempt: u32,
    /// The name of the stream; empty for the one that has no name.
    pub stream: String,
    /// The number of the chunk in its stream, counted from 0.
    pub seq: u64,
    /// The piece of text. Empty where the engine ended the stream.
    pub text: String,
    /// Whether its stream ends here.
    pub is_last: bool,
    /// How its stream ended, if it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<StreamEnd>,
}

impl Chunk {
    /// What all chunks of an attempt have in common.
    pub(super) fn blank(trace_id: TraceId, node: String, step: StepId, attempt: u32) -> Self {
        Self {
            trace_id,
            node,
            step,
            attempt,
            stream: String::new(),
            seq: 0,
            text: String::new(),
            is_last: false,
            end: None,
        }
    }
}

/// How a stream of chunks ended: [`Chunk::end`].
///
/// It is the end of one attempt of one visit. That the attempt succeeded does not mean that its
/// branch or its playbook will.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn answer(_: (), ctx: Ctx) -> Result<usize, &'static str> {
///     ctx.chunk("To be or").await;
///     if ctx.attempt() == 0 {
///         return Err("the connection was lost");
///     }
///     ctx.chunk(" not to be").await;
///     Ok(2)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = flow! { answer };
/// let mut trace = flow.trace(());
/// let mut said = String::new();
/// while let Some(item) = trace.next().await {
///     if let TraceItem::Chunk(chunk) = item? {
///         said += &chunk.text;
///         if let Some(StreamEnd::Failed | StreamEnd::Dropped) = chunk.end {
///             said.clear(); // another attempt begins anew
///         }
///     }
/// }
/// assert_eq!(said, "To be or not to be");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StreamEnd {
    /// The attempt succeeded, or the node ended the stream itself: it is whole.
    Complete,
    /// The attempt failed, panicked, or was cut by its timeout or the deadline: what the stream
    /// brought is void. Another attempt, or a fallback, may follow.
    Failed,
    /// The attempt was dropped, since nobody waits for it any more: its branch lost a race, its
    /// trace failed elsewhere or was cancelled.
    Dropped,
}

/// As a number, it would not survive JavaScript.
fn as_text<S: Serializer>(step: &StepId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(step)
}

/// A chunk that is sent when it is awaited: what [`Ctx::chunk`](crate::Ctx::chunk) returns.
/// Dropped before it is ready, it may have been sent or not.
#[must_use = "a chunk is sent by `.await`, or in a plain `fn` by `.send_blocking()`"]
pub struct SendChunk {
    unsent: Option<Unsent>,
    noise: Option<Noise>,
}

/// A chunk that somebody listens for.
struct Unsent {
    streams: Arc<Streams>,
    stream: String,
    text: String,
    is_last: bool,
    room: Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send>>,
}

impl SendChunk {
    pub(super) fn new(
        streams: Option<&Arc<Streams>>,
        silence: Option<&Arc<Silence>>,
        text: impl Into<String>,
    ) -> Self {
        let unsent = streams.map(|streams| Unsent {
            streams: Arc::clone(streams),
            stream: String::new(),
            text: text.into(),
            is_last: false,
            room: Box::pin(Arc::clone(&streams.outlet.room).acquire_owned()),
        });
        Self {
            unsent,
            noise: silence.map(Noise::of),
        }
    }

    /// Sends it on the stream of this name, in place of the one without a name. An attempt
    /// has as many streams as it names, each with its own numbers and its own end.
    pub fn stream(mut self, name: impl Into<String>) -> Self {
        if let Some(unsent) = &mut self.unsent {
            unsent.stream = name.into();
        }
        self
    }

    /// Ends its stream, which is [complete](StreamEnd::Complete): what is sent on it later in this
    /// attempt is dropped. A stream that no chunk ended is ended by an empty one when the attempt
    /// is over, however it ends. If the attempt fails after all, another empty one reports it.
    pub fn last(mut self) -> Self {
        if let Some(unsent) = &mut self.unsent {
            unsent.is_last = true;
        }
        self
    }

    /// Sends it from a `blocking` node, or from a thread of your own, which waits for room.
    ///
    /// # Panics
    ///
    /// If somebody listens and it is called by a task, which must not block but `.await`.
    pub fn send_blocking(mut self) {
        if self.unsent.is_none() {
            self.is_sent();
            return;
        }
        match Handle::try_current() {
            Ok(tokio) => tokio.block_on(self),
            Err(_) => wait_for(self),
        }
    }

    /// Its attempt is not silent.
    fn is_sent(&mut self) {
        if let Some(noise) = self.noise.take() {
            noise.make();
        }
    }
}

impl Future for SendChunk {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let Some(unsent) = &mut this.unsent else {
            this.is_sent();
            return Poll::Ready(());
        };
        // Until the reader has the chunk, the idle timeout does not run.
        if let Some(noise) = &mut this.noise {
            noise.wait();
        }
        let room = ready!(unsent.room.as_mut().poll(cx));
        if let (Some(unsent), Ok(room)) = (this.unsent.take(), room) {
            unsent.send(room);
            // The reader may be in the same task: it gets the chunk before the node goes on.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.is_sent();
        Poll::Ready(())
    }
}

impl Unsent {
    fn send(self, room: OwnedSemaphorePermit) {
        self.streams
            .send(self.stream, self.text, self.is_last, room);
    }
}

impl fmt::Debug for SendChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendChunk")
    }
}

/// Waits on a thread that is not tokio's.
fn wait_for(future: impl Future<Output = ()>) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    while future
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_pending()
    {
        thread::park();
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
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

    /// Numbers a chunk and queues it under one lock, so that numbers come in order.
    fn send(&self, stream: String, text: String, is_last: bool, room: OwnedSemaphorePermit) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(numbers) = &mut *begun else { return };
        let begun = numbers.entry(stream.clone()).or_default();
        if begun.is_over {
            return;
        }
        let seq = begun.next;
        begun.next += 1;
        begun.is_over = is_last;
        let chunk = Chunk {
            stream,
            seq,
            text,
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
