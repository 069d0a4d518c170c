//! What a host does for those that serve its flow: one trait, without the flow's types.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use super::{
    HostError, HostTrace, HostedState, ParkedStep, TraceDetail, TraceFilter, TraceSummary,
};
use crate::graph::FlowSignature;
use crate::message::{Message, StepId, TraceId};

/// What a host will have done.
pub type HostFuture<T> = Pin<Box<dyn Future<Output = Result<T, HostError>> + Send>>;

/// A started flow without its types: what the host of a flow implements for those that serve it.
/// Payloads are JSON. See [`ErasedRunning`](crate::ErasedRunning).
///
/// What a host does not support by its nature is an error, [`HostError::Unsupported`].
pub trait FlowHost: Send + Sync + 'static {
    /// The flow's graph, types and schemas.
    fn signature(&self) -> &FlowSignature;

    /// Whether traces and results outlive the process.
    fn is_durable(&self) -> bool;

    /// Runs a message to the end of its trace. Does not wait for room. Dropping the future cancels the
    /// trace.
    fn call(&self, message: Message<Vec<u8>>) -> HostFuture<Message<String>>;

    /// Runs a message and streams what its trace gives. Does not wait for room.
    fn trace(&self, message: Message<Vec<u8>>) -> HostFuture<HostTrace>;

    /// Runs a message, whose results are fetched. Does not wait for room. Under a key, which durable
    /// hosts alone take, it is the trace that was emitted under that key before, if there is one.
    fn emit(&self, message: Message<Vec<u8>>, key: Option<String>) -> HostFuture<TraceId>;

    /// The steps that wait for a value, the one that began first is first, at most so many.
    fn parked(&self, limit: usize) -> HostFuture<Vec<ParkedStep>>;

    /// Gives a parked trace the value that it waits for: to this step, or to the first that waits.
    fn resume(&self, trace_id: TraceId, step: Option<StepId>, json: Vec<u8>) -> HostFuture<()>;

    /// Ends a trace that is not over.
    fn cancel(&self, trace_id: TraceId) -> HostFuture<()>;

    /// Watches a trace that runs or waits, from now on: one that was [left](HostTrace::leave), or that began
    /// elsewhere. Another watcher of it sees no more. Durable hosts alone can.
    fn watch(&self, trace_id: TraceId) -> HostFuture<HostTrace> {
        let _ = trace_id;
        unsupported("watch a trace that somebody else began: it runs in memory")
    }

    /// How much there is to do at this moment.
    fn load(&self) -> HostLoad;

    /// Takes no more messages, and waits until the traces in flight are over; of a durable host, until
    /// their steps are. What still runs after this time is dropped.
    fn stop_within(&self, limit: Duration) -> HostFuture<()>;

    /// The traces that the host knows, the last that was emitted first.
    fn traces(&self, filter: TraceFilter) -> HostFuture<Vec<TraceSummary>> {
        let _ = filter;
        unsupported("list traces: it knows those that run alone")
    }

    /// How many traces the host knows in each state. A state that it does not tell from another is left
    /// out, and its traces are counted there.
    fn counts(&self) -> HostFuture<HashMap<HostedState, u64>> {
        unsupported("count traces: it knows those that run alone")
    }

    /// All that the host knows of a trace.
    fn trace_detail(&self, trace_id: TraceId) -> HostFuture<TraceDetail> {
        let _ = trace_id;
        unsupported("show a trace: it knows those that run alone")
    }

    /// Tries a dead trace again, also with another input for the step that failed.
    fn retry(&self, trace_id: TraceId, input: Option<Vec<u8>>) -> HostFuture<()> {
        let _ = (trace_id, input);
        unsupported("try a trace again: it keeps none that has failed")
    }
}

fn unsupported<T: Send + 'static>(what: &'static str) -> HostFuture<T> {
    Box::pin(std::future::ready(Err(HostError::Unsupported(what))))
}

/// How much a host has to do at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct HostLoad {
    /// How many traces may be in flight at once, apart from those that are parked.
    pub capacity: usize,
    /// How many places of the capacity are taken.
    pub in_flight: usize,
    /// How many messages wait for a place.
    pub waiting: usize,
}
