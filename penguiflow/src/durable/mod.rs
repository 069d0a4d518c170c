//! Durable flows without their types, for hosts that keep traces in a store or send them to another
//! machine: a host is compiled once, and runs any flow. `flow` begins and loads traces, `trace` is one of
//! them, `step` a step that runs and what it emits, `json` how all of it is written. `shape` is what stored
//! traces of a flow rely on, and `schema_changes` compares what their payloads look like.

mod flow;
mod json;
mod live;
mod schema_changes;
mod shape;
mod step;
mod trace;

pub use flow::{DurableFlow, IntoDurable};
pub(crate) use json::payload_of;
pub use shape::StoredShape;
pub use step::{QueuedStep, RunStep, StepEmits};
pub use trace::{ChunkRoom, Chunks, DurableTrace};
