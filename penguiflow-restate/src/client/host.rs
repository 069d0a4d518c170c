//! A flow that runs on a server, for those that serve it.

use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use penguiflow::host::{
    DurableFlow, FlowHost, FlowSignature, HostError, HostFuture, HostLoad, HostTrace, HostedState,
    ParkedStep, StepId, TraceDetail, TraceFilter, TraceSource, TraceSummary,
};
use penguiflow::{
    AnyRunning, ErasedRunning, ErrorKind, IntoMessage, Message, NodeError, ResumeJsonError,
    TraceId, TraceItem,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Trace;
use super::running::{Raw, Running};
use crate::error::Error;

impl<In, Out> AnyRunning for Running<In, Out>
where
    In: Serialize + Send + 'static,
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
        Self::new(OnServer {
            signature: running.flow().signature(),
            running: running.untyped(),
        })
    }
}

struct OnServer {
    running: Raw,
    signature: FlowSignature,
}

impl OnServer {
    /// A message as it is sent, if its payload fits the flow: the server itself takes any.
    fn raw(&self, message: Message<Vec<u8>>) -> Result<Message<Box<RawValue>>, HostError> {
        self.running.flow().check_json(message.clone())?;
        let payload = serde_json::from_slice::<Box<RawValue>>(&message.payload);
        let payload = payload.map_err(|error| HostError::Refused(error.into()))?;
        Ok(message.with(payload))
    }
}

/// The error of who gives a step a value.
fn unresumed(
    flow: &DurableFlow,
    (trace_id, step): (TraceId, Option<StepId>),
    error: Error,
) -> HostError {
    match (error, step) {
        (Error::Refused { status: 404, .. }, _) => ResumeJsonError::NotParked.into(),
        (Error::Refused { status: 410, .. }, Some(step)) => {
            ResumeJsonError::StepNotParked(step).into()
        }
        (
            Error::Refused {
                status: 422,
                message,
            },
            _,
        ) => {
            let unfit = NodeError::new(ErrorKind::Invalid, message);
            ResumeJsonError::Invalid(flow.failed(trace_id, unfit)).into()
        }
        (error, _) => error.into(),
    }
}

fn text(message: Message<Box<RawValue>>) -> Message<String> {
    message.map(|output| Box::<str>::from(output).into())
}

impl FlowHost for OnServer {
    fn signature(&self) -> &FlowSignature {
        &self.signature
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn call(&self, message: Message<Vec<u8>>) -> HostFuture<Message<String>> {
        let (running, message) = (self.running.clone(), self.raw(message));
        Box::pin(async move {
            let message = message?;
            Ok(text(running.call(message).await?))
        })
    }

    fn trace(&self, message: Message<Vec<u8>>) -> HostFuture<HostTrace> {
        let (running, message) = (self.running.clone(), self.raw(message));
        Box::pin(async move {
            let message = message?;
            let trace = running.trace(message).await?;
            Ok(HostTrace::new(trace.trace_id(), Watched(trace)))
        })
    }

    fn watch(&self, trace_id: TraceId) -> HostFuture<HostTrace> {
        let running = self.running.clone();
        Box::pin(async move {
            let trace = running.watch(trace_id).await?;
            Ok(HostTrace::new(trace_id, Watched(trace)))
        })
    }

    fn emit(&self, message: Message<Vec<u8>>, key: Option<String>) -> HostFuture<TraceId> {
        let (running, message) = (self.running.clone(), self.raw(message));
        Box::pin(async move {
            let message = message?;
            match key {
                Some(key) => Ok(running.emit_keyed(key, message).await?),
                None => Ok(running.emit(message).await?),
            }
        })
    }

    fn parked(&self, limit: usize) -> HostFuture<Vec<ParkedStep>> {
        let running = self.running.clone();
        Box::pin(async move { Ok(running.parked(limit).await?) })
    }

    fn resume(&self, trace_id: TraceId, step: Option<StepId>, json: Vec<u8>) -> HostFuture<()> {
        let running = self.running.clone();
        Box::pin(async move {
            let resumed = running.resume_json(trace_id, step, json).await;
            resumed.map_err(|error| unresumed(running.flow(), (trace_id, step), error))
        })
    }

    fn cancel(&self, trace_id: TraceId) -> HostFuture<()> {
        let running = self.running.clone();
        Box::pin(async move { Ok(running.cancel(trace_id).await?) })
    }

    fn traces(&self, filter: TraceFilter) -> HostFuture<Vec<TraceSummary>> {
        let running = self.running.clone();
        Box::pin(async move { Ok(running.traces(filter).await?) })
    }

    fn counts(&self) -> HostFuture<HashMap<HostedState, u64>> {
        let running = self.running.clone();
        Box::pin(async move { Ok(running.counts().await?) })
    }

    fn trace_detail(&self, trace_id: TraceId) -> HostFuture<TraceDetail> {
        let running = self.running.clone();
        Box::pin(async move { Ok(running.trace_detail(trace_id).await?) })
    }

    fn retry(&self, trace_id: TraceId, input: Option<Vec<u8>>) -> HostFuture<()> {
        let running = self.running.clone();
        Box::pin(async move {
            if input.is_some() {
                let change =
                    "change the input of a step: what the trace has passed is in its journal";
                return Err(HostError::Unsupported(change));
            }
            Ok(running.retry(trace_id).await?)
        })
    }

    /// What there is to do is known to the server alone.
    fn load(&self) -> HostLoad {
        HostLoad::default()
    }

    /// Nothing runs here.
    fn stop_within(&self, _: Duration) -> HostFuture<()> {
        Box::pin(async { Ok(()) })
    }
}

/// A trace that somebody watches.
struct Watched(Trace<Box<RawValue>>);

impl Stream for Watched {
    type Item = Result<TraceItem<String>, HostError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = self.0.poll_next_unpin(cx);
        item.map(|item| item.map(|item| Ok(item?.map(text))))
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

impl From<Error> for HostError {
    fn from(error: Error) -> Self {
        match error {
            Error::Flow(error) => Self::TraceFailed(error),
            Error::NotThere(id) => Self::UnknownTrace(id),
            Error::Refused { .. } => Self::Refused(error.into()),
            _ => Self::Internal(error.into()),
        }
    }
}
