//! A chunk on its way from a node: it waits for room with the reader, and breaks the silence of its
//! attempt.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker, ready};
use std::thread::{self, Thread};

use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::{AcquireError, OwnedSemaphorePermit};

use super::silence::{Noise, Silence};
use super::streams::{Content, Streams};

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
    content: Content,
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
            content: Content {
                text: text.into(),
                label: None,
            },
            is_last: false,
            room: Box::pin(streams.room()),
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

    /// Names what it is, such as `progress` or `tool_call`: [`Chunk::kind`](crate::Chunk::kind).
    pub fn kind(mut self, kind: impl Into<Cow<'static, str>>) -> Self {
        if let Some(unsent) = &mut self.unsent {
            unsent.content.label().kind = Some(kind.into());
        }
        self
    }

    /// Lets it carry this as JSON, beside its text: [`Chunk::json`](crate::Chunk::json). Where nobody
    /// reads, nothing is serialised.
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON, such as a map whose keys are no text.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        if let Some(unsent) = &mut self.unsent {
            match serde_json::to_value(value) {
                Ok(data) => unsent.content.label().data = Some(data),
                Err(error) => panic!("a chunk's value cannot be written as JSON: {error}"),
            }
        }
        self
    }

    /// Ends its stream, which is [complete](crate::StreamEnd::Complete): what is sent on it later in this
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
            .send(self.stream, self.content, self.is_last, room);
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
