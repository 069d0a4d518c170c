//! Durable flows: their traces are in an SQLite file, and go on where they were after the process died.
//!
//! ```
//! use penguiflow::prelude::*;
//! use penguiflow_sqlite::Sqlite;
//!
//! #[node(retries = 3)]
//! async fn fetch(page: u32) -> std::io::Result<String> {
//!     Ok(format!("page {page}"))
//! }
//!
//! #[node]
//! async fn index(text: String) -> usize {
//!     text.len()
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let file = dir.path().join("pages.db");
//! let store = Sqlite::open(file).await?;
//! let running = store.start(flow! { #[flow(durable)] fetch -> index }).await?;
//!
//! // Once this returns, the message is stored: its trace runs to its end, in this process or another.
//! running.emit(7).await?;
//!
//! let result = running.fetch().await?.expect("a result for each message");
//! assert_eq!(result.into_output().await?.payload, 6);
//! running.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What is guaranteed
//!
//! A node runs at least once. Everything else happens exactly once: a step's outcome is stored with what
//! follows from it, in one transaction, and a step begins after the commit that stores it. What a node does outside
//! may so happen twice: [`Ctx::idempotency_key`](penguiflow::Ctx::idempotency_key) is the same each time.

pub mod admin;
mod error;
mod host;
mod running;
mod schema;
mod sqlite;
#[doc(hidden)]
pub mod store;

pub use error::Error;
pub use running::{DeadLetter, Fetched, Ledger, ParkedTrace, Parkings, Running, Trace};
pub use sqlite::{Options, Sqlite, Start};
pub use store::{Holder, StoreError};

/// The code in the handbook's pages, compiled and run.
#[cfg(doctest)]
mod handbook {
    #[doc = include_str!("../../docs/changing-a-flow.md")]
    mod changing_a_flow {}
    #[doc = include_str!("../../docs/durable.md")]
    mod durable {}
}
