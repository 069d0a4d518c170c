//! The report of a visit or a trace: what happened, and where.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::EventKind;
use crate::error::{Fault, text_of};
use crate::message::{StepId, TraceId};

/// A report of what happened, without the place.
#[derive(Clone, Copy)]
pub(crate) struct EventDraft<'a> {
    pub(crate) kind: EventKind,
    at: Option<Instant>,
    error: Option<&'a dyn fmt::Display>,
    sleep: Option<Duration>,
    until: Option<Instant>,
}

impl<'a> EventDraft<'a> {
    #[inline]
    pub(crate) fn of(kind: EventKind) -> Self {
        Self {
            kind,
            at: None,
            error: None,
            sleep: None,
            until: None,
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

    /// The failure of an attempt.
    pub(crate) fn fault(fault: &'a Fault) -> Self {
        let kind = match fault {
            Fault::TimedOut(..) | Fault::Silent(..) => EventKind::NodeTimeout,
            _ => EventKind::NodeError,
        };
        Self::of(kind).caused_by(fault)
    }

    /// Another attempt follows the fault, after this wait.
    pub(crate) fn retry(fault: &'a Fault, sleep: Duration) -> Self {
        Self {
            sleep: Some(sleep),
            ..Self::of(EventKind::NodeRetry).caused_by(fault)
        }
    }

    /// A step parks, at the longest until then.
    pub(crate) fn parked(until: Option<Instant>) -> Self {
        Self {
            until,
            ..Self::of(EventKind::TraceParked)
        }
    }

    #[inline]
    pub(super) fn time(&self) -> Instant {
        self.at.unwrap_or_else(Instant::now)
    }

    /// The parts that few events have. The text is rendered here, since the error is not ours to
    /// keep.
    #[inline]
    pub(super) fn details(&self) -> Option<Arc<Details>> {
        if self.error.is_none() && self.until.is_none() {
            return None;
        }
        Some(self.new_details())
    }

    #[cold]
    fn new_details(&self) -> Arc<Details> {
        let text = |error| text_of(&format_args!("{error:#}"));
        Arc::new(Details {
            error: self.error.map(text),
            sleep: self.sleep,
            until: self.until,
        })
    }
}

/// The parts of events about failures, and about steps that park.
pub(super) struct Details {
    pub(super) error: Option<String>,
    pub(super) sleep: Option<Duration>,
    pub(super) until: Option<Instant>,
}

/// Where something happened: in which attempt of which node, or in the trace as a whole.
#[derive(Clone, Copy)]
pub(crate) struct EventSource {
    pub(crate) trace_id: TraceId,
    /// The node, by its place in the flow's graph; none for the events of a trace.
    pub(crate) node: Option<u32>,
    /// The step that visits the node, or parks.
    pub(crate) step: Option<StepId>,
    pub(crate) attempt: u32,
    /// When the attempt, or the trace, began: the event's latency is counted from there.
    pub(crate) began: Option<Instant>,
    /// How many visits wait for the node's limits.
    pub(crate) waiting: u32,
}

impl EventSource {
    /// A trace as a whole.
    pub(crate) fn trace(trace_id: TraceId, began: Option<Instant>) -> Self {
        Self {
            trace_id,
            node: None,
            step: None,
            attempt: 0,
            began,
            waiting: 0,
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
