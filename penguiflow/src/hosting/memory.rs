//! A flow that runs in memory, for those that serve it.

use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream, StreamExt};

use super::{
    ErasedRunning, FlowHost, HostError, HostFuture, HostLoad, HostTrace, ParkedStep, TraceSource,
};
use crate::edge::{FromJson, SingleOutput, ToJson};
use crate::flow::{Flow, read_message};
use crate::graph::{FlowSignature, Topology};
use crate::message::{Message, StepId, TraceId};
use crate::running::{Running, TryEmitError, item_written, written};
use crate::trace::{Line, Trace, TraceItem};

/// A started flow, and what is known of it without its types.
struct Memory<F: Line<S>, S: Send + Sync + 'static> {
    running: Running<F, S>,
    signature: FlowSignature,
}

impl<F, S> Running<F, S>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync + 'static,
{
    /// The started flow without its types: what serves it takes payloads and returns outputs as JSON.
    #[must_use]
    pub fn erase(&self) -> ErasedRunning
    where
        F::In: FromJson,
        F::Out: ToJson,
    {
        ErasedRunning::new(Memory {
            running: self.clone(),
            signature: FlowSignature::of::<F>(),
        })
    }
}

impl<F, S> From<Running<F, S>> for ErasedRunning
where
    F: Line<S> + SingleOutput,
    F::In: FromJson,
    F::Out: ToJson,
    S: Send + Sync + 'static,
{
    fn from(running: Running<F, S>) -> Self {
        running.erase()
    }
}

/// Implemented by nothing: it has what rustc says of a flow that was not started. It stands on the type in
/// the flow, since rustc reports the outer bound where both are on the same type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the flow is not started, so it takes no messages",
    label = "a flow that is not started",
    note = "call `.start()` on it, or on a store `store.start(flow).await`"
)]
pub trait Started: Topology + Sized {
    fn erased<S>(flow: Flow<Self, S>) -> ErasedRunning;
}

#[doc(hidden)]
impl<F: Started, S> From<Flow<F, S>> for ErasedRunning {
    fn from(flow: Flow<F, S>) -> Self {
        F::erased(flow)
    }
}

impl<F, S> FlowHost for Memory<F, S>
where
    F: Line<S> + SingleOutput,
    F::In: FromJson,
    F::Out: ToJson,
    S: Send + Sync + 'static,
{
    fn signature(&self) -> &FlowSignature {
        &self.signature
    }

    fn is_durable(&self) -> bool {
        false
    }

    fn call(&self, message: Message<Vec<u8>>) -> HostFuture<Message<String>> {
        let begun = read_message(message).map_err(HostError::TraceFailed);
        let begun = begun.and_then(|message| Ok(self.running.try_call_message(message)?));
        Box::pin(async move { Ok(written(begun?.await?)?) })
    }

    fn trace(&self, message: Message<Vec<u8>>) -> HostFuture<HostTrace> {
        let id = message.trace_id;
        let begun = read_message(message).map_err(HostError::TraceFailed);
        let begun = begun.and_then(|message| Ok(self.running.try_trace(message)?));
        let source = begun.map(|items| InMemory {
            running: self.running.clone(),
            items,
            id,
        });
        Box::pin(ready(source.map(|source| HostTrace::new(id, source))))
    }

    fn emit(&self, message: Message<Vec<u8>>, key: Option<String>) -> HostFuture<TraceId> {
        let emitted = match key {
            Some(_) => Err(HostError::Unsupported("keep a key: it runs in memory")),
            None => read_message(message).map_err(HostError::TraceFailed),
        };
        let emitted = emitted.and_then(|message| Ok(self.running.try_emit(message)?));
        Box::pin(ready(emitted))
    }

    fn parked(&self, limit: usize) -> HostFuture<Vec<ParkedStep>> {
        let parked = self.running.flow().parked().into_iter().take(limit);
        Box::pin(ready(Ok(parked.map(ParkedStep::from).collect())))
    }

    fn resume(&self, trace_id: TraceId, step: Option<StepId>, json: Vec<u8>) -> HostFuture<()> {
        let resumed = self.running.flow().resume_json(trace_id, step, json);
        Box::pin(async move { Ok(resumed.await?) })
    }

    fn cancel(&self, trace_id: TraceId) -> HostFuture<()> {
        let cancelled = match self.running.cancel(trace_id) {
            true => Ok(()),
            false => Err(HostError::UnknownTrace(trace_id)),
        };
        Box::pin(ready(cancelled))
    }

    fn load(&self) -> HostLoad {
        let (capacity, in_flight, waiting) = self.running.places();
        HostLoad {
            capacity,
            in_flight,
            waiting,
        }
    }

    fn stop_within(&self, limit: Duration) -> HostFuture<()> {
        let running = self.running.clone();
        Box::pin(async move {
            running.stop_within(limit).await;
            Ok(())
        })
    }
}

/// A trace that runs while this is polled.
struct InMemory<F: Line<S>, S: Send + Sync + 'static> {
    running: Running<F, S>,
    items: Trace<'static, F::Out>,
    id: TraceId,
}

impl<F, S> Stream for InMemory<F, S>
where
    F: Line<S>,
    F::Out: ToJson,
    S: Send + Sync + 'static,
{
    type Item = Result<TraceItem<String>, HostError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = self.items.poll_next_unpin(cx);
        item.map(|item| item.map(|item| Ok(item_written(item?)?)))
    }
}

impl<F, S> TraceSource for InMemory<F, S>
where
    F: Line<S>,
    F::Out: ToJson,
    S: Send + Sync + 'static,
{
    fn waits(&self) -> Vec<ParkedStep> {
        let waits = self.running.flow().parked_in(self.id).into_iter();
        waits.map(ParkedStep::from).collect()
    }

    fn leave(&mut self) -> Result<(), HostError> {
        Err(HostError::Unsupported(
            "let a trace go on that nobody watches: it runs in memory",
        ))
    }
}

impl<T> From<TryEmitError<T>> for HostError {
    fn from(error: TryEmitError<T>) -> Self {
        match error {
            TryEmitError::Full(_) => Self::Full,
            TryEmitError::Closed(_) => Self::Stopped,
        }
    }
}
