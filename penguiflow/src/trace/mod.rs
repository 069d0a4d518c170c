//! One message's journey: where it is (`frontier`), what a node's visit does (`visit`),
//! and how the host in memory moves it on (`drive`, `stream`).
//!
//! Nothing about a trace lives outside its frontier and its messages. Dropping the future
//! that drives it is cancelling it.

mod attempt;
mod drive;
mod frontier;
mod record;
mod stream;
mod visit;

pub(crate) use drive::{begin, drive, step};
pub use frontier::{Advanced, Course, Emit, Emits, Floe, Frontier, Halt, Outcome, StepId};
pub use stream::{Item, Trace};
pub use visit::{Visit, visit};

pub use attempt::{blocking, spawned};
