//! One message's journey: where it is (`course`, `frontier`), what its joins have collected
//! (`cell`, `queue`), what a step came to (`outcome`), what a node's visit does (`visit`,
//! `record`, `attempt`, `play`) and sends while it runs (`chunk`), how the host in memory moves it on
//! (`drive`, `stream`), and where its traces wait (`parked`, `lot`).
//!
//! Nothing about a trace lives outside its frontier and its messages. Dropping the future
//! that drives it is cancelling it.

mod arrived;
mod attempt;
mod awaiting;
mod bounded;
mod cell;
mod chunk;
mod course;
mod drive;
mod first_poll;
mod frontier;
mod lot;
mod outcome;
mod parked;
mod play;
mod queue;
mod record;
mod steps;
mod stream;
mod visit;

pub(crate) use bounded::Visits;
pub use bounded::{Bounded, Plain};
pub use chunk::{Chunk, SendChunk};
pub(crate) use chunk::{Outlet, Streams};
pub use course::{Course, Floe, StepId};
pub(crate) use drive::{Engine, begin};
pub use frontier::Frontier;
pub use outcome::{Advanced, Emit, Emits, Items, Outcome};
pub use parked::Parked;
pub use play::{Played, play};
pub(crate) use record::Record;
pub use stream::{Item, Trace};
pub use visit::{Gave, Visit, Walk, visit, visit_or_fall_back};

pub use attempt::{blocking, spawned};
