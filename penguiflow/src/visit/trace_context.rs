//! The state that all branches of a trace share.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use tracing::Span;

use super::flow_context::FlowContext;
#[cfg(feature = "durable")]
use super::kept::KeptVisit;
use crate::error::{BoxError, FlowError};
use crate::event::TraceOutcome;
use crate::message::Envelope;
use crate::parking::{ParkHook, ParkingLot};

/// The context that all branches of a trace share: its envelope, its flow, the tokens it has spent.
#[doc(hidden)]
pub struct TraceContext<'t> {
    pub(crate) flow: &'t Arc<FlowContext>,
    pub(crate) envelope: &'t Envelope,
    parking: Option<Parking<'t>>,
    /// `None` if no subscriber takes it, and within a playbook, which is no trace by itself. An `Arc`,
    /// since where there is none its drop is a comparison, and that of a box a call.
    pub(super) span: Option<Arc<Span>>,
    /// How many branches are parked.
    parked: AtomicU32,
    spent: AtomicU64,
    /// Visits since others last had their turn, of loops and maps.
    visits: AtomicU32,
    /// The node that user code outside of nodes runs for: `Clone`, guards, iterators.
    about: AtomicU32,
    /// The failure of a branch until the branch is over: a drop meanwhile may panic.
    failing: Mutex<Option<FlowError>>,
    /// Whether what is dropped is an attempt that has failed.
    is_cutting: AtomicBool,
    has_waited: AtomicBool,
    /// The number of its outcome: until it is over, that of a trace which is dropped.
    outcome: AtomicU8,
    /// Whether somebody listens: to learn how it ends, or within its span.
    pub(super) is_reported: bool,
    pub(super) has_reported_end: AtomicBool,
    pub(super) is_quiet: bool,
    /// The visit that it is for, if a host keeps it.
    #[cfg(feature = "durable")]
    kept: Option<&'t KeptVisit>,
}

/// Where the trace's branches park, and who is to know.
#[derive(Clone, Copy)]
pub(crate) struct Parking<'t> {
    pub(crate) lot: &'t ParkingLot,
    pub(crate) hook: Option<&'t dyn ParkHook>,
}

impl<'t> TraceContext<'t> {
    /// A trace that is part of another one: a playbook's.
    #[inline]
    pub(crate) fn new(flow: &'t Arc<FlowContext>, envelope: &'t Envelope) -> Self {
        Self::with(flow, envelope, None, (false, flow.is_observed()))
    }

    /// Whether somebody listens, to the trace and to its visits, is known from the start: a trace that
    /// is changed after it was made is copied.
    #[inline]
    pub(super) fn with(
        flow: &'t Arc<FlowContext>,
        envelope: &'t Envelope,
        span: Option<Arc<Span>>,
        (is_reported, is_observed): (bool, bool),
    ) -> Self {
        Self {
            is_quiet: envelope.is_free() && !is_observed && flow.is_plain(),
            flow,
            envelope,
            parking: None,
            span,
            parked: AtomicU32::new(0),
            spent: AtomicU64::new(0),
            visits: AtomicU32::new(0),
            about: AtomicU32::new(0),
            failing: Mutex::new(None),
            is_cutting: AtomicBool::new(false),
            has_waited: AtomicBool::new(false),
            outcome: AtomicU8::new(TraceOutcome::Cancelled as u8),
            is_reported,
            has_reported_end: AtomicBool::new(false),
            #[cfg(feature = "durable")]
            kept: None,
        }
    }

    /// The same trace, which a host keeps, for this visit.
    #[cfg(feature = "durable")]
    pub(crate) fn kept(mut self, visit: &'t KeptVisit) -> Self {
        self.kept = Some(visit);
        self
    }

