//! The bookkeeping of a visit that is watched or has failed: its attempts, one after the other,
//! what they may cost, and what is told of them.

use std::pin::Pin;
use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::attempt::{Attempt, End};
use super::call::{Call, Visits, judge, visit};
use super::cursor::Cursor;
use super::panics::Cuttable;
use crate::clock::has_timers;
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventDraft, EventKind, EventSource};
use crate::node::{Fault, Param, Success};
use crate::policy::{Policy, Retry};
use crate::runtime::Common;

/// A visit's own bookkeeping. Dropped before its end, the visit was cancelled.
pub(super) struct Observed<'v> {
    cursor: &'v Cursor<'v>,
    index: u32,
    /// The number of the attempt that runs or ran last.
    pub(super) attempt: u32,
    /// How many attempts were begun.
    made: u32,
    /// When the attempt began, and the span that it runs in, if somebody listens.
    listened: Option<Box<(Instant, Span)>>,
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
            listened: None,
            has_ended: false,
        }
    }

    /// A quiet visit, whose only attempt has ended.
    pub(super) fn quiet(cursor: &'v Cursor<'v>, index: u32) -> Self {
        let mut visit = Self::new(cursor, index);
        visit.made = 1;
        visit
    }

    fn common(&self) -> &'v Common {
        self.cursor.trace.common
    }

    fn deadline(&self) -> Option<Instant> {
        self.cursor.envelope().deadline()
    }

    /// The span that the attempt runs in, if somebody listens.
    pub(super) fn span(&self) -> Option<&Span> {
        self.listened.as_ref().map(|listened| &listened.1)
    }

    /// Waits for the node's limits.
    pub(super) async fn permit(&mut self) -> Result<Option<SemaphorePermit<'v>>, FlowError> {
        let permit = self.common().limits.acquire(self.index as usize);
        match self.deadline() {
            None => Ok(permit.await),
            Some(_) if !has_timers() => Err(self.no_timer("the message's deadline")),
            Some(at) => self.in_time(timeout_at(at, permit).await),
        }
    }

    /// The deadline may have passed before.
    fn in_time<T>(&mut self, ended: Result<T, Elapsed>) -> Result<T, FlowError> {
        ended.map_err(|_| self.failed(Fault::Expired))
    }

    /// Begins an attempt, and says when it ends at the latest: by the node's timeout or the
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

    fn begin_watched(&mut self) -> Result<(), FlowError> {
        let may_begin = self.check_deadline().and_then(|()| self.check_tokens());
        may_begin.map_err(|fault| self.failed(fault))?;
        if self.common().is_observed() {
            let began = Instant::now();
            self.tell(EventDraft::of(EventKind::NodeStart).at(began));
            self.listened = Some(Box::new((began, self.new_span())));
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

    fn new_span(&self) -> Span {
        tracing::info_span!(
            target: "penguiflow",
            "node",
            trace_id = %self.cursor.envelope().trace_id,
            node = self.cursor.name(self.index),
            attempt = self.attempt,
        )
    }

    /// An attempt is over.
    #[inline]
    pub(super) fn conclude<T>(&mut self, result: &Result<T, Fault>) {
        if self.listened.is_some() || result.is_err() {
            self.tell_end(result.as_ref().err());
        }
    }

    fn tell_end(&mut self, fault: Option<&Fault>) {
        match fault {
            None => self.tell(EventDraft::of(EventKind::NodeSuccess)),
            Some(Fault::Expired | Fault::Cancelled) => {}
            Some(fault) => self.tell(EventDraft::fault(fault)),
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

    /// How long to wait until the next attempt.
    ///
    /// # Errors
    ///
    /// The visit's, if no attempt follows the fault.
    #[cold]
    pub(super) fn recover(&mut self, fault: Fault, policy: &Policy) -> Result<Duration, FlowError> {
        let Some(wait) = self.wait_after(&fault, policy) else {
            return Err(self.failed(fault));
        };
        self.attempt += 1;
        self.listened = None;
        self.tell(EventDraft::retry(&fault, wait));
        Ok(wait)
    }

    fn wait_after(&self, fault: &Fault, policy: &Policy) -> Option<Duration> {
        if self.attempt >= policy.retries {
            return None;
        }
        match fault.retry() {
            Retry::Never => None,
            Retry::After(wait) => Some(wait),
            Retry::Backoff => Some(policy.backoff.wait(self.attempt + 1)),
        }
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

    /// Tells whoever listens; with nobody listening, one branch.
    #[inline]
    fn tell(&self, draft: EventDraft<'_>) {
        if self.common().hears(draft.kind) {
            self.common().tell(draft, self.source());
        }
    }

    #[cold]
    fn source(&self) -> EventSource {
        EventSource {
            trace_id: self.cursor.envelope().trace_id,
            node: Some(self.index),
            attempt: self.attempt,
            began: self.listened.as_ref().map(|listened| listened.0),
            waiting: self.common().limits.waiting(self.index as usize) as u32,
        }
    }

    fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> FlowError {
        let error = self.cursor.error(kind, reason);
        error.at(self.cursor.name(self.index), self.made)
    }

    /// The only attempt of a quiet visit failed.
    #[cold]
    pub(super) fn failed_quietly(&mut self, fault: Fault) -> FlowError {
        self.tell_end(Some(&fault));
        self.failed(fault)
    }

    /// Ends the visit, and the trace with it.
    #[cold]
    pub(super) fn failed(&mut self, fault: Fault) -> FlowError {
        self.has_ended = true;
        match fault {
            Fault::Expired => {}
            Fault::Cancelled => self.tell(EventDraft::of(EventKind::NodeCancelled)),
            _ => self.tell(EventDraft::of(EventKind::NodeFailed).caused_by(&fault)),
        }
        let error = self.error_of(fault);
        self.cursor.fails(error)
    }

    fn error_of(&self, fault: Fault) -> FlowError {
        match fault {
            Fault::Ended(error) => error,
            Fault::Failed { source, .. } => {
                self.error(ErrorKind::Failed, "failed").caused_by(source)
            }
            Fault::Panicked(message) => self
                .error(ErrorKind::Panicked, "panicked")
                .caused_by(message.into()),
            Fault::Cancelled => self.error(
                ErrorKind::Cancelled,
                "was cut, for its runtime was shut down",
            ),
            Fault::NoRuntime(what) => {
                let reason = format!("needs a tokio runtime for {what}, and there is none here");
                self.error(ErrorKind::NoRuntime, reason)
            }
            Fault::TimedOut(limit) => self.error(
                ErrorKind::TimedOut,
                format!("exceeded its timeout of {limit:?}"),
            ),
            Fault::Invalid(source) => self
                .error(ErrorKind::Invalid, "could not be given its parameters")
                .caused_by(source),
            Fault::InvalidInput(report) => self
                .error(ErrorKind::Invalid, "was given an invalid input")
                .caused_by(report),
            Fault::InvalidOutput(report) => self
                .error(ErrorKind::Invalid, "gave an invalid output")
                .caused_by(report),
            Fault::Played { error, .. } => {
                let kind = error.kind();
                self.error(kind, "failed").caused_by(error.into())
            }
            spent @ Fault::Spent(..) => {
                let reason = format!("was not started: {spent}");
                self.error(ErrorKind::BudgetExhausted, reason)
            }
            Fault::Expired => self.expired(),
        }
    }

    fn expired(&self) -> FlowError {
        let (event, reason) = match self.made > 0 {
            true => (
                EventKind::NodeCancelled,
                "was cut, for the message's deadline passed",
            ),
            false => (
                EventKind::DeadlineSkip,
                "was not started, for the message's deadline had passed",
            ),
        };
        self.tell(EventDraft::of(event));
        self.error(ErrorKind::DeadlineExceeded, reason)
    }
}

impl Drop for Observed<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.has_ended {
            self.tell(EventDraft::of(EventKind::NodeCancelled));
        }
    }
}

/// A visit that is watched, in a box: only few are.
pub(super) type Watched<'v, T> = Pin<Box<dyn Future<Output = Result<T, FlowError>> + Send + 'v>>;

impl Cursor<'_> {
    /// Runs the only attempt of a visit that can be cut or that somebody listens to.
    #[cold]
    pub fn watch<'v, N, S>(
        &'v self,
        (index, node): (u32, &'v N),
        kept: &'v mut <N::Visits as Visits>::Kept<Param<N>>,
        moved: <N::Visits as Visits>::Moved<Param<N>>,
        state: &'v S,
    ) -> Watched<'v, Success<N>>
    where
        N: Call<S>,
        S: Sync,
    {
        let call = visit::<N, S>(node, kept, moved, self.visit(state, index));
        let call = Cuttable::new(Box::pin(call));
        watch(Observed::new(self, index), call, judge::<N, S>)
    }
}

/// Generic in what the node returns alone, so that few copies of it are compiled.
fn watch<'v, R: Send + 'v, T: Send + 'v>(
    mut observed: Observed<'v>,
    mut call: Cuttable<'v, R>,
    judge: fn(R) -> Result<T, Fault>,
) -> Watched<'v, T> {
    Box::pin(async move {
        let end = observed.begin(None)?;
        let returned = Attempt::new(Pin::new(&mut call), observed.span(), end).await;
        // What was cut is dropped before that is told.
        observed.cut(&returned, || call.cut());
        let judged = returned.and_then(judge);
        observed.conclude(&judged);
        observed.end();
        judged.map_err(|fault| observed.failed(fault))
    })
}
