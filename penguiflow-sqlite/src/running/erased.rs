//! A flow that runs on a store, for those that serve it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use penguiflow::host::{
    FlowHost, FlowSignature, HostError, HostFuture, HostLoad, HostTrace, HostedState, ParkedStep,
    StepId, TraceDetail, TraceFilter, TraceSource, TraceSummary,
};
use penguiflow::{AnyRunning, ErasedRunning, IntoMessage, Message, TraceId, TraceItem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::past_traces::{detail_of, filter_of, hosted, parked_steps, summary_of};
use super::{Running, Trace};
use crate::admin::{Admin, AdminError, Page};
use crate::error::Error;
use crate::host::{Host, Obeyed};
use crate::schema::State;

/// How many traces are listed at once, unless it is asked for less.
const MOST_LISTED: u32 = 1_000;

impl<In, Out> AnyRunning for Running<In, Out>
where
    In: Send + 'static,
    Out: DeserializeOwned + Send + 'static,
{
    type In = In;
    type Out = Out;

    fn call_message(&self, input: impl IntoMessage<In>) -> HostFuture<Message<Out>> {
        let (running, message) = (self.clone(), input.into_message());
        Box::pin(async move { Ok(running.call(message).await?) })
    }

    fn erase(&self) -> ErasedRunning
    where
        In: DeserializeOwned,
        Out: Serialize,
    {
        self.clone().into()
    }
}

impl<In, Out> From<Running<In, Out>> for ErasedRunning {
    fn from(running: Running<In, Out>) -> Self {
        Self::new(OnStore {
            signature: running.host.flow.signature(),
            host: running.host,
        })
    }
}

/// The host of a flow, and what is known of the flow without its types.
struct OnStore {
    host: Arc<Host>,
    signature: FlowSignature,
}

/// An output as it is stored.
type Stored = Box<RawValue>;

impl OnStore {
    fn emit_watched(
        &self,
        message: Message<Vec<u8>>,
        takes_chunks: bool,
    ) -> HostFuture<Trace<Stored>> {
        let host = Arc::clone(&self.host);
        Box::pin(async move {
            let trace = Trace::new(&host, message.trace_id, takes_chunks);
            host.emit_json(message, None).await?;
            Ok(trace)
        })
    }

    /// Reads beside the host, on a thread where that may take its time.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Admin) -> Result<T, AdminError> + Send + 'static,
    ) -> HostFuture<T> {
        let path = self.host.store.path().to_owned();
        let read = tokio::task::spawn_blocking(move || read(&Admin::open(path)?));
        Box::pin(async move { Ok(read.await.map_err(|_| HostError::Stopped)??) })
    }
}

