//! A durable flow without its types.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::live::{Erased, Kept};
use super::shape::StoredShape;
#[cfg(doc)]
use super::step::StepEmits;
use super::trace::DurableTrace;
use crate::error::{FlowError, NodeError};
use crate::flow::Flow;
use crate::frontier::{Advance, Durability};
use crate::graph::{AwaitInfo, FlowSignature, Graph};
use crate::message::{Envelope, Message, TraceId};

/// A durable flow without its types, for hosts: engines that keep traces in a store, or send them to
/// another machine. A clone of it is a pointer.
///
/// A host begins a trace or loads one, runs its steps one attempt at a time, lets the trace absorb what
/// they come to, and stores the trace in between. It decides where steps wait, and what is atomic. All
/// else is as in memory: the flow's state, stubs, policies, limits, observers and chunks.
///
/// ```
/// use penguiflow::host::{DurableFlow, TraceState};
/// use penguiflow::prelude::*;
/// use std::time::SystemTime;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// #[node(retries = 3, backoff = "1ms")]
/// async fn describe(n: u32, ctx: Ctx) -> Result<String, &'static str> {
///     match ctx.attempt() {
///         0 => Err("busy"),
///         _ => Ok(format!("it is {n}")),
///     }
/// }
///
/// /// Runs a trace to its end, as if the process died between any two steps.
/// async fn run(flow: &DurableFlow, input: &str) -> Result<Vec<Vec<u8>>, FlowError> {
///     let mut trace = flow.begin_json(Message::new(input), SystemTime::now())?;
///     let mut outputs = Vec::new();
///     loop {
///         let stored = trace.store()?; // to a database, say
///         trace = flow.load(&stored)?;
///         outputs.extend(trace.take_outputs()?);
///         match trace.state() {
///             TraceState::Waiting(Some(until)) => {
///                 tokio::time::sleep_until(until).await;
///                 trace.expire(until);
///             }
///             TraceState::Active => {
///                 let Some(step) = trace.steps().first().and_then(|step| trace.run(step.id)) else {
///                     continue;
///                 };
///                 let emits = step.await;
///                 trace.absorb(emits);
///             }
///             _ => return trace.finish().map(|()| outputs),
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flow = flow! { #[flow(durable)] double -> describe }.durable();
/// let outputs = run(&flow, "21").await?;
/// let output: Message<String> = serde_json::from_slice(&outputs[0])?;
/// assert_eq!(output.payload, "it is 42");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DurableFlow(Arc<dyn Erased>);

/// A flow whose traces a host can keep, with its types: the one bound for hosts. Every
/// [`Flow`] with `#[flow(durable)]` is one, with its state.
///
/// Its types are parameters, and not looked up in it: so a flow that is not durable is one error.
#[diagnostic::on_unimplemented(
    message = "a host cannot keep the traces of this flow: write `#[flow(durable)]` on its header, or \
               before the statements of a flow in an expression, and derive `Clone`, `Serialize` and \
               `Deserialize` for what its nodes pass on",
    label = "not `durable`, or a payload cannot be stored, or its state is another one"
)]
pub trait IntoDurable<In, Out> {
    /// The flow without its types.
    fn into_durable(self) -> DurableFlow;
}

#[diagnostic::do_not_recommend]
impl<F, S> IntoDurable<F::In, F::Out> for Flow<F, S>
where
    F: Advance<S>,
    F::Step: Clone + Serialize + DeserializeOwned,
    F::In: DeserializeOwned,
    F::Out: Serialize + DeserializeOwned,
    S: Send + Sync + 'static,
{
    fn into_durable(self) -> DurableFlow {
        self.durable()
    }
}

impl<F, S> Flow<F, S>
where
    F: Advance<S>,
    S: Send + Sync + 'static,
{
    /// The flow without its types, for hosts. For flows with `#[flow(durable)]`.
    #[must_use]
    pub fn durable(self) -> DurableFlow
    where
        F::Step: Clone + Serialize + DeserializeOwned,
        F::In: DeserializeOwned,
        F::Out: Serialize + DeserializeOwned,
    {
        DurableFlow(Arc::new(Kept(self)))
    }
}

