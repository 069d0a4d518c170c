//! Events: reports of a flow about itself, to `tracing` and to observers.
//!
//! Where something happens, an `EventDraft` and an `EventSource` become an `EventRecord`, plain
//! data. It goes to `tracing` at once, and into the observers' `EventLog`, whose threads build
//! an [`Event`] from it.

mod backlog;
mod draft;
mod flush;
mod log;
mod observer;
mod observers;
mod outcome;
mod record;
mod sentence;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;
#[cfg(feature = "payloads")]
use serde_json::Value;
use tracing::Level;

use crate::error::ErrorKind;
#[cfg(feature = "testing")]
use crate::graph::Graph;
use crate::message::{SharedHeaders, StepId, TraceId, clock};

pub(crate) use draft::{EventDraft, EventSource, Shown, Subject};
pub use observer::Observer;
pub(crate) use observers::Observers;
pub use outcome::TraceOutcome;
pub(crate) use record::EventRecord;

/// Something that happened to a trace or to a node's visit.
///
/// Serialises to the fields of the structured events: `ts` in seconds since the Unix
/// epoch, `event`, `flow`, `trace_id`, `node_name`, `attempt`, `latency_ms`, `q_depth_in`, and
/// `headers`, `playbook`, `error`, `error_kind`, `path`, `causes`, `sleep_ms`, `step`, `until`,
/// `outcome`, `tokens` and `payload` where there is one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// When it happened.
    #[serde(serialize_with = "clock::as_unix_seconds")]
    pub ts: SystemTime,
    /// What happened.
    pub event: EventKind,
    /// The name of the flow whose trace it is; `flow` if it has none.
    pub flow: &'static str,
    /// The trace that it happened to.
    pub trace_id: TraceId,
    /// The headers of the message, as the branch has them.
    #[serde(skip_serializing_if = "has_none")]
    pub headers: SharedHeaders,
    /// The node's name in the flow; `None` for the events of a trace.
    pub node_name: Option<&'static str>,
    /// The playbooks that the node runs in, outermost first: `Support/Search`.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub playbook: Option<Arc<str>>,
    /// The number of the attempt: 0 for the first one. For `node_retry`, the one to come.
    pub attempt: u32,
    /// The node's own time in this attempt so far, in milliseconds; for `trace_end`, the
    /// time since the message was made; for `trace_resumed`, the time that it waited.
    pub latency_ms: Option<f64>,
    /// How many visits wait for this node's limits: its `concurrency`, its `rate`.
    pub q_depth_in: usize,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The kind of what went wrong; for a visit that was dropped or not started, `cancelled` or
    /// `deadline_exceeded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_kind: Option<ErrorKind>,
    /// The nodes that led to the error of a trace: [`FlowError::path`](crate::FlowError::path). For
    /// `trace_end`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The texts of the causes of a trace's error, the nearest first. For `trace_end`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// The wait before the next attempt, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleep_ms: Option<f64>,
    /// The step that visits the node, or parks: the same in each event of a visit. `None` for the
    /// start and the end of a trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// When a step that parks stops waiting.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "clock::as_optional_unix_seconds"
    )]
    pub until: Option<SystemTime>,
    /// How the trace ended, for `trace_end`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<TraceOutcome>,
    /// The tokens that the trace has spent, for `trace_end`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// What the attempt takes, for `node_start`, and what it passes on, for `node_success`: as JSON, if it can be
    /// serialised and the flow [shows its payloads](crate::Flow::show_payloads). Of a long one, a text
    /// with its beginning.
    #[cfg(feature = "payloads")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_value")]
    pub payload: Option<Arc<Value>>,
    /// Where it happened, for the test kit.
    #[cfg(feature = "testing")]
    #[serde(skip)]
    pub(crate) place: Place,
}

/// A graph, and the number of the node in it.
#[cfg(feature = "testing")]
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) graph: &'static Graph,
    pub(crate) node: Option<u32>,
}

#[cfg(feature = "testing")]
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, node {:?}", self.graph.name, self.node)
    }
}

/// Events are compared by what is public of them.
#[cfg(feature = "testing")]
impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

fn has_none(headers: &SharedHeaders) -> bool {
    headers.is_empty()
}

#[cfg(feature = "payloads")]
fn as_value<S: serde::Serializer>(
    payload: &Option<Arc<Value>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    payload.as_deref().serialize(serializer)
}

fn as_text<S: serde::Serializer>(
    text: &Option<Arc<str>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

/// The kinds of [`Event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// An attempt begins.
    NodeStart,
    /// An attempt succeeded.
    NodeSuccess,
    /// An attempt returned an error, panicked, or its parameters could not be extracted.
    NodeError,
    /// An attempt took longer than the node's timeout.
    NodeTimeout,
    /// Another attempt follows, after a wait.
    NodeRetry,
    /// No further attempt follows: the visit failed, and the trace with it.
    NodeFailed,
    /// The visit was dropped before its end.
    NodeCancelled,
    /// The node was not started, since the message's deadline had passed.
    DeadlineSkip,
    /// A trace begins.
    TraceStart,
    /// A trace is over: its `outcome`, its `tokens`, and its time as the latency.
    TraceEnd,
    /// A step of a trace waits for a value at an `await`.
    TraceParked,
    /// A step that was parked goes on with its value; with an `error`, it was given none in time.
    TraceResumed,
}

impl EventKind {
    /// The level at which it is written to `tracing`. Warnings and errors are about traces as a whole:
    /// another attempt, a fallback or a join may still make good a visit that failed. `trace_end` has
    /// that of the outcome, and at the lowest this one.
    #[inline]
    pub(crate) const fn level(self) -> Level {
        match self {
            Self::NodeFailed | Self::TraceEnd | Self::TraceParked | Self::TraceResumed => {
                Level::INFO
            }
            Self::NodeStart
            | Self::NodeSuccess
            | Self::NodeError
            | Self::NodeTimeout
            | Self::NodeRetry
            | Self::NodeCancelled
            | Self::DeadlineSkip
            | Self::TraceStart => Level::DEBUG,
        }
    }

    /// The event's name, such as `node_start`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NodeStart => "node_start",
            Self::NodeSuccess => "node_success",
            Self::NodeError => "node_error",
            Self::NodeTimeout => "node_timeout",
            Self::NodeRetry => "node_retry",
            Self::NodeFailed => "node_failed",
            Self::NodeCancelled => "node_cancelled",
            Self::DeadlineSkip => "deadline_skip",
            Self::TraceStart => "trace_start",
            Self::TraceEnd => "trace_end",
            Self::TraceParked => "trace_parked",
            Self::TraceResumed => "trace_resumed",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