    /// The visit that it is for, if a host keeps it.
    #[cfg(feature = "durable")]
    pub(super) fn kept_visit(&self) -> Option<&'t KeptVisit> {
        self.kept
    }

    /// Whether a host keeps it, and may run a visit again that it knows nothing of.
    pub(crate) fn is_kept(&self) -> bool {
        #[cfg(feature = "durable")]
        return self.kept.is_some();
        #[cfg(not(feature = "durable"))]
        return false;
    }

    /// Whether a host runs the next attempt of the visit that it is for.
    #[cfg(feature = "durable")]
    pub(crate) fn leaves_retry(&self) -> bool {
        self.kept.is_some_and(KeptVisit::is_left)
    }

    /// A trace as a whole, which a host keeps, for a report of its start or its end.
    #[cfg(feature = "durable")]
    pub(crate) fn kept_and_reported(flow: &'t Arc<FlowContext>, envelope: &'t Envelope) -> Self {
        Self::with(flow, envelope, None, (flow.is_traced(), flow.is_observed()))
    }

    /// Reports that it has come to its end, or ended in an error.
    #[cfg(feature = "durable")]
    pub(crate) fn end_with(&self, error: Option<&FlowError>) {
        match error {
            Some(error) => self.ends_in(error),
            None => {
                self.complete();
                self.report_end(None);
            }
        }
    }

    /// The same trace, in this span. The end of one that was not to be reported is its host's to report.
    #[cfg(feature = "durable")]
    pub(crate) fn in_span(mut self, span: Option<Span>) -> Self {
        *self.has_reported_end.get_mut() |= !self.is_reported;
        self.is_reported |= span.is_some();
        self.span = span.map(Arc::new);
        self
    }

    /// Whether a visit in it may be run again as another one.
    pub(crate) fn may_run_again(&self) -> bool {
        self.is_kept() || self.flow.may_run_again
    }

    /// The same trace, whose branches may park there.
    #[inline]
    pub(crate) fn parking_in(
        mut self,
        lot: &'t ParkingLot,
        hook: Option<&'t dyn ParkHook>,
    ) -> Self {
        self.parking = Some(Parking { lot, hook });
        self
    }

    /// The same trace, which has spent this many tokens.
    pub(crate) fn having_spent(mut self, tokens: u64) -> Self {
        *self.spent.get_mut() = tokens;
        self
    }

    /// One more branch has parked.
    pub(crate) fn park(&self) {
        let was_first = self.parked.fetch_add(1, Ordering::Relaxed) == 0;
        if let Some(hook) = self.hook().filter(|_| was_first) {
            hook.parked();
        }
    }

    /// A branch that was parked goes on, or was dropped.
    pub(crate) fn unpark(&self) {
        let was_last = self.parked.fetch_sub(1, Ordering::Relaxed) == 1;
        if let Some(hook) = self.hook().filter(|_| was_last) {
            hook.resumed();
        }
    }

    fn hook(&self) -> Option<&'t dyn ParkHook> {
        self.parking?.hook
    }

    pub(crate) fn parking(&self) -> Option<Parking<'t>> {
        self.parking
    }

    /// How many tokens the trace has spent, by visits that are over.
    #[inline]
    pub(crate) fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }

    /// The trace waits.
    #[inline]
    pub(super) fn waits(&self) {
        self.has_waited.store(true, Ordering::Relaxed);
    }

    /// Whether its end is timed without being asked for: it has waited, has spent tokens, or somebody
    /// watches it. Beside any of these a reading of the clock counts little.
    #[inline]
    pub(crate) fn is_timed(&self) -> bool {
        self.has_waited.load(Ordering::Relaxed) || !self.is_quiet || self.spent() > 0
    }

    /// The trace has come to its end.
    pub(super) fn complete(&self) {
        self.set_outcome(TraceOutcome::Completed);
    }

    /// The trace ends in this error, which reports what the trace has spent.
    #[cold]
    pub(crate) fn ends_in(&self, error: &FlowError) {
        error.set_spent(self.spent());
        self.set_outcome(TraceOutcome::of(error.kind()));
        self.report_end(Some(error));
    }

    fn set_outcome(&self, outcome: TraceOutcome) {
        self.outcome.store(outcome as u8, Ordering::Relaxed);
    }

    /// How the trace ended, once it is over.
    pub(crate) fn outcome(&self) -> TraceOutcome {
        TraceOutcome::from_u8(self.outcome.load(Ordering::Relaxed))
    }

    /// The envelope of an output, which reports what the trace has spent and how long it took. By
    /// value: an envelope that is handed on by address is kept in memory, also where this is not called.
    #[cold]
    pub(crate) fn end(&self, mut envelope: Envelope) -> Envelope {
        envelope.end(self.spent(), Instant::now());
        envelope
    }

    /// Counts tokens that an attempt spent, for the playbook's visit too if it is one of a
    /// playbook.
    pub(super) fn spend(&self, tokens: u64) {
        if tokens == 0 {
            return;
        }
        let add = |spent: u64| Some(spent.saturating_add(tokens));
        let _ = self
            .spent
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        if let Some(payer) = &self.flow.payer {
            payer.spend(tokens);
        }
    }

    /// Counts visits, and returns how many there are since others last had their turn. All branches
    /// of the trace are polled in one task, so no count is lost in between.
    #[inline]
    pub(crate) fn count_visits(&self, more: u32) -> u32 {
        // Each loop checks this number: a wrapping sum costs least, and none comes near the end.
        let visits = self.visits.load(Ordering::Relaxed).wrapping_add(more);
        self.visits.store(visits, Ordering::Relaxed);
        visits
    }

    /// How many visits there are since others last had their turn.
    pub(crate) fn visits(&self) -> u32 {
        self.visits.load(Ordering::Relaxed)
    }

    /// Subtracts visits for which others have had their turn.
    pub(crate) fn take_visits(&self, most: u32) {
        let left = self.visits().saturating_sub(most);
        self.visits.store(left, Ordering::Relaxed);
    }

    /// Drops what is left of an attempt that has failed, which its streams report. All branches of
    /// the trace are polled in one task, so nothing else is dropped meanwhile.
    #[cold]
    pub(super) fn cut(&self, cut: impl FnOnce()) {
        self.is_cutting.store(true, Ordering::Relaxed);
        cut();
        self.is_cutting.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_cutting(&self) -> bool {
        self.is_cutting.load(Ordering::Relaxed)
    }

    /// A branch fails: a panic in the `Drop` of what it held must not hide that.
    #[cold]
    pub(crate) fn set_failing(&self, error: &FlowError) {
        let before = self.failing().replace(error.share());
        drop(before);
    }

    /// The failure is out of the branch, or another node takes over.
    #[cold]
    pub(crate) fn take_failing(&self) -> Option<FlowError> {
        self.failing().take()
    }

    fn failing(&self) -> MutexGuard<'_, Option<FlowError>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves the last failure of a visit that is cut with the visit that runs the flow.
    #[cold]
    pub(super) fn leave_failure(&self, failure: BoxError) {
        if let Some(payer) = &self.flow.payer {
            payer.inner().last_failure.set(failure);
        }
    }

    #[inline]
    pub(crate) fn set_about(&self, node: u32) {
        self.about.store(node, Ordering::Relaxed);
    }

    pub(crate) fn about(&self) -> u32 {
        self.about.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for TraceContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceContext")
            .field("trace_id", &self.envelope.trace_id)
            .finish_non_exhaustive()
    }
}