impl DurableFlow {
    /// The flow's name; `flow` if it has none.
    pub fn name(&self) -> &'static str {
        self.graph().name
    }

    /// The flow's nodes and edges.
    pub fn graph(&self) -> &'static Graph {
        self.0.graph()
    }

    /// The places where its traces park, each with the type that it waits for.
    pub fn awaits(&self) -> &'static [AwaitInfo] {
        self.0.awaits()
    }

    /// When a host is to store its traces.
    ///
    /// ```
    /// use penguiflow::host::Durability;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// let flow = flow! { #[flow(durable = "awaits")] double }.durable();
    /// assert_eq!(flow.durability(), Durability::AtAwaits);
    /// ```
    pub fn durability(&self) -> Durability {
        self.0.durability()
    }

    /// Its graph, types and schemas. Makes the schemas, with the feature `schema`.
    pub fn signature(&self) -> FlowSignature {
        self.0.signature()
    }

    /// Begins a trace at this time, with the id, the time and the headers of the message. The event that
    /// it has begun is the host's to [report](DurableTrace::report_start), since a host that replays
    /// begins a trace more than once.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid`, if the flow takes no `In`.
    pub fn begin<In: Send + 'static>(
        &self,
        message: Message<In>,
        at: SystemTime,
    ) -> Result<DurableTrace, FlowError> {
        let (payload, envelope) = Envelope::of(message);
        let payload: Box<dyn Any + Send> = Box::new(payload);
        self.0.begin(payload, envelope, at).map(DurableTrace::new)
    }

    /// The same with a payload that is read from a JSON document, a text or bytes.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid`, if the document does not fit.
    pub fn begin_json(
        &self,
        message: Message<impl AsRef<[u8]>>,
        at: SystemTime,
    ) -> Result<DurableTrace, FlowError> {
        let (json, envelope) = Envelope::of(message);
        let trace = self.0.begin_json(json.as_ref(), envelope, at);
        trace.map(DurableTrace::new)
    }

    /// Checks that a message's payload is a JSON document that the flow takes, for a client of a host elsewhere.
    ///
    /// # Errors
    ///
    /// Those of [`begin_json`](Self::begin_json).
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// let flow = flow! { #[flow(durable)] double }.durable();
    /// assert!(flow.check_json(Message::new("21")).is_ok());
    /// let error = flow.check_json(Message::new("true")).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Invalid);
    /// ```
    pub fn check_json(&self, message: Message<impl AsRef<[u8]>>) -> Result<(), FlowError> {
        let (json, envelope) = Envelope::of(message);
        self.0.check_json(json.as_ref(), envelope)
    }

    /// The error of a trace that its host ends, in a failure that is none of the flow's.
    pub fn failed(&self, trace_id: TraceId, failure: NodeError) -> FlowError {
        let message = Message::new(()).trace_id(trace_id);
        FlowError::of(failure, &Envelope::of(message).1)
    }

    /// The nodes that its stored traces may be at, and what they take.
    pub fn stored_shape(&self) -> StoredShape {
        self.0.stored_shape()
    }

    /// What a [stored](DurableTrace::store) trace, or what one of its steps [emitted](StepEmits::to_json),
    /// relies on and the flow no longer has, each once. It may be unreadable for other reasons, too.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid`, if it is neither.
    pub fn changes(&self, stored: &[u8]) -> Result<BTreeSet<String>, FlowError> {
        self.0.changes(stored)
    }

    /// Reads a trace that was [stored](DurableTrace::store). The steps that ran then are to run again.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid`: the flow has changed in what the trace relies on, or what was stored is
    /// corrupted. The error names the place.
    pub fn load(&self, stored: &[u8]) -> Result<DurableTrace, FlowError> {
        self.0.load(stored).map(DurableTrace::new)
    }
}

impl fmt::Debug for DurableFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FlowSignature { input, output, .. } = self.signature();
        write!(f, "{}: {input} -> {output}", self.name())
    }
}
