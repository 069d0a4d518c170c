//! One visit of a node: what it knows of its trace (`cursor`, `context`), how its node is called
//! (`call`, `panics`), and what few visits need beside that: attempts under a policy
//! (`attempts`), clock, span and events (`observed`), a way for what it sends (`chunk`).
//!
//! A visit that nobody times, limits or listens to is the node's own future in a boundary of
//! panics. All else is made only where something asks for it.

mod attempt;
mod attempts;
mod budgets;
mod call;
mod call_order;
mod chunk;
mod context;
mod cursor;
mod link;
mod meeting;
mod observed;
mod panics;
mod parts;
mod watch;

pub use attempt::{blocking, spawned};
#[cfg(feature = "durable")]
pub(crate) use budgets::{NO_MORE, Spent};
pub use call::{
    Bounded, ByReference, ByValue, Call, Lent, Plain, Returned, Taking, TakingOf, Visits, keep,
    set_down, visit,
};
pub(crate) use call_order::CallPrint;
pub(crate) use chunk::Outlet;
pub use chunk::{Chunk, SendChunk, StreamEnd};
pub use context::TraceContext;
pub use cursor::Cursor;
pub(crate) use link::Link;
pub use meeting::Arrival;
pub(crate) use meeting::Meeting;
#[cfg(feature = "durable")]
pub(crate) use panics::panic_text;
pub use panics::{Borne, Guarded, borne, caught, fault, guarded};
pub(crate) use panics::{CatchPanics, drop_caught};
pub use parts::{AttemptSeed, Visit};
