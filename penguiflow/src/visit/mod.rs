//! One visit of a node: its view of the trace (`cursor`, `trace_context`), the call of its node
//! (`call`, `panics`), and what few visits need beside that: attempts under a policy (`attempts`),
//! clock, span and events (`observed`), a way for its chunks (`chunk`).
//!
//! A visit that nobody times, limits or listens to is the node's own future in a boundary of
//! panics. All else is made only where something asks for it.

mod attempt;
mod attempt_seed;
mod attempts;
mod boundary;
mod budgets;
mod call;
mod call_order;
mod chunk;
mod ctx;
mod cursor;
mod extract;
mod flow_context;
#[cfg(feature = "durable")]
mod kept;
mod link;
mod map_concurrent;
mod merge;
mod observed;
mod panics;
mod send_chunk;
mod silence;
mod streams;
#[cfg(feature = "testing")]
mod stubbed;
#[cfg(feature = "testing")]
mod stubs;
mod test_ctx;
mod trace_context;
mod trace_report;
mod visit_parts;
mod watch;

pub use attempt::{blocking, spawned};
pub use attempt_seed::AttemptSeed;
pub(crate) use boundary::CatchPanics;
pub use boundary::{Tolerated, tolerated};
pub use budgets::Budgets;
#[cfg(feature = "durable")]
pub(crate) use budgets::{NO_MORE, Usage};
pub use call::{Call, Returned, VisitsNode, keep, unwrap, visit};
pub(crate) use call_order::CallPrint;
pub use chunk::{Chunk, StreamEnd};
pub(crate) use ctx::Caller;
pub use ctx::Ctx;
pub use cursor::Cursor;
pub(crate) use cursor::VISITS_IN_ONE_GO;
pub use extract::{Extract, FromRef, State, extract};
pub(crate) use flow_context::{CallingVisit, FlowContext};
#[cfg(feature = "durable")]
pub(crate) use kept::{Again, KeptVisit};
pub(crate) use map_concurrent::is_taking_an_item;
pub use map_concurrent::map_concurrent;
pub use merge::Arrival;
pub(crate) use merge::CursorMerge;
pub(crate) use panics::drop_caught;
#[cfg(feature = "durable")]
pub(crate) use panics::panic_text;
pub use panics::{Guarded, caught, fault, guarded};
pub use send_chunk::SendChunk;
pub(crate) use streams::Outlet;
#[cfg(feature = "testing")]
pub(crate) use stubs::Stubs;
pub use test_ctx::TestCtx;
pub use trace_context::TraceContext;
pub use visit_parts::VisitParts;