impl FlowHost for OnStore {
    fn signature(&self) -> &FlowSignature {
        &self.signature
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn call(&self, message: Message<Vec<u8>>) -> HostFuture<Message<String>> {
        let trace = self.emit_watched(message, false);
        Box::pin(async move { Ok(text_of(trace.await?.into_output().await?)) })
    }

    fn trace(&self, message: Message<Vec<u8>>) -> HostFuture<HostTrace> {
        let trace = self.emit_watched(message, true);
        Box::pin(async move {
            let trace = trace.await?;
            Ok(HostTrace::new(trace.trace_id(), Watched(trace)))
        })
    }

    fn watch(&self, trace_id: TraceId) -> HostFuture<HostTrace> {
        let host = Arc::clone(&self.host);
        Box::pin(async move {
            let trace = Trace::<Stored>::of_emitted(&host, trace_id).await?;
            Ok(HostTrace::new(trace_id, Watched(trace)))
        })
    }

    fn emit(&self, message: Message<Vec<u8>>, key: Option<String>) -> HostFuture<TraceId> {
        let host = Arc::clone(&self.host);
        Box::pin(async move { Ok(host.emit_json(message, key).await?.id) })
    }

    fn parked(&self, limit: usize) -> HostFuture<Vec<ParkedStep>> {
        let host = Arc::clone(&self.host);
        Box::pin(async move {
            let parked = host.store.parked(host.id, 0, limit).await;
            let parked = parked.map_err(Error::from)?.into_iter();
            Ok(parked
                .flat_map(|(_, id, waits)| parked_steps(id, &waits))
                .take(limit)
                .collect())
        })
    }

    fn resume(&self, trace_id: TraceId, step: Option<StepId>, json: Vec<u8>) -> HostFuture<()> {
        let host = Arc::clone(&self.host);
        Box::pin(async move { Ok(host.resume_json(trace_id, step, json).await?) })
    }

    fn cancel(&self, trace_id: TraceId) -> HostFuture<()> {
        let host = Arc::clone(&self.host);
        Box::pin(async move { Ok(host.order(trace_id, |_| Obeyed::Cancelled).await?) })
    }

    fn load(&self) -> HostLoad {
        let (capacity, in_flight, waiting) = self.host.places();
        HostLoad {
            capacity,
            in_flight,
            waiting,
        }
    }

    fn stop_within(&self, limit: Duration) -> HostFuture<()> {
        let host = Arc::clone(&self.host);
        Box::pin(async move {
            host.stop_within(limit).await;
            Ok(())
        })
    }

    fn traces(&self, filter: TraceFilter) -> HostFuture<Vec<TraceSummary>> {
        let limit = match filter.limit {
            0 => MOST_LISTED,
            limit => limit.min(MOST_LISTED),
        };
        let before = filter.before;
        let filter = filter_of(filter, self.signature.name());
        self.read(move |store| {
            let traces = store.traces(&filter, Page { limit, before })?;
            Ok(traces.into_iter().map(summary_of).collect())
        })
    }

    fn counts(&self) -> HostFuture<HashMap<HostedState, u64>> {
        let host = Arc::clone(&self.host);
        Box::pin(async move {
            let counts = host.store.counts(host.id).await.map_err(Error::from)?;
            Ok(State::ALL.map(hosted).into_iter().zip(counts).collect())
        })
    }

    fn trace_detail(&self, trace_id: TraceId) -> HostFuture<TraceDetail> {
        self.read(move |store| Ok(detail_of(store.trace(trace_id)?)))
    }

    fn retry(&self, trace_id: TraceId, input: Option<Vec<u8>>) -> HostFuture<()> {
        let host = Arc::clone(&self.host);
        let letter = self.read(move |store| Ok(store.trace(trace_id)?.dead));
        Box::pin(async move {
            let input = match input {
                None => None,
                Some(json) => {
                    let input = serde_json::from_slice(&json);
                    let input = input.map_err(|error| HostError::Refused(error.into()))?;
                    let letter = letter.await?.ok_or(Error::NotDead(trace_id))?;
                    let input = letter.stored_input(input).ok_or(Error::NoStep(trace_id))?;
                    Some(input.to_string())
                }
            };
            Ok(host
                .revive(trace_id, input.as_deref().map(str::as_bytes))
                .await?)
        })
    }
}

/// A trace that somebody watches.
struct Watched(Trace<Stored>);

impl Stream for Watched {
    type Item = Result<TraceItem<String>, HostError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = self.0.poll_next_unpin(cx);
        item.map(|item| item.map(|item| Ok(item?.map(text_of))))
    }
}

impl TraceSource for Watched {
    fn waits(&self) -> Vec<ParkedStep> {
        self.0.waits().to_vec()
    }

    fn leave(&mut self) -> Result<(), HostError> {
        self.0.leave();
        Ok(())
    }
}

impl From<AdminError> for HostError {
    fn from(error: AdminError) -> Self {
        let unknown = match &error {
            AdminError::UnknownTrace { prefix } => prefix.parse().ok(),
            _ => None,
        };
        unknown.map_or_else(|| Self::Internal(error.into()), Self::UnknownTrace)
    }
}

fn text_of(message: Message<Stored>) -> Message<String> {
    message.map(|output| Box::<str>::from(output).into())
}
