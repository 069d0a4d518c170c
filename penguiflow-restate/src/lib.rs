//! Durable flows on many machines: each is a workflow of a Restate server, run by workers of which any may
//! die.

mod client;
mod driver;
mod endpoint;
mod error;
mod handlers;
mod journal;
mod names;
mod protocol;
mod steps;
mod waits;

pub use client::{Client, Running};
pub use endpoint::{Endpoint, endpoint};
pub use error::Error;
