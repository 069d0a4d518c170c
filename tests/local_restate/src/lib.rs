//! A Restate server and its workers on loopback, for the time of a program: the server is fetched from npm into
//! `target`, started in a temporary folder, killed and started again. Workers are processes behind one
//! address. Nothing is installed globally, and nothing outlives the program.

mod admin;
mod balancer;
mod binary;
mod error;
mod namespace;
mod ports;
mod server;
mod worker;

pub use balancer::Balancer;
pub use binary::{Binary, fetch};
pub use error::Error;
pub use namespace::Namespace;
pub use ports::free_port;
pub use server::Server;
pub use worker::Worker;
