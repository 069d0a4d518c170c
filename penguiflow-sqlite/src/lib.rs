//! Durable flows: their traces are in an SQLite file, and go on where they were after the process
//! died.

mod schema;
#[doc(hidden)]
pub mod store;
