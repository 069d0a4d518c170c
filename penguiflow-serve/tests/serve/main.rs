//! Flows over HTTP, through the public face: the same cases in memory and on a store.

mod hang_ups;
mod hostile;
mod inspector;
mod openapi;
mod pieces;
mod problems;
mod served;
#[cfg(unix)]
mod signals;
mod slow_readers;
mod stopping;
mod streams;
mod support;
