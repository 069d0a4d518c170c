//! Flows over HTTP: typed routes, server-sent events, OpenAPI and an orderly shutdown, for
//! [axum](https://docs.rs/axum).
//!
//! [`routes`] makes a service of a started flow, in memory or on a store. The pieces that it is made of
//! are public, for handlers of one's own: [`handler`] and [`sse()`], the extractors [`JsonMessage`] and
//! [`Caller`], the error [`Problem`], and the tower service [`FlowService`]. [`serve`] serves a router
//! until it is told to stop, and lets the flows drain. An
//! [`Inspector`] makes a page of a flow: its traces, its live graph, and what waits for a person.
//!
//! ```no_run
//! use axum::Router;
//! use penguiflow::prelude::*;
//! use penguiflow_serve::{routes, serve};
//! use tokio::net::TcpListener;
//!
//! #[node(timeout = "5s")]
//! async fn answer(question: String) -> String {
//!     format!("{question} Who knows.")
//! }
//!
//! flow! {
//!     struct Support(String) -> String;
//!
//!     answer;
//! }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     let running = Support::flow().capacity(64).start();
//!     let app = Router::new().merge(routes("support", running.clone()).open());
//!     let listener = TcpListener::bind("127.0.0.1:8080").await?;
//!     serve(listener, app).drain(running).await
//! }
//! ```

mod emitted;
mod extract;
mod flow_service;
pub mod handler;
mod inspector;
mod openapi;
mod options;
mod overload;
mod problem;
mod routes;
mod served;
mod shutdown;
mod sse;

pub use extract::{Caller, CallerOptions, IdempotencyKey, JsonMessage};
pub use flow_service::FlowService;
pub use inspector::Inspector;
pub use options::Options;
pub use problem::Problem;
pub use routes::{GuardLayer, Guarded, Mountable, Routes, Unguarded, routes};
pub use shutdown::{Serve, serve, shutdown_signal};
pub use sse::{TraceEvents, sse};

/// The code in the handbook's page, compiled.
#[cfg(doctest)]
mod handbook {
    #[doc = include_str!("../../docs/inspector.md")]
    mod inspector {}
    #[doc = include_str!("../../docs/serving.md")]
    mod serving {}
}
