//! Durable flows: their traces are in an SQLite file, and go on where they were after the process
//! died.

pub mod admin;
mod schema;
#[doc(hidden)]
pub mod store;
