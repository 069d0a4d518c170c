//! What listeners learn of a trace as a whole: its span, its start, and how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use tracing::level_filters::LevelFilter;
use tracing::{Span, field};

use super::flow_context::FlowContext;
use super::trace_context::TraceContext;
use crate::error::FlowError;
use crate::event::{EventDraft, EventKind, EventSource, Subject, TraceOutcome};
use crate::message::Envelope;

/// The report of a trace to those who listen. Few traces have one.
pub(crate) struct TraceReport {
    /// `None` if no subscriber takes it.
    span: Option<Span>,
    /// The number of its outcome: until it is over, that of a trace which is dropped.
    outcome: AtomicU8,
    has_ended: AtomicBool,
}

impl TraceReport {
    #[cold]
    #[inline(never)]
    fn new(flow: &FlowContext, envelope: &Envelope) -> Arc<Self> {
        let takes_span = LevelFilter::current() >= LevelFilter::INFO;
        Arc::new(Self {
            span: takes_span.then(|| new_span(flow, envelope)),
            outcome: AtomicU8::new(TraceOutcome::Cancelled as u8),
            has_ended: AtomicBool::new(false),
        })
    }

    fn set_outcome(&self, outcome: TraceOutcome) {
        self.outcome.store(outcome as u8, Ordering::Relaxed);
    }

    fn outcome(&self) -> TraceOutcome {
        TraceOutcome::from_u8(self.outcome.load(Ordering::Relaxed))
    }

    /// Writes down in the span how the trace ended.
    fn record_end(&self, outcome: TraceOutcome, tokens: u64, error: Option<&FlowError>) {
        let Some(span) = &self.span else { return };
        span.record("outcome", outcome.as_str());
        span.record("tokens", tokens);
        if let Some(error) = error {
            span.record("error.type", error.kind().as_str());
        }
        let status = match outcome {
            TraceOutcome::Completed => "OK",
            TraceOutcome::Failed | TraceOutcome::Deadline => "ERROR",
            TraceOutcome::Cancelled | TraceOutcome::Filtered => return,
        };
        span.record("otel.status_code", status);
    }
}

impl<'t> TraceContext<'t> {
    /// A trace of its own, which is reported to those who listen. Always inlined: otherwise it is made
    /// elsewhere, and copied.
    #[inline(always)]
    pub(crate) fn reported(flow: &'t Arc<FlowContext>, envelope: &'t Envelope) -> Self {
        match flow.is_traced() {
            true => Self::with(
                flow,
                envelope,
                Some(TraceReport::new(flow, envelope)),
                flow.is_observed(),
            ),
            // Who takes visits takes traces, too.
            false => Self::with(flow, envelope, None, false),
        }
    }

    /// Whether somebody listens.
    #[inline]
    pub(crate) fn is_reported(&self) -> bool {
        self.report.is_some()
    }

    /// It is polled from now on, in its span.
    #[inline]
    pub(super) fn enter(&self) {
        if self.is_reported() {
            self.enter_span();
        }
    }

    #[cold]
    fn enter_span(&self) {
        if let Some(span) = self.span() {
            span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
        }
    }

    /// The span in which it runs, if a subscriber may take it.
    pub(super) fn span(&self) -> Option<&Span> {
        self.report.as_ref()?.span.as_ref()
    }

    #[cold]
    fn exit_span(&self) {
        if let Some(span) = self.span() {
            span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
        }
    }

    /// It waits, and is not polled any more.
    #[inline]
    pub(super) fn waits(&self) {
        self.has_waited.store(true, Ordering::Relaxed);
        if self.is_reported() {
            self.exit_span();
        }
    }

    /// It has come to its end, and is not polled any more.
    #[inline]
    pub(super) fn complete(&self) {
        if let Some(report) = &self.report {
            report.set_outcome(TraceOutcome::Completed);
            self.exit_span();
        }
    }

    #[cold]
    pub(super) fn fail(&self, error: &FlowError) {
        self.ends_in(error);
        self.exit_span();
    }

    #[cold]
    pub(crate) fn report_start(&self) {
        if self.flow.takes(EventKind::TraceStart) {
            let source = EventSource::trace(self.envelope, None);
            self.report_event(EventDraft::of(EventKind::TraceStart), source);
        }
    }

    /// Reports the end, unless it was reported with the error that the trace ended in.
    #[cold]
    pub(crate) fn report_end(&self, error: Option<&FlowError>) {
        let Some(report) = &self.report else { return };
        if report.has_ended.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Some(error) = error {
            report.set_outcome(TraceOutcome::of(error.kind()));
        }
        let (outcome, tokens) = (report.outcome(), self.spent());
        report.record_end(outcome, tokens, error);
        if !self.flow.takes_at(outcome.level()) {
            return;
        }
        let draft = EventDraft::of(EventKind::TraceEnd);
        let source = EventSource {
            subject: Subject::Ended { outcome, tokens },
            ..EventSource::trace(self.envelope, Some(self.envelope.made()))
        };
        match error {
            Some(error) => self.report_event(draft.caused_by(error).of_kind(error.kind()), source),
            None => self.report_event(draft, source),
        }
    }

    /// Reports an event inside the trace's span.
    fn report_event(&self, draft: EventDraft<'_>, source: EventSource<'_>) {
        let report = || self.flow.report(&draft, source);
        match self.span() {
            Some(span) => span.in_scope(report),
            None => report(),
        }
    }
}

fn new_span(flow: &FlowContext, envelope: &Envelope) -> Span {
    let tenant = Some(envelope.headers().tenant.as_str()).filter(|tenant| !tenant.is_empty());
    // Two forms of one span: `parent:` cannot stand for the span that is entered.
    macro_rules! span {
        ($($parent:tt)*) => {
            tracing::info_span!(
                target: "penguiflow",
                $($parent)*
                "trace",
                otel.name = flow.outermost.name,
                flow = flow.outermost.name,
                trace_id = %envelope.trace_id,
                tenant,
                outcome = field::Empty,
                tokens = field::Empty,
                otel.status_code = field::Empty,
                "error.type" = field::Empty,
            )
        };
    }
    match envelope.take_parent_span() {
        Some(parent) => span!(parent: &parent,),
        None => span!(),
    }
}
