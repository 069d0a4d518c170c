//! The message of an event: a sentence for who reads a log.

use std::fmt;

use super::{EventKind, TraceOutcome};

pub(super) struct Sentence<'e> {
    pub(super) kind: EventKind,
    pub(super) node: &'e str,
    pub(super) attempt: u32,
    pub(super) outcome: Option<TraceOutcome>,
    pub(super) sleep_ms: f64,
    pub(super) error: &'e str,
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            attempt,
            sleep_ms,
            error,
            ..
        } = self;
        match self.kind {
            EventKind::NodeStart => write!(f, "attempt {attempt} of `{node}` began"),
            EventKind::NodeSuccess => write!(f, "attempt {attempt} of `{node}` succeeded"),
            EventKind::NodeError => write!(f, "attempt {attempt} of `{node}` failed: {error}"),
            EventKind::NodeTimeout => write!(f, "attempt {attempt} of `{node}` timed out: {error}"),
            EventKind::NodeRetry => {
                write!(f, "`{node}` is tried again in {sleep_ms} ms: {error}")
            }
            EventKind::NodeFailed => write!(f, "`{node}` failed: {error}"),
            EventKind::NodeCancelled => write!(f, "`{node}` was cancelled"),
            EventKind::DeadlineSkip => {
                write!(f, "`{node}` was not started: the deadline had passed")
            }
            EventKind::TraceStart => f.write_str("the trace began"),
            EventKind::TraceEnd => self.write_end(f),
            EventKind::TraceParked => write!(f, "the trace is parked at `{node}`"),
            EventKind::TraceResumed if error.is_empty() => {
                write!(f, "the trace goes on from `{node}`")
            }
            EventKind::TraceResumed => write!(f, "`{node}` was given no value: {error}"),
        }
    }
}

impl Sentence<'_> {
    fn write_end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.error;
        match self.outcome {
            Some(TraceOutcome::Failed) => write!(f, "the trace failed: {error}"),
            Some(TraceOutcome::Deadline) => write!(f, "the trace ran out of time: {error}"),
            Some(TraceOutcome::Filtered) => f.write_str("the trace was filtered out"),
            Some(TraceOutcome::Cancelled) => f.write_str("the trace was cancelled"),
            Some(TraceOutcome::Completed) | None => f.write_str("the trace completed"),
        }
    }
}
