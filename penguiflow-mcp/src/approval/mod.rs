//! A flow that waits for a person, as a call of a tool: what is asked, by which way, and what the client
//! keeps meanwhile.

mod ask;
mod seal;
mod state;

pub(crate) use ask::{Answer, answer_of, input_requests, request};
pub(crate) use seal::Keys;
pub(crate) use state::{Purpose, Refusal, States};
