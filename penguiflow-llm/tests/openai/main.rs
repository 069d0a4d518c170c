//! The client for chat completions, against a server in this process that does what it is told, and
//! misbehaves in every way that servers do.

mod errors;
mod exchanges;
mod requests;
mod server;
mod storm;

#[path = "../shared/agent.rs"]
mod agent;
#[path = "../../src/testing.rs"]
mod testing;
