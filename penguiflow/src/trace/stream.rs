//! One trace as a stream of its chunks and outputs.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::outputs::Outputs;
use crate::error::FlowError;
use crate::message::Message;
use crate::visit::{Chunk, Outlet, drop_caught};

/// An item of a [`Trace`]: a chunk or an output.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TraceItem<Out> {
    /// A piece of text that a node sent while it ran.
    Chunk(Chunk),
    /// An output.
    Output(Message<Out>),
}

impl<Out> TraceItem<Out> {
    /// The same item, with another output's message.
    pub fn map<U>(self, change: impl FnOnce(Message<Out>) -> Message<U>) -> TraceItem<U> {
        match self {
            Self::Chunk(chunk) => TraceItem::Chunk(chunk),
            Self::Output(message) => TraceItem::Output(change(message)),
        }
    }
}

/// The stream that [`Flow::trace`](crate::Flow::trace) returns: chunks and outputs as they
/// come, then the error if there is one. Dropping it cancels the trace.
#[must_use = "the trace moves only while its stream is polled"]
pub struct Trace<'a, Out> {
    /// `None` once the trace is over.
    drive: Option<Drive<'a>>,
    error: Option<FlowError>,
    items: UnboundedReceiver<Queued<Out>>,
    outlet: Arc<Outlet>,
}

type Drive<'a> = Pin<Box<dyn Future<Output = Result<(), FlowError>> + Send + 'a>>;

/// An item, and the room that it takes while it waits. The channel has no bound of its own:
/// outputs, and the ends of streams, need no room.
type Queued<Out> = (TraceItem<Out>, Option<OwnedSemaphorePermit>);

impl<'a, Out: Send + 'static> Trace<'a, Out> {
    /// A stream over a trace that is driven by the future that `drive` makes, and whose
    /// chunks and outputs go to the two that `drive` is given.
    pub(crate) fn new<D>(drive: impl FnOnce(Arc<Outlet>, Outputs<Out>) -> D) -> Self
    where
        D: Future<Output = Result<(), FlowError>> + Send + 'a,
    {
        let (outputs, items) = unbounded_channel();
        let chunks = outputs.clone();
        // Nobody reads what comes after the trace's end.
        let outlet = Arc::new(Outlet::new(move |chunk, room| {
            let _ = chunks.send((TraceItem::Chunk(chunk), room));
        }));
        let output = Outputs::read_by(move |message| {
            let _ = outputs.send((TraceItem::Output(message), None));
        });
        Self {
            drive: Some(Box::pin(drive(Arc::clone(&outlet), output))),
            error: None,
            items,
            outlet,
        }
    }
}

impl<Out> Trace<'_, Out> {
    /// The next item; `None` when the trace is over. What `StreamExt::next` is, for those who
    /// need no other stream.
    pub async fn next(&mut self) -> Option<Result<TraceItem<Out>, FlowError>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<Out> Stream for Trace<'_, Out> {
    type Item = Result<TraceItem<Out>, FlowError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Buffered items go out first: a trace whose items are not read does not run on.
        if self.items.is_empty()
            && let Some(drive) = &mut self.drive
            && let Poll::Ready(end) = drive.as_mut().poll(cx)
        {
            self.drive = None;
            self.error = end.err();
            self.outlet.close();
            self.items.close();
        }
        let item = ready!(self.items.poll_recv(cx)).map(|(item, _)| Ok(item));
        Poll::Ready(item.or_else(|| self.error.take().map(Err)))
    }
}

impl<Out> Drop for Trace<'_, Out> {
    fn drop(&mut self) {
        self.outlet.close();
        self.items.close();
        drop_caught(|| self.drive = None);
        while let Ok(unread) = self.items.try_recv() {
            drop_caught(|| drop(unread));
        }
    }
}

impl<Out> fmt::Debug for Trace<'_, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("over", &self.drive.is_none())
            .finish_non_exhaustive()
    }
}
