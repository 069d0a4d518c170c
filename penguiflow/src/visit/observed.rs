//! The bookkeeping of a visit that is watched or has failed: its attempts, one after the other,
//! their limits, and the events about them.

mod errors;
pub(super) mod payloads;
mod spans;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::attempt::End;
use super::attempt_seed::InCommon;
use super::cursor::Cursor;
use super::flow_context::FlowContext;
#[cfg(feature = "durable")]
use super::kept::{Again, KeptVisit};
use super::silence::Silence;
#[cfg(feature = "durable")]
use crate::error::NodeError;
use crate::error::{BoxError, ErrorKind, Fault, FlowError};
use crate::event::{EventDraft, EventKind, EventSource, Shown, Subject};
use crate::limits::Permit;
use crate::message::clock::has_timers;
use crate::policy::{Policy, Retry};

/// A visit's own bookkeeping. Dropped before its end, the visit was cancelled.
pub(super) struct Observed<'v> {
    cursor: &'v Cursor<'v>,
    index: u32,
    /// The number of the attempt that runs or ran last.
    pub(super) attempt: u32,
    /// How many attempts were begun.
    made: u32,
    /// When the attempt began, if somebody listens.
    began: Option<Instant>,
    /// The span that it runs in, if there may be a subscriber. This and what follows is an `Arc`, since
    /// where there is none its drop is a comparison, and that of a box a call.
    span: Option<Arc<Span>>,
    pub(super) in_common: OnceLock<Arc<InCommon>>,
    /// What the attempt takes while it runs, and then what it has returned.
    shown: Shown,
    has_ended: bool,
}

impl<'v> Observed<'v> {
    #[inline]
    pub(super) fn new(cursor: &'v Cursor<'v>, index: u32) -> Self {
        Self {
            cursor,
            index,
            attempt: 0,
            made: 0,
            began: None,
            span: None,
            in_common: OnceLock::new(),
            shown: Shown::default(),
            has_ended: false,
        }
    }

    /// A visit of which attempts may have failed before, where a host keeps its trace.
    #[inline]
    pub(super) fn next(cursor: &'v Cursor<'v>, index: u32) -> Self {
        #[cfg_attr(not(feature = "durable"), expect(unused_mut))]
        let mut visit = Self::new(cursor, index);
        #[cfg(feature = "durable")]
        if let Some(kept) = cursor.trace.kept_visit() {
            visit.attempt = kept.attempts();
        }
        visit
    }

    /// A quiet visit, whose only attempt has ended.
    pub(super) fn quiet(cursor: &'v Cursor<'v>, index: u32) -> Self {
        let mut visit = Self::new(cursor, index);
        visit.made = 1;
        visit
    }

