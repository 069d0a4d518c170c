//! A message with its own answer, or with a stream of what its trace gives. Neither is a result.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use penguiflow::host::{DurableTrace, ParkedStep};
use penguiflow::{IntoMessage, Message, TraceId, TraceItem};
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::Running;
use super::results::read;
use crate::error::Error;
use crate::host::{Host, Item, Obeyed};

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// Stores a message, runs its trace, and returns its first output. Dropping the future cancels the
    /// trace. If the process dies meanwhile, the trace goes on as one that was emitted.
    ///
    /// # Errors
    ///
    /// The error that the trace ended in, and those of `emit`.
    pub async fn call(&self, input: impl IntoMessage<In>) -> Result<Message<Out>, Error> {
        self.watch(input.into_message(), false)
            .await?
            .into_output()
            .await
    }

    /// Stores a message, and streams what its trace gives: chunks of its steps while they run, outputs
    /// once they are stored, then the error if there is one. Dropping the stream cancels the trace.
    ///
    /// # Errors
    ///
    /// Those of `emit`.
    pub async fn trace(&self, input: impl IntoMessage<In>) -> Result<Trace<Out>, Error> {
        self.watch(input.into_message(), true).await
    }

    async fn watch(&self, message: Message<In>, takes_chunks: bool) -> Result<Trace<Out>, Error> {
        let trace = Trace::new(&self.host, message.trace_id, takes_chunks);
        self.host.emit(message, None, None).await?;
        Ok(trace)
    }
}

/// The stream that [`Running::trace`] returns. Dropping it cancels the trace.
#[must_use = "dropping it cancels the trace"]
pub struct Trace<Out> {
    host: Arc<Host>,
    id: TraceId,
    items: UnboundedReceiver<Item>,
    /// The steps that waited for values at the last commit after which some did.
    waits: Vec<ParkedStep>,
    is_over: bool,
    out: PhantomData<fn() -> Out>,
}

impl<Out> Trace<Out> {
    /// A trace that is to be emitted. Made before it is stored, so that it is cancelled if the caller is
    /// dropped meanwhile.
    pub(super) fn new(host: &Arc<Host>, id: TraceId, takes_chunks: bool) -> Self {
        let (items, received) = unbounded_channel();
        host.watchers.add(id, items, takes_chunks);
        Self {
            host: Arc::clone(host),
            id,
            items: received,
            waits: Vec::new(),
            is_over: false,
            out: PhantomData,
        }
    }

    /// A trace that was emitted before.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`] if it is over.
    pub(super) async fn of_emitted(host: &Arc<Host>, id: TraceId) -> Result<Self, Error> {
        let mut trace = Self::new(host, id, true);
        let (send, waits) = oneshot::channel();
        let look = move |trace: &mut DurableTrace| {
            let _ = send.send(trace.parked_steps());
            Obeyed::Unchanged
        };
        if let Err(error) = host.order(id, look).await {
            trace.leave();
            return Err(error);
        }
        trace.waits = waits.await.map_err(|_| Error::Stopped)?;
        Ok(trace)
    }

    /// The trace.
    pub fn trace_id(&self) -> TraceId {
        self.id
    }

    /// The steps that wait for values, as far as is known.
    pub(super) fn waits(&self) -> &[ParkedStep] {
        &self.waits
    }

    /// Lets the trace go on, which puts out results from now on.
    pub(super) fn leave(&mut self) {
        self.is_over = true;
        self.host.watchers.remove(self.id);
    }
}

impl<Out: DeserializeOwned> Trace<Out> {
    /// The next item; `None` when the trace is over. What `StreamExt::next` is, for those who need no other
    /// stream.
    pub async fn next(&mut self) -> Option<Result<TraceItem<Out>, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The first output, once the trace is over.
    pub(super) async fn into_output(mut self) -> Result<Message<Out>, Error> {
        let mut output = None;
        while let Some(item) = self.next().await {
            if let TraceItem::Output(message) = item? {
                output.get_or_insert(message);
            }
        }
        output.ok_or(Error::Stopped)
    }
}

impl<Out: DeserializeOwned> Stream for Trace<Out> {
    type Item = Result<TraceItem<Out>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let mut received = ready!(self.items.poll_recv(cx));
        while let Some(Item::Waits(waits)) = received {
            self.waits = waits;
            received = ready!(self.items.poll_recv(cx));
        }
        let item = match received {
            Some(Item::Chunk(chunk, room)) => {
                drop(room);
                Ok(TraceItem::Chunk(chunk))
            }
            Some(Item::Output(value)) => {
                let output = read(&self.host, self.id, false, &value);
                output.map(TraceItem::Output).map_err(Error::from)
            }
            ended => {
                self.is_over = true;
                match ended {
                    Some(Item::End(Ok(()))) => return Poll::Ready(None),
                    Some(Item::End(Err(error))) => Err(error.into()),
                    // Its task is gone: the flow was stopped, or the trace cancelled.
                    _ => Err(Error::Stopped),
                }
            }
        };
        Poll::Ready(Some(item))
    }
}

impl<Out> Drop for Trace<Out> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let (host, id) = (Arc::clone(&self.host), self.id);
            runtime.spawn(async move {
                let _ = host.order(id, |_| Obeyed::Cancelled).await;
                // Not before: what nobody watches puts out results.
                host.watchers.remove(id);
            });
        }
    }
}

impl<Out> fmt::Debug for Trace<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("trace_id", &self.id)
            .finish_non_exhaustive()
    }
}
