//! A started flow behind a pointer.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{
    FlowHost, HostFuture, HostLoad, HostTrace, HostedState, ParkedStep, TraceDetail, TraceFilter,
    TraceSummary,
};
use crate::graph::FlowSignature;
use crate::message::{Message, StepId, TraceId};

/// A started flow without its types, whatever runs it: what a server or a registry holds. It takes
/// payloads and returns outputs as JSON. Clones are the same.
///
/// Made from a [`Running`](crate::Running), or from that of a store: `running.erase()`.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::ErasedRunning;
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// /// Knows no type of the flow, nor what runs it.
/// async fn answer(running: &ErasedRunning, body: &[u8]) -> String {
///     match running.call(Message::new(body.to_vec())).await {
///         Ok(output) => output.payload,
///         Err(error) => error.to_string(),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let running = flow! { shout }.start().erase();
/// assert_eq!(answer(&running, br#""krill""#).await, r#""KRILL""#);
/// assert!(answer(&running, b"7").await.contains("invalid type"));
/// # }
/// ```
#[derive(Clone)]
pub struct ErasedRunning(Arc<dyn FlowHost>);

impl ErasedRunning {
    /// The flow that this host runs.
    pub fn new(host: impl FlowHost) -> Self {
        Self(Arc::new(host))
    }

    /// The flow's name; `flow` if it has none.
    pub fn name(&self) -> &'static str {
        self.signature().name()
    }

    /// The flow's graph, types and schemas.
    pub fn signature(&self) -> &FlowSignature {
        self.0.signature()
    }

    /// Whether traces and results outlive the process.
    pub fn is_durable(&self) -> bool {
        self.0.is_durable()
    }

    /// Runs a message to the end of its trace, and returns its first output. Dropping the future cancels
    /// the trace.
    ///
    /// # Errors
    ///
    /// [`Full`](super::HostError::Full) where a flow in memory has no room, the trace's own error, and the
    /// host's.
    pub fn call(&self, message: Message<Vec<u8>>) -> HostFuture<Message<String>> {
        self.0.call(message)
    }

    /// Runs a message and streams its chunks and outputs.
    ///
    /// # Errors
    ///
    /// Those of `call`.
    pub fn trace(&self, message: Message<Vec<u8>>) -> HostFuture<HostTrace> {
        self.0.trace(message)
    }

    /// Runs a message, whose results are fetched from where the flow was started. Under a key, it is the
    /// trace that was emitted under that key before, if there is one.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](super::HostError::Unsupported) for a key that the host cannot keep, and those of
    /// `call`.
    pub fn emit(&self, message: Message<Vec<u8>>, key: Option<String>) -> HostFuture<TraceId> {
        self.0.emit(message, key)
    }

    /// The steps that wait for a value, the one that began first is first, at most so many.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn parked(&self, limit: usize) -> HostFuture<Vec<ParkedStep>> {
        self.0.parked(limit)
    }

    /// Gives a parked trace the value that it waits for: to this step, or to the first that waits.
    ///
    /// # Errors
    ///
    /// [`Resume`](super::HostError::Resume) if the value does not fit, or nothing waits for one;
    /// [`UnknownTrace`](super::HostError::UnknownTrace), and the host's.
    pub fn resume(&self, trace_id: TraceId, step: Option<StepId>, json: Vec<u8>) -> HostFuture<()> {
        self.0.resume(trace_id, step, json)
    }

    /// Ends a trace that is not over.
    ///
    /// # Errors
    ///
    /// [`UnknownTrace`](super::HostError::UnknownTrace), and the host's.
    pub fn cancel(&self, trace_id: TraceId) -> HostFuture<()> {
        self.0.cancel(trace_id)
    }

    /// Watches a trace that runs or waits, from now on: one that was [left](HostTrace::leave), or that began
    /// elsewhere. Another watcher of it sees no more.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](super::HostError::Unsupported) in memory;
    /// [`UnknownTrace`](super::HostError::UnknownTrace), and the host's.
    pub fn watch(&self, trace_id: TraceId) -> HostFuture<HostTrace> {
        self.0.watch(trace_id)
    }

    /// How much there is to do at this moment.
    pub fn load(&self) -> HostLoad {
        self.0.load()
    }

    /// Takes no more messages, and waits until the traces in flight are over; of a durable host, until
    /// their steps are. What still runs after this time is dropped.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn stop_within(&self, limit: Duration) -> HostFuture<()> {
        self.0.stop_within(limit)
    }

    /// The traces that the host knows, the last that was emitted first.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](super::HostError::Unsupported) in memory, and the host's.
    pub fn traces(&self, filter: TraceFilter) -> HostFuture<Vec<TraceSummary>> {
        self.0.traces(filter)
    }

    /// How many traces the host knows in each state. A state that it does not tell from another is left
    /// out, and its traces are counted there: a store counts what was filtered among what has failed.
    ///
    /// # Errors
    ///
    /// Those of `traces`.
    pub fn counts(&self) -> HostFuture<HashMap<HostedState, u64>> {
        self.0.counts()
    }

    /// All that the host knows of a trace.
    ///
    /// # Errors
    ///
    /// Those of `traces`, and [`UnknownTrace`](super::HostError::UnknownTrace).
    pub fn trace_detail(&self, trace_id: TraceId) -> HostFuture<TraceDetail> {
        self.0.trace_detail(trace_id)
    }

    /// Tries a dead trace again, also with another input for the step that failed.
    ///
    /// # Errors
    ///
    /// Those of `trace_detail`.
    pub fn retry(&self, trace_id: TraceId, input: Option<Vec<u8>>) -> HostFuture<()> {
        self.0.retry(trace_id, input)
    }
}

impl fmt::Debug for ErasedRunning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FlowSignature { input, output, .. } = self.signature();
        write!(f, "{}: {input} -> {output}", self.name())
    }
}
