//! A flow that runs on a server, for those that serve it. Outputs come when a trace is over; chunks stay at
//! its worker.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use penguiflow::host::{
    FlowHost, FlowSignature, HostError, HostFuture, HostLoad, HostTrace, ParkedStep, StepId,
    TraceDetail, TraceFilter, TraceSource, TraceSummary,
};
use penguiflow::{ErasedRunning, Message, ResumeJsonError, TraceId, TraceItem};
use serde_json::value::RawValue;

use super::running::Running;
use super::wanted::Wanted;
use crate::error::Error;

type Raw = Running<Box<RawValue>, Box<RawValue>>;
type Outputs = HostFuture<Vec<Message<Box<RawValue>>>>;

impl<In, Out> From<Running<In, Out>> for ErasedRunning {
    fn from(running: Running<In, Out>) -> Self {
        Self::new(OnServer {
            signature: running.signature(),
            running: running.untyped(),
        })
    }
}

struct OnServer {
    running: Raw,
    signature: FlowSignature,
}

/// A payload as it is sent.
fn raw(message: Message<Vec<u8>>) -> Result<Message<Box<RawValue>>, HostError> {
    let payload = serde_json::from_slice::<Box<RawValue>>(&message.payload);
    let payload = payload.map_err(|error| HostError::Refused(error.into()))?;
    Ok(message.with(payload))
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
        let running = self.running.clone();
        Box::pin(async move {
            let message = raw(message)?;
            Ok(text(running.call(message).await?))
        })
    }

    fn trace(&self, message: Message<Vec<u8>>) -> HostFuture<HostTrace> {
        let running = self.running.clone();
        Box::pin(async move {
            let message = raw(message)?;
            let id = running.emit(message).await?;
            Ok(HostTrace::new(id, Watched::new(running, id)))
        })
    }

    fn watch(&self, trace_id: TraceId) -> HostFuture<HostTrace> {
        let watched = Watched::new(self.running.clone(), trace_id);
        Box::pin(async move { Ok(HostTrace::new(trace_id, watched)) })
    }

    fn emit(&self, message: Message<Vec<u8>>, key: Option<String>) -> HostFuture<TraceId> {
        let running = self.running.clone();
        Box::pin(async move {
            let message = raw(message)?;
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
            resumed.map_err(|error| match (error, step) {
                (Error::Refused { status: 404, .. }, _) => ResumeJsonError::NotParked.into(),
                (Error::Refused { status: 410, .. }, Some(step)) => {
                    ResumeJsonError::StepNotParked(step).into()
                }
                (error, _) => error.into(),
            })
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

/// A trace that somebody watches. Dropping it cancels the trace.
struct Watched {
    wanted: Wanted,
    outputs: Outputs,
    /// Outputs that are still to be given.
    rest: std::vec::IntoIter<Message<Box<RawValue>>>,
}

impl Watched {
    fn new(running: Raw, id: TraceId) -> Self {
        let outputs = running.clone();
        Self {
            wanted: running.wanted(id),
            outputs: Box::pin(async move { Ok(outputs.outputs(id).await?) }),
            rest: Vec::new().into_iter(),
        }
    }
}

impl Stream for Watched {
    type Item = Result<TraceItem<String>, HostError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.wanted.is_over() {
            let outputs = ready!(self.outputs.as_mut().poll(cx));
            self.wanted.release();
            match outputs {
                Ok(outputs) => self.rest = outputs.into_iter(),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
        let output = self.rest.next();
        Poll::Ready(output.map(|output| Ok(TraceItem::Output(text(output)))))
    }
}

impl TraceSource for Watched {
    /// Not known here: the server lists the steps that wait.
    fn waits(&self) -> Vec<ParkedStep> {
        Vec::new()
    }

    fn leave(&mut self) -> Result<(), HostError> {
        self.wanted.release();
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
