//! The server's protocol: what a worker serves, and one invocation. The state machine of
//! `restate-sdk-shared-core` is used directly. The Rust SDK on top of it completes the closures of `run`
//! in the order in which they are polled, and not in the journal's.

mod answer;
mod manifest;
mod server;
mod session;

pub(crate) use manifest::manifest;
pub(crate) use server::{Handled, Served, serve};
pub(crate) use session::{Input, Left, Progress, Session, failure};
