//! Typed, fast, reliable flows for LLM agents, retrieval pipelines and services.
//!
//! Nodes are async functions. A flow says what follows what, and the compiler checks it
//! before anything runs.
//!
//! ```
//! use penguiflow::prelude::*;
//!
//! #[derive(Debug)]
//! struct Question(String);
//! struct Docs(Vec<String>);
//!
//! #[node(timeout = "2s", retries = 3)]
//! async fn retrieve(question: &Question) -> Result<Docs, std::io::Error> {
//!     Ok(Docs(vec![format!("what is known of {}", question.0)]))
//! }
//!
//! #[node]
//! async fn pack(docs: Docs) -> String {
//!     docs.0.join("\n")
//! }
//!
//! flow! {
//!     /// Answers a question.
//!     struct Support(Question) -> String;
//!
//!     retrieve -> pack;
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), FlowError> {
//! let prompt = Support::flow().run(Question("penguins".into())).await?;
//! assert_eq!(prompt, "what is known of penguins");
//! # Ok(())
//! # }
//! ```
//!
//! # A tour
//!
//! **Nodes.** [`node`] makes a node of an async function: its first parameter is the message, its
//! return value what goes on. Options give it a timeout, retries, a [`Backoff`] and limits. Beside
//! the message a node may ask for its context ([`Ctx`]), a part of the application's state
//! ([`State`]), the [`Headers`], or anything that is [`Extract`].
//!
//! **Flows.** [`flow!`] connects nodes: chains, branches and joins, routing by `match`, loops,
//! maps, fallbacks, and places where a trace waits for a value from outside. Its page has the whole
//! table of the language. What cannot work does not compile.
//!
//! **One message.** [`Flow::run`] runs a message to its end in the caller's own task and returns
//! the output, or the [`FlowError`] that names the node and the cause. [`Flow::trace`] streams what
//! nodes send meanwhile ([`Chunk`]) and the output. A [`Message`] adds headers, a deadline and
//! budgets to a payload.
//!
//! **Many messages.** [`Flow::start`] returns a [`Running`] flow: messages go in at [`OpenSea`] and
//! results come out at [`Rookery`], with a capacity, a [`Ledger`] and an orderly stop.
//!
//! **Watching.** Each flow reports [`Event`]s and spans to `tracing`, and events to every [`Observer`].
//! A [`Recording`] keeps them and makes time lines; `Metrics` and `TerminalView` count, with features of
//! their own. [`Running::health`] says what is full or waits. The [`Graph`] draws itself as Mermaid, DOT
//! or SVG, and knows the worst case of a trace.
//!
//! **Generic code.** [`AnyFlow`] is the bound for code that runs any flow. A host that keeps traces
//! in a store between two steps is built on [`host`].
//!
//! Those who come from the Python library find its types in [`python`].

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "testing")]
mod coverage;
// Not hidden from rustc, which writes hidden items with their whole path.
#[cfg_attr(doc, doc(hidden))]
#[cfg(feature = "durable")]
mod durable;
pub mod edge;
mod error;
mod event;
mod flow;
#[cfg(feature = "durable")]
mod frontier;
mod graph;
pub mod host;
mod hosting;
mod limits;
mod message;
#[cfg(feature = "metrics")]
mod metrics;
mod node;
mod parking;
mod policy;
pub mod python;
mod recording;
mod running;
mod small_list;
#[cfg(feature = "terminal")]
mod terminal;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod visit;

#[cfg(feature = "metrics")]
pub use self::metrics::Metrics;
pub use edge::IntoMessage;
pub use error::{BoxError, ErrorKind, Failed, FlowError, NodeError};
pub use event::{Event, EventKind, Observer, TraceOutcome};
pub use flow::{EffectivePolicies, Flow, PoliciesError, ResumeError, Run};
pub use graph::{
    AwaitInfo, Edge, Figures, Graph, JoinInfo, JoinKind, NodeFigures, NodeInfo, NodeKind,
    ParseGraphError, StoredEdge, StoredGraph, StoredNode, TypeName, WorstAttempts,
};
#[cfg(feature = "svg")]
pub use graph::{Svg, Theme};
pub use hosting::{AnyRunning, ErasedRunning};
pub use message::{Headers, Message, ParseTraceIdError, SharedHeaders, Spent, TraceId};
pub use parking::{Parked, Parkings, ResumeJsonError};
#[cfg(feature = "rate")]
pub use policy::Rate;
pub use policy::{Backoff, Per, Placement, Policies, Policy, Retry, RetryAfter, Retryable};
pub use recording::{
    AttemptTime, ErrorReport, NotRecorded, Outcome, Recording, TimeLine, TimeLineText, VisitTime,
    WaitTime,
};
pub use running::{
    Abort, AnyFlow, Emit, ErasedFlow, ErasedTrace, Health, Ledger, OldestTrace, OpenSea, Rookery,
    Running, TryEmitError, WaitingNode,
};
#[cfg(feature = "terminal")]
pub use terminal::TerminalView;
pub use trace::{Trace, TraceItem};
pub use visit::{
    Chunk, Ctx, Extract, FromRef, SendChunk, State, StreamEnd, TestCtx, VisitParts, map_concurrent,
};

pub use penguiflow_macros::{FromRef, Retryable, flow, node};

/// The names that nearly every program needs: `use penguiflow::prelude::*;`.
pub mod prelude {
    pub use crate::{
        AnyFlow, BoxError, Chunk, Ctx, ErrorKind, EventKind, Extract, Failed, Flow, FlowError,
        FromRef, Headers, Ledger, Message, NodeError, Observer, OpenSea, Parked, Parkings, Retry,
        Retryable, Rookery, Running, State, StreamEnd, Trace, TraceId, TraceItem, TryEmitError,
        flow, map_concurrent, node,
    };
    pub use std::ops::ControlFlow;
}

/// The code in the handbook, compiled and run. The README's programs also use other crates: `tests/pages`
/// builds them.
#[cfg(doctest)]
mod handbook {
    #[doc = include_str!("../../docs/nodes.md")]
    mod nodes {}
    #[doc = include_str!("../../docs/flows.md")]
    mod flows {}
    #[doc = include_str!("../../docs/running.md")]
    mod running {}
    #[doc = include_str!("../../docs/batches.md")]
    mod batches {}
    #[cfg(all(feature = "rate", feature = "validate"))]
    #[doc = include_str!("../../docs/reliability.md")]
    mod reliability {}
    #[doc = include_str!("../../docs/observing.md")]
    mod observing {}
    #[doc = include_str!("../../docs/flows-that-wait-for-themselves.md")]
    mod flows_that_wait_for_themselves {}
    #[cfg(feature = "durable")]
    #[doc = include_str!("../../docs/two-back-ends.md")]
    mod two_back_ends {}
    #[cfg(feature = "durable")]
    #[doc = include_str!("../../docs/hosts.md")]
    mod hosts {}
    #[doc = include_str!("../../docs/porting.md")]
    mod porting {}
}
