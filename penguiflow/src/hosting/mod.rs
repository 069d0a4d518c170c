//! A started flow without its types, whatever runs it: memory, a store, an engine. What serves flows
//! is written against [`ErasedRunning`]; what runs them implements [`FlowHost`].

mod any_running;
mod erased;
mod error;
mod flow_host;
mod host_trace;
mod memory;
mod parked_step;
mod past_traces;

pub use any_running::AnyRunning;
pub use erased::ErasedRunning;
pub use error::HostError;
pub use flow_host::{FlowHost, HostFuture, HostLoad};
pub use host_trace::{HostTrace, TraceSource};
pub use parked_step::ParkedStep;
pub use past_traces::{
    HostedState, OpenStep, PastAttempt, TraceDetail, TraceFault, TraceFilter, TraceSummary,
};
