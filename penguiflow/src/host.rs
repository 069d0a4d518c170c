//! What runs a compiled flow: the one in memory is in [`Flow::run`]; those that keep a trace
//! elsewhere between two steps are built on the frontier of a durable flow.
//!
//! [`Flow::run`]: crate::Flow::run

#[cfg(feature = "durable")]
pub use crate::frontier::{
    Advance, AdvancePart, Durable, Emit, Emits, Frontier, Items, PendingStep, StepJoins,
};
pub use crate::graph::Topology;
pub use crate::message::StepId;
pub use crate::node::{FunctionNode, Node};
pub use crate::trace::Line;
pub use crate::visit::Call;
