//! A flow with all that a flow may consist of, whose nodes write down that they ran: for a process that is
//! killed (`voyager`), and for the tests that kill it.

mod reference;
mod runs;
mod voyage;

pub use reference::in_memory;
pub use runs::Runs;
pub use voyage::{CANCELLED, DEAD, Pass, Voyage, is_given_up, message, runs_aground, steered};
