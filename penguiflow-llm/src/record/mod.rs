//! What was asked and answered: recorded, written as text, and given again.

mod exchange;
mod hiding;
mod recorder;
mod replay;
mod transcript;

pub use exchange::Exchange;
pub(crate) use exchange::Exchanges;
pub use recorder::Recorder;
pub use replay::Replay;
pub use transcript::Transcript;
