//! Durable flows on many machines: each is a workflow of a [Restate](https://restate.dev) server, run by
//! workers of which any may die.
//!
//! A worker serves flows, and a client registers it and sends messages:
//!
//! ```no_run
//! use penguiflow::prelude::*;
//! use penguiflow_restate::{Client, endpoint};
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
//! flow! {
//!     #[flow(durable)]
//!     struct Indexing(u32) -> usize;
//!
//!     fetch -> index;
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! tokio::spawn(endpoint().flow(Indexing::flow()).serve("127.0.0.1:9080"));
//!
//! let client = Client::new("http://127.0.0.1:8080", "http://127.0.0.1:9070");
//! client.register("http://127.0.0.1:9080").await?;
//! let output = client.flow(Indexing::flow()).call(7).await?;
//! assert_eq!(output.payload, 6);
//! # Ok(())
//! # }
//! ```
//!
//! # What is guaranteed
//!
//! A node runs at least once; everything else happens exactly once. The server journals what each attempt
//! of a step came to. When a worker dies, another one replays the journal, and runs again only the
//! steps whose outcome is not in it. Retries, backoff and deadlines are the policies' of the flow's nodes; the
//! server itself begins again only what a crash has cut.
//!
//! # Versions
//!
//! A trace stays with the deployment that it began on; [`Running::retry`] lets it go on at the latest one. Where
//! its journal does not fit the code there, the trace does not fail. It waits, and the server shows what is
//! wrong as the invocation's last failure. It goes on when it is tried again at code that its journal fits. A
//! server that speaks version 7 of the protocol pauses the invocation until then; an older one tries it again
//! as its retry policy says.
//!
//! # Features
//!
//! Both are on unless `default-features = false`, and both bring the cryptography of `aws-lc-rs`, which needs a
//! C compiler:
//!
//! - `identity`: a worker takes only requests that a server has signed, by `Endpoint::identity_key`.
//! - `rustls`: a client's addresses may be `https://`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod driver;
mod endpoint;
mod error;
mod following;
mod handlers;
#[cfg(feature = "identity")]
mod identity;
mod journal;
mod names;
mod protocol;
mod run;
mod steps;
mod waiting;
mod waits;

pub use client::{Client, Running, Trace};
pub use endpoint::{Endpoint, endpoint};
pub use error::Error;
#[cfg(feature = "identity")]
pub use identity::IdentityKeyError;

/// The code in the handbook's page, compiled.
#[cfg(all(doctest, feature = "identity"))]
mod handbook {
    #[doc = include_str!("../../docs/restate.md")]
    mod restate {}
}