    fn flow(&self) -> &'v FlowContext {
        self.cursor.trace.flow
    }

    /// The policy of the visit, if it was set at run time.
    #[inline]
    pub(super) fn set_policy(&self) -> Option<&'v Policy> {
        self.cursor.set_policy(self.index)
    }

    fn deadline(&self) -> Option<Instant> {
        self.cursor.envelope().deadline()
    }

    /// The span that the attempt runs in, if somebody listens.
    pub(super) fn span(&self) -> Option<&Span> {
        self.span.as_deref()
    }

    /// Waits for the node's limits.
    pub(super) async fn permit(&mut self) -> Result<Option<Permit<'v>>, FlowError> {
        let (flow, headers) = (self.flow(), self.cursor.envelope().headers());
        if flow.caller.is_some() && flow.holds_all_permits(self.index, headers) {
            return Err(self.waits_for_itself());
        }
        let permit = flow.limits.acquire(self.index as usize, headers);
        match self.deadline() {
            None => Ok(permit.await),
            Some(_) if !has_timers() => Err(self.no_timer("the message's deadline")),
            Some(at) => self.in_time(timeout_at(at, permit).await),
        }
    }

    #[cold]
    fn waits_for_itself(&mut self) -> FlowError {
        self.has_ended = true;
        let reason = "would wait for itself: the visits that run its flow hold all permits of its \
                      `concurrency`. Limit an inner node that calls no flow, or let more run than \
                      calls are deep";
        self.report(
            EventDraft::of(EventKind::NodeFailed)
                .caused_by(&reason)
                .of_kind(ErrorKind::Failed),
        );
        self.error(ErrorKind::Failed, reason).judged(Retry::Never)
    }

    /// The deadline may have passed before.
    fn in_time<T>(&mut self, ended: Result<T, Elapsed>) -> Result<T, FlowError> {
        ended.map_err(|_| self.failed(Fault::Expired))
    }

    /// Begins an attempt, and returns when it ends at the latest: by the node's timeout or the
    /// message's deadline, whichever is first, so that there is one timer.
    #[inline]
    pub(super) fn begin(&mut self, timeout: Option<Duration>) -> Result<Option<End>, FlowError> {
        if !self.cursor.is_unwatched() {
            self.begin_watched()?;
        }
        self.made = self.attempt + 1;
        let deadline = self.deadline();
        Ok(match timeout {
            None => deadline.map(End::deadline),
            Some(limit) => End::sooner(limit, deadline),
        })
    }

    /// The silence of an attempt that begins now.
    #[cold]
    pub(super) fn silence(&self, longest: Duration) -> Arc<Silence> {
        let payer = self.flow().payer.as_ref();
        let outer = payer.and_then(|payer| payer.silence().cloned());
        Arc::new(Silence::new(longest, outer))
    }

    fn begin_watched(&mut self) -> Result<(), FlowError> {
        let may_begin = self.check_deadline().and_then(|()| self.check_tokens());
        may_begin.map_err(|fault| self.failed(fault))?;
        if self.flow().is_observed() {
            let began = Instant::now();
            self.span = self.new_span().map(Arc::new);
            self.report(
                EventDraft::of(EventKind::NodeStart)
                    .at(began)
                    .showing(&self.shown),
            );
            self.began = Some(began);
        }
        Ok(())
    }

    fn check_deadline(&self) -> Result<(), Fault> {
        match self.deadline().is_some_and(|at| at <= Instant::now()) {
            true => Err(Fault::Expired),
            false => Ok(()),
        }
    }

    fn check_tokens(&self) -> Result<(), Fault> {
        let Some(budget) = self.cursor.token_budget() else {
            return Ok(());
        };
        let spent = self.cursor.trace.spent();
        match spent > budget && !self.cursor.is_exhausted() {
            true => Err(Fault::Spent(spent, budget)),
            false => Ok(()),
        }
    }

    /// An attempt is over.
    #[inline]
    pub(super) fn conclude<T>(&mut self, result: &Result<T, Fault>) {
        if self.began.is_some() || result.is_err() {
            self.report_end(result.as_ref().err());
        }
    }

    fn report_end(&mut self, fault: Option<&Fault>) {
        self.record_end(fault.map(Fault::kind));
        match fault {
            None => self.report(EventDraft::of(EventKind::NodeSuccess).showing(&self.shown)),
            Some(Fault::Expired | Fault::Cancelled) => {}
            Some(fault) => self.report(EventDraft::fault(fault)),
        }
    }

    /// Drops what is left of an attempt.
    #[inline]
    pub(super) fn cut<T>(&self, returned: &Result<T, Fault>, cut: impl FnOnce()) {
        match returned {
            Ok(_) => cut(),
            Err(_) => self.cursor.trace.cut(cut),
        }
    }

    /// The last failure in a flow that an attempt ran when it was cut.
    fn inner_failure(&self) -> Option<BoxError> {
        self.in_common.get()?.inner_failure.take()
    }

    /// The last failure before the visit is cut.
    fn failure_before(&self) -> Option<BoxError> {
        let in_common = self.in_common.get()?;
        let inner = in_common.inner_failure.take();
        inner.or_else(|| in_common.last_failure.take())
    }

    /// How long to wait until the next attempt.
    ///
    /// # Errors
    ///
    /// The visit's, if no attempt follows the fault.
    #[cold]
    pub(super) fn recover(&mut self, fault: Fault, policy: &Policy) -> Result<Duration, FlowError> {
        let fault = match fault {
            Fault::TimedOut(limit, None) => {
                Fault::TimedOut(limit, self.inner_failure().map(Box::new))
            }
            Fault::Silent(longest, None) => {
                Fault::Silent(longest, self.inner_failure().map(Box::new))
            }
            fault => fault,
        };
        let Some(wait) = policy.wait(self.attempt + 1, fault.retry()) else {
            return Err(self.failed(fault));
        };
        if self.deadline().is_some_and(|at| !is_before(wait, at)) {
            return Err(self.has_no_time(fault));
        }
        if self.flow().until.is_some_and(|at| !is_before(wait, at)) {
            return Err(self.is_left_no_time(fault));
        }
        self.attempt += 1;
        (self.began, self.span) = (None, None);
        self.report(EventDraft::retry(&fault, wait));
        #[cfg(feature = "durable")]
        if let Some(visit) = self.left_to_host() {
            return Err(self.leave(fault, wait, visit));
        }
        let in_common = self.in_common.get_or_init(Arc::default);
        in_common.last_failure.set(fault.into_cause());
        Ok(wait)
    }

    /// The visit, if a host runs its next attempt.
    #[cfg(feature = "durable")]
    fn left_to_host(&self) -> Option<&'v KeptVisit> {
        let kept = self.cursor.trace.kept_visit();
        kept.filter(|visit| visit.is_one_attempt())
    }

    /// Leaves the next attempt to the host. The error is that of the attempt, and ends nothing.
    #[cfg(feature = "durable")]
    fn leave(&mut self, fault: Fault, wait: Duration, visit: &KeptVisit) -> FlowError {
        self.has_ended = true;
        let error = self.error_of(fault);
        visit.leave(Again {
            attempts: self.attempt,
            wait,
            failure: NodeError::from(&error),
        });
        error
    }

    #[cold]
    fn no_timer(&mut self, what: &str) -> FlowError {
        self.failed(Fault::NoRuntime(what.to_owned()))
    }

    /// Waits for the next attempt.
    pub(super) async fn sleep(&mut self, wait: Duration) -> Result<(), FlowError> {
        if !has_timers() {
            return Err(self.no_timer("the wait before another attempt"));
        }
        let sleep = tokio::time::sleep(wait);
        if let Some(at) = self.deadline() {
            return self.in_time(timeout_at(at, sleep).await);
        }
        sleep.await;
        Ok(())
    }

    /// The visit has come to its end.
    #[inline]
    pub(super) fn end(&mut self) {
        self.has_ended = true;
    }

    /// Reports an event; with nobody listening, this costs one branch.
    #[inline]
    fn report(&self, draft: EventDraft<'_>) {
        if self.flow().takes(draft.kind) {
            self.report_to_listeners(&draft);
        }
    }

    #[inline(never)]
    fn report_to_listeners(&self, draft: &EventDraft<'_>) {
        let report = || self.flow().report(draft, self.source());
        match self.span().or(self.trace_span()) {
            Some(span) => span.in_scope(report),
            None => report(),
        }
    }

    #[inline]
    fn source(&self) -> EventSource<'_> {
        EventSource {
            envelope: self.cursor.envelope(),
            subject: Subject::Attempt {
                node: self.index,
                step: self.cursor.id,
                number: self.attempt,
                waiting: self.flow().limits.waiting(self.index as usize) as u32,
            },
            began: self.began,
        }
    }

    fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> FlowError {
        let error = self.cursor.error(kind, reason);
        error.at(self.cursor.name(self.index), self.made)
    }

    /// The only attempt of a quiet visit failed.
    #[cold]
    pub(super) fn failed_quietly(&mut self, fault: Fault) -> FlowError {
        self.report_end(Some(&fault));
        self.failed(fault)
    }

    /// Ends the visit, and the trace with it.
    #[cold]
    pub(super) fn failed(&mut self, fault: Fault) -> FlowError {
        self.has_ended = true;
        match fault {
            Fault::Expired => {}
            Fault::Cancelled => self.report(EventDraft::cancelled(ErrorKind::Cancelled)),
            _ => self.report(EventDraft::of(EventKind::NodeFailed).caused_by_fault(&fault)),
        }
        let retry = fault.retry();
        let error = match fault {
            Fault::Ended(error) => error,
            fault => self.error_of(fault).judged(retry),
        };
        self.cursor.fails(error)
    }
}

/// Whether what begins after this wait begins before that instant.
fn is_before(wait: Duration, end: Instant) -> bool {
    let begin = Instant::now().checked_add(wait);
    begin.is_some_and(|begin| begin < end)
}

impl Observed<'_> {
    #[cold]
    fn cancelled(&self) {
        self.record_end(Some(ErrorKind::Cancelled));
        self.report(EventDraft::cancelled(ErrorKind::Cancelled));
        if let Some(failure) = self.failure_before() {
            self.cursor.trace.leave_failure(failure);
        }
    }
}

impl Drop for Observed<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.has_ended {
            self.cancelled();
        }
    }
}
