//! The report of a visit or a trace: what happened, and where.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "payloads")]
use serde_json::Value;
use tokio::time::Instant;
use tracing::Level;

use super::{EventKind, TraceOutcome};
use crate::error::{ErrorKind, Fault, FlowError, cause_texts, text_of};
use crate::message::{Envelope, StepId};

/// A report of what happened, without the place.
#[derive(Clone, Copy)]
pub(crate) struct EventDraft<'a> {
    pub(crate) kind: EventKind,
    at: Option<Instant>,
    error: Option<&'a dyn fmt::Display>,
    error_kind: Option<ErrorKind>,
    ended_in: Option<&'a FlowError>,
    sleep: Option<Duration>,
    until: Option<Instant>,
    #[cfg(feature = "payloads")]
    payload: Option<&'a Arc<Value>>,
}

impl<'a> EventDraft<'a> {
    #[inline]
    pub(crate) fn of(kind: EventKind) -> Self {
        Self {
            kind,
            at: None,
            error: None,
            error_kind: None,
            ended_in: None,
            sleep: None,
            until: None,
            #[cfg(feature = "payloads")]
            payload: None,
        }
    }

    /// What an attempt takes, or has returned, if that is shown.
    #[inline]
    pub(crate) fn showing(self, shown: &'a Shown) -> Self {
        #[cfg(feature = "payloads")]
        return Self {
            payload: shown.0.as_ref(),
            ..self
        };
        #[cfg(not(feature = "payloads"))]
        {
            let _ = shown;
            self
        }
    }

    /// When it happened. Without it, the clock is read where the event is reported.
    #[inline]
    pub(crate) fn at(mut self, at: Instant) -> Self {
        self.at = Some(at);
        self
    }

    pub(crate) fn caused_by(mut self, error: &'a dyn fmt::Display) -> Self {
        self.error = Some(error);
        self
    }

    /// The kind of the error that it is caused by, or that it leads to.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.error_kind = Some(kind);
        self
    }

    /// The error that a trace ended in.
    pub(crate) fn ended_in(mut self, error: &'a FlowError) -> Self {
        self.ended_in = Some(error);
        self.caused_by(error).of_kind(error.kind())
    }

    /// The failure of an attempt.
    pub(crate) fn fault(fault: &'a Fault) -> Self {
        let kind = match fault {
            Fault::TimedOut(..) | Fault::Silent(..) => EventKind::NodeTimeout,
            _ => EventKind::NodeError,
        };
        Self::of(kind).caused_by_fault(fault)
    }

    /// The same, with the fault's text and kind.
    pub(crate) fn caused_by_fault(self, fault: &'a Fault) -> Self {
        self.caused_by(fault).of_kind(fault.kind())
    }

    /// Another attempt follows the fault, after this wait.
    pub(crate) fn retry(fault: &'a Fault, sleep: Duration) -> Self {
        Self {
            sleep: Some(sleep),
            ..Self::of(EventKind::NodeRetry).caused_by_fault(fault)
        }
    }

    /// A visit ends before its time, for a reason of this kind.
    pub(crate) fn cancelled(kind: ErrorKind) -> Self {
        Self::of(EventKind::NodeCancelled).of_kind(kind)
    }

    /// A step parks, at the longest until then.
    pub(crate) fn parked(until: Option<Instant>) -> Self {
        Self {
            until,
            ..Self::of(EventKind::TraceParked)
        }
    }

    /// When it happened.
    #[inline]
    pub(crate) fn time(&self) -> Instant {
        self.at.unwrap_or_else(Instant::now)
    }

    /// The parts that few events have. The text is rendered here, since the error is not ours to
    /// keep.
    #[inline]
    pub(crate) fn details(&self) -> Option<Arc<Details>> {
        #[cfg(feature = "payloads")]
        let is_shown = self.payload.is_some();
        #[cfg(not(feature = "payloads"))]
        let is_shown = false;
        let is_failure = self.error.is_some() || self.error_kind.is_some();
        if !is_failure && self.until.is_none() && !is_shown {
            return None;
        }
        Some(self.new_details())
    }

    #[cold]
    fn new_details(&self) -> Arc<Details> {
        let text = |error| text_of(&format_args!("{error:#}"));
        Arc::new(Details {
            error: self.error.map(text),
            error_kind: self.error_kind,
            path: self.ended_in.and_then(FlowError::path),
            causes: self.ended_in.map(cause_texts).unwrap_or_default(),
            sleep: self.sleep,
            until: self.until,
            #[cfg(feature = "payloads")]
            payload: self.payload.cloned(),
        })
    }
}

/// The parts of events about failures, about steps that park, and about attempts whose payloads are
/// shown.
pub(crate) struct Details {
    pub(super) error: Option<String>,
    pub(super) error_kind: Option<ErrorKind>,
    pub(super) path: Option<String>,
    pub(super) causes: Vec<String>,
    pub(super) sleep: Option<Duration>,
    pub(super) until: Option<Instant>,
    #[cfg(feature = "payloads")]
    pub(super) payload: Option<Arc<Value>>,
}

/// A payload that the next event of a visit shows: nothing without the feature `payloads`.
#[derive(Default)]
pub(crate) struct Shown(#[cfg(feature = "payloads")] pub(crate) Option<Arc<Value>>);

/// Where something happened: in which attempt of which node, or in the trace as a whole.
#[derive(Clone, Copy)]
pub(crate) struct EventSource<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) subject: Subject,
    /// When the attempt, or the trace, began: the event's latency is counted from there.
    pub(crate) began: Option<Instant>,
}

/// The attempt or the trace that an event is about.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Attempt {
        /// The node, by its place in the flow's graph.
        node: u32,
        /// The step that visits the node, or parks.
        step: StepId,
        number: u32,
        /// How many visits wait for the node's limits.
        waiting: u32,
    },
    /// A trace that is not over.
    Trace,
    /// A trace that is over, and has spent these tokens.
    Ended { outcome: TraceOutcome, tokens: u64 },
}

impl Subject {
    /// The level at which such an event is written to `tracing`.
    #[inline]
    pub(crate) fn level(&self, kind: EventKind) -> Level {
        match self {
            Self::Ended { outcome, .. } => outcome.level(),
            Self::Attempt { .. } | Self::Trace => kind.level(),
        }
    }
}

impl<'a> EventSource<'a> {
    /// A trace as a whole.
    pub(crate) fn trace(envelope: &'a Envelope, began: Option<Instant>) -> Self {
        Self {
            envelope,
            subject: Subject::Trace,
            began,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl fmt::Display for Broken {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("it cannot be shown")
        }
    }

    #[test]
    fn an_error_that_cannot_be_shown_is_reported_all_the_same() {
        let draft = EventDraft::of(EventKind::NodeError).caused_by(&Broken);
        let details = draft.details().expect("it has a cause");
        let error = details.error.as_deref();
        assert_eq!(error, Some("an error whose `Display` panicked"));
    }

    #[test]
    fn a_reading_of_the_clock_is_passed_on() {
        let at = Instant::now() - Duration::from_secs(5);
        assert_eq!(EventDraft::of(EventKind::NodeStart).at(at).time(), at);
    }
}
