//! Durable flows without their types, for hosts that keep traces in a store or send them to another
//! machine: a host is compiled once, and runs any flow. `flow` begins and loads traces, `trace` is one of
//! them, `step` a step that runs and what it emits, `json` how all of it is written.

mod flow;
mod json;
mod live;
mod step;
mod trace;

pub use flow::DurableFlow;
pub use step::{QueuedStep, RunStep, StepEmits};
pub use trace::{Chunks, DurableTrace};
