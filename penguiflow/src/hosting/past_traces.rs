//! What a host, or who listens to a flow, knows of its traces: plain data for lists and pages.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ParkedStep;
use crate::message::{StepId, TraceId, clock};

/// What a trace is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HostedState {
    /// A step of it runs, or is to run.
    Active,
    /// Its steps wait for the time of their next attempts, or it waits for its start.
    Retrying,
    /// It waits for a value.
    Parked,
    /// A step has failed for good, and the host keeps the trace before that step.
    Dead,
    /// It has ended with an output.
    Completed,
    /// It has ended without an output.
    Filtered,
    /// It has ended with an error.
    Failed,
    /// Somebody has ended it.
    Cancelled,
}

impl HostedState {
    /// Whether nothing will happen in the trace any more by itself.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Active | Self::Retrying | Self::Parked)
    }
}

/// A trace in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TraceSummary {
    /// The trace.
    pub id: TraceId,
    /// Its place in the order of emits: [`TraceFilter::before`] takes it.
    pub seq: i64,
    /// What it is at.
    pub state: HostedState,
    /// When it was emitted. Serialised, as all times here, in seconds since the Unix epoch.
    #[serde(serialize_with = "clock::as_unix_seconds")]
    pub created: SystemTime,
    /// When it last went on.
    #[serde(serialize_with = "clock::as_unix_seconds")]
    pub updated: SystemTime,
    /// When it goes on by itself.
    #[serde(serialize_with = "clock::as_optional_unix_seconds")]
    pub due: Option<SystemTime>,
    /// The tenant of its message, where it is known.
    pub tenant: Option<String>,
    /// The nodes at which it is parked.
    pub parked_at: Vec<String>,
    /// How it failed, or how its last attempt did.
    pub error: Option<TraceFault>,
}

impl TraceSummary {
    /// A trace that has just begun.
    pub fn new(id: TraceId, seq: i64, created: SystemTime) -> Self {
        Self {
            id,
            seq,
            state: HostedState::Active,
            created,
            updated: created,
            due: None,
            tenant: None,
            parked_at: Vec::new(),
            error: None,
        }
    }
}

/// How a trace failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TraceFault {
    /// The kind of its error, such as `timed_out`.
    pub kind: String,
    /// The node that failed.
    pub node: Option<String>,
    /// The way to it through called flows.
    pub path: Option<String>,
    /// How many attempts there were.
    pub attempts: u32,
    /// The error's text.
    pub message: String,
    /// The texts of its causes, the nearest first.
    pub causes: Vec<String>,
}

impl TraceFault {
    /// An error of which no more is known.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            message: message.into(),
            ..Self::default()
        }
    }
}

/// All that is known of one trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TraceDetail {
    /// As it stands in lists.
    #[serde(flatten)]
    pub summary: TraceSummary,
    /// The key that it was emitted under.
    pub key: Option<String>,
    /// The headers of its message; none where they are not kept.
    pub headers: Option<Value>,
    /// The steps that run, or are to run.
    pub steps: Vec<OpenStep>,
    /// The steps that wait for a value.
    pub waits: Vec<ParkedStep>,
    /// The attempts that are over, in their order.
    pub attempts: Vec<PastAttempt>,
    /// Its outputs, as far as they are kept.
    pub outputs: Vec<Value>,
}

impl TraceDetail {
    /// A trace of which no more is known.
    pub fn new(summary: TraceSummary) -> Self {
        Self {
            summary,
            key: None,
            headers: None,
            steps: Vec::new(),
            waits: Vec::new(),
            attempts: Vec::new(),
            outputs: Vec::new(),
        }
    }
}

/// A step of a trace that is not over, and waits for no value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OpenStep {
    /// Its id; none where it is not known.
    pub step: Option<String>,
    /// The node that it runs.
    pub node: String,
    /// How many of its attempts have failed.
    pub failed_attempts: u32,
    /// When its attempt began. Not known of one that is to run.
    #[serde(serialize_with = "clock::as_optional_unix_seconds")]
    pub since: Option<SystemTime>,
    /// When its next attempt comes, if it waits for that.
    #[serde(serialize_with = "clock::as_optional_unix_seconds")]
    pub until: Option<SystemTime>,
    /// What it takes, where payloads are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
}

impl OpenStep {
    /// A step that is to run.
    pub fn new(node: impl Into<String>) -> Self {
        Self {
            step: None,
            node: node.into(),
            failed_attempts: 0,
            since: None,
            until: None,
            input: None,
        }
    }
}

/// An attempt of a step that is over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PastAttempt {
    /// The step's id; none where it is not known.
    pub step: Option<StepId>,
    /// The node that it ran.
    pub node: String,
    /// Its number: 0 is the first.
    pub attempt: u32,
    /// When it began.
    #[serde(serialize_with = "clock::as_unix_seconds")]
    pub began: SystemTime,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// How it ended: `ok`, `parked`, or the kind of its error.
    pub outcome: String,
    /// The error's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it took, where payloads are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// What it returned, where payloads are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

impl PastAttempt {
    /// An attempt that went well.
    pub fn new(node: impl Into<String>, attempt: u32, began: SystemTime, took_ms: f64) -> Self {
        Self {
            step: None,
            node: node.into(),
            attempt,
            began,
            took_ms,
            outcome: "ok".to_owned(),
            error: None,
            input: None,
            output: None,
        }
    }
}

/// Which traces are listed: those that fit all that is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TraceFilter {
    /// In one of these states, if there are any.
    pub states: Vec<HostedState>,
    /// Whose id begins so, or with this text in its tenant, the kind or the text of its error.
    pub search: Option<String>,
    /// Emitted before this place in the order of emits.
    pub before: Option<i64>,
    /// At most so many; all that the host lists at once if it is 0.
    pub limit: u32,
}
