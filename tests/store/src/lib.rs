//! Two flows with all that a flow may consist of, whose nodes write down that they ran: for a process that is
//! killed (`voyager`), and for the tests that kill it.

mod reference;
mod runs;
mod voyage;

pub use reference::in_memory;
pub use runs::Runs;
pub use voyage::{
    CANCELLED, Coasting, DEAD, Pass, Voyage, durability, is_given_up, message, runs_aground,
    steered,
};

/// How many traces of each flow a process runs at a time: not so many that a kill makes a large part of
/// the work run again.
pub const CAPACITY: usize = 32;
