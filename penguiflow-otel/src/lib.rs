//! OpenTelemetry for [`penguiflow`]: the spans of a flow arrive at a collector, under the flow's own
//! trace ids.
//!
//! [`Service`] sets up everything that a service needs:
//!
//! ```no_run
//! use penguiflow::prelude::*;
//! use penguiflow_otel::Service;
//!
//! #[node]
//! async fn answer(question: String) -> String {
//!     question
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let otel = Service::named("support")
//!         .endpoint("http://localhost:4318")
//!         .install()?;
//!     flow! { answer }.run("why?".to_owned()).await?;
//!     otel.shutdown()?; // sends what is not sent yet
//!     Ok(())
//! }
//! ```
//!
//! A trace begins where it has no parent: then the collector's trace id is the flow's. Where there is
//! a parent, its trace id holds, as OpenTelemetry demands, and the message is to take it:
//! [`Caller`] reads `traceparent` and `tracestate` of a request, [`MessageExt::in_trace_of`] gives a
//! message the trace id of a span, and [`CtxExt::inject`] writes both headers into a node's own
//! requests.
//!
//! [`layer`], [`FlowIds`] and [`PlainHttp`] are the pieces, for a subscriber or an exporter of one's
//! own. [`gen_ai`] has the conventions for generative AI.

mod flow_ids;
pub mod gen_ai;
mod layer;
mod plain_http;
mod propagation;
mod service;

pub use flow_ids::FlowIds;
pub use layer::{FlowTracer, layer};
pub use plain_http::PlainHttp;
pub use propagation::{Caller, CtxExt, MessageExt};
pub use service::{Otel, Service, SetupError};

/// The program in the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
