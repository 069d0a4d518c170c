//! The test kit: scripted faults, the path that a trace took, golden files, and coverage. With the
//! feature `testing`; see [Testing a flow](https://github.com/penguiflow/penguiflow-rs/blob/main/docs/testing.md).
//!
//! - [`Flow::stub`](crate::Flow::stub) puts a closure in a node's place, and
//!   [`Flow::script`](crate::Flow::script) has its next attempts fail, hang, panic or wait.
//! - [`TraceRecord`] is what a trace did, of a [`Recording`](crate::Recording): its path, its attempts,
//!   and a text to compare with a golden file.
//! - `StoredShape`, with the feature `durable`, is what stored traces of a flow rely on. Its golden file
//!   fails when a change would leave stored traces behind.
//! - [`read`] reads a trace to its end: its chunks by node, its outputs and its error.
//! - [`Coverage`] notes which edges, arms, fallbacks, retries and expiries the tests have taken.
//!
//! Tests of timeouts, backoffs and deadlines run under tokio's paused time:
//! `#[tokio::test(start_paused = true)]`.

mod golden;
mod shape;
#[cfg(feature = "durable")]
mod stored_shape;
mod trace_read;
mod trace_record;

pub use crate::coverage::{Coverage, CoverageReport};
#[cfg(feature = "durable")]
pub use crate::durable::StoredShape;
pub use crate::edge::Script;
pub use trace_read::{TraceRead, read};
pub use trace_record::TraceRecord;
