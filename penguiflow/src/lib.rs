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
//! [`node`] makes a node of a function, [`flow!`] a flow of nodes. [`Flow`] runs one
//! message, or is started for many: [`Running`].

#[doc(hidden)]
pub mod __private;
mod boxed;
mod causes;
mod clock;
mod cover;
mod ctx;
pub mod edge;
mod error;
mod event;
mod extract;
mod few;
mod flow;
#[cfg(feature = "durable")]
mod frontier;
mod graph;
pub mod host;
mod join;
mod json;
mod limits;
mod line;
mod map_concurrent;
mod message;
mod node;
mod parking;
mod policy;
mod print;
mod probe;
#[cfg(feature = "rate")]
mod rate;
mod running;
mod runtime;
mod same;
mod shape;
mod step_id;
mod trace;
mod trace_id;
mod type_name;
mod visit;
pub mod vocabulary;

pub use ctx::Ctx;
pub use error::{BoxError, ErrorKind, Failed, FlowError, NodeError};
pub use event::{Event, EventKind, Observer};
pub use extract::{Extract, FromRef, State};
pub use flow::{Flow, ResumeError, Run};
pub use graph::{Edge, Graph, WorstAttempts};
pub use join::{AwaitInfo, JoinInfo, JoinKind};
pub use map_concurrent::map_concurrent;
pub use message::{Headers, Message};
pub use node::NodeInfo;
pub use parking::Parked;
pub use policy::{Backoff, Placement, Policy, Retry, RetryAfter, Retryable};
#[cfg(feature = "rate")]
pub use rate::Rate;
pub use running::{Abort, Ledger, OpenSea, Rookery, Running, TryEmitError};
pub use trace::{Item, Trace};
pub use trace_id::{ParseTraceIdError, TraceId};
pub use type_name::TypeName;
pub use visit::{Chunk, SendChunk, StreamEnd, Visit};

pub use penguiflow_macros::{FromRef, Retryable, flow, node};

/// What nearly every user of the crate needs: `use penguiflow::prelude::*;`.
pub mod prelude {
    pub use crate::{
        BoxError, Chunk, Ctx, ErrorKind, Event, EventKind, Extract, Failed, Flow, FlowError,
        FromRef, Headers, Item, Ledger, Message, NodeError, Observer, Retry, Retryable, State,
        StreamEnd, TraceId, TryEmitError, flow, map_concurrent, node,
    };
    pub use std::ops::ControlFlow;
}

/// The code in the handbook and in the README, compiled and run.
#[cfg(doctest)]
mod handbook {
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../docs/nodes.md")]
    mod nodes {}
    #[doc = include_str!("../../docs/flows.md")]
    mod flows {}
    #[doc = include_str!("../../docs/running.md")]
    mod running {}
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
