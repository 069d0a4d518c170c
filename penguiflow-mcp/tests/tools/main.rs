//! Flows as tools, by the eyes of a client in the same process.

mod approvals;
mod calls;
mod client;
mod flows;
mod hostile;
mod http;
