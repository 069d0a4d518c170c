//! Hosts: what runs a flow for those that serve it, and those that keep a trace in a store between two
//! steps.
//!
//! A server, a tool or a registry holds an [`ErasedRunning`](crate::ErasedRunning): a started flow without
//! its types, in memory, on a store or on an engine. Each of these is a [`FlowHost`].
//!
//! In memory, `flow.run(input)` runs a trace from its start to its end. With the feature `durable`,
//! a flow with `#[flow(durable)]` also runs step by step. `flow.begin(input)` returns a `Frontier`:
//! all there is to know about the trace, as plain data that serialises. A host takes a step out of
//! it, runs the step by `flow.advance(step)`, and lets the frontier absorb what the step emits.
//!
//! Code that is generic over durable flows has the bound `Durable`, or `Advance` with the state.
//! The types of a flow's input and output are those of its [`Topology`].

#[cfg(feature = "durable")]
pub use crate::durable::{
    ChunkRoom, Chunks, DurableFlow, DurableTrace, IntoDurable, QueuedStep, RunStep, StepEmits,
    StoredShape,
};
#[cfg(feature = "durable")]
pub use crate::frontier::{
    Advance, Again, Durability, Durable, Emit, Emits, Frontier, Items, PendingStep, StepJoins,
    TraceState,
};
pub use crate::graph::{FlowSignature, Topology};
pub use crate::hosting::{
    FlowHost, HostError, HostFuture, HostLoad, HostTrace, HostedState, OpenStep, ParkedStep,
    PastAttempt, TraceDetail, TraceFault, TraceFilter, TraceSource, TraceSummary,
};
pub use crate::message::{ParseStepIdError, StepId};

// The rest is for generated code and for messages, not for hosts. It is not hidden
// from rustc, which writes hidden items with their whole path.
#[cfg(feature = "durable")]
#[cfg_attr(doc, doc(hidden))]
pub use crate::frontier::AdvancePart;
// Named in the error where a payload cannot be stored.
#[cfg(feature = "durable")]
#[doc(hidden)]
pub use crate::frontier::{Stores, StoresInput};
#[cfg_attr(doc, doc(hidden))]
pub use crate::node::{FunctionNode, Node};
#[cfg_attr(doc, doc(hidden))]
pub use crate::trace::Line;
#[cfg_attr(doc, doc(hidden))]
pub use crate::visit::Call;
