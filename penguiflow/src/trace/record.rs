//! The bookkeeping of one visit: its attempts, one after the other, what they may cost, and
//! what is told of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::attempt::End;
use super::chunk::Streams;
use super::course::Course;
use crate::cover::Cover;
use crate::ctx::{Link, Shared};
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventDraft, EventKind, EventSource};
use crate::node::Fault;
use crate::policy::{Policy, Retry};
use crate::runtime::Common;

/// A visit's own bookkeeping. Dropped before its end, it was cancelled.
pub struct Record<'a> {
    pub(crate) index: usize,
    pub(crate) course: &'a Course,
    pub(crate) common: &'a Common,
    /// The number of the attempt that runs or ran last.
    pub(crate) attempt: u32,
    /// How many attempts were begun.
    made: u32,
    /// What is there only where somebody listens to the attempt.
    listened: Option<Box<Listened>>,
    shared: Shared,
    /// The tokens that its attempts spent.
    spent: u64,
    ended: bool,
}

/// An attempt that somebody listens to.
struct Listened {
    began: Instant,
    span: Span,
    streams: Option<Arc<Streams>>,
}

/// What an attempt can ask.
impl<'a> Record<'a> {
    #[inline]
    pub(crate) fn envelope(&self) -> &'a Cover {
        &self.course.envelope
    }

    pub(super) fn name(&self) -> &'static str {
        self.common.graph.nodes[self.index].name
    }

    pub(crate) fn link(&self) -> Arc<Link> {
        self.shared.link()
    }

    pub(crate) fn streams(&self) -> Option<Arc<Streams>> {
        self.listened.as_ref()?.streams.clone()
    }

    /// The span that it runs in, if somebody listens.
    #[inline]
    pub(super) fn span(&self) -> Option<&Span> {
        self.listened.as_ref().map(|listened| &listened.span)
    }
}

/// What becomes of a visit, in its order.
impl<'a> Record<'a> {
    #[inline]
    pub(super) fn new(index: usize, course: &'a Course, common: &'a Common) -> Self {
        Self {
            index,
            course,
            common,
            attempt: 0,
            made: 0,
            listened: None,
            shared: Shared::default(),
            spent: 0,
            ended: false,
        }
    }

    /// Waits for the node's limits.
    pub(super) async fn permit(&mut self) -> Result<Option<SemaphorePermit<'a>>, FlowError> {
        let permit = self.common.limits.acquire(self.index);
        match self.course.envelope.deadline {
            None => Ok(permit.await),
            Some(at) => self.in_time(timeout_at(at, permit).await),
        }
    }

    /// The deadline may have passed before.
    fn in_time<T>(&mut self, ended: Result<T, Elapsed>) -> Result<T, FlowError> {
        ended.map_err(|_| self.failed(Fault::Expired))
    }

    /// Whether nothing can end an attempt early, and nobody listens to it.
    #[inline]
    pub(super) fn is_quiet(&self) -> bool {
        self.course.is_free() && self.common.is_quiet()
    }

    /// Begins an attempt, and says when it ends at the latest: by the node's timeout or the
    /// message's deadline, whichever is first, so that there is one timer.
    #[inline]
    pub(super) fn begin(&mut self, policy: &Policy) -> Result<Option<End>, FlowError> {
        if !self.is_quiet() {
            self.begin_watched()?;
        }
        self.made = self.attempt + 1;
        let deadline = self.course.envelope.deadline;
        Ok(match policy.timeout {
            None => deadline.map(End::deadline),
            Some(limit) => End::sooner(limit, deadline),
        })
    }

    fn begin_watched(&mut self) -> Result<(), FlowError> {
        let may_begin = self.check_deadline().and_then(|()| self.check_tokens());
        may_begin.map_err(|fault| self.failed(fault))?;
        if self.common.is_observed() || self.common.outlet.is_some() {
            let began = Instant::now();
            self.tell(EventDraft::of(EventKind::NodeStart).at(began));
            let outlet = self.common.outlet.as_ref();
            self.listened = Some(Box::new(Listened {
                began,
                span: self.new_span(),
                streams: outlet.map(|outlet| Arc::new(Streams::new(outlet, self))),
            }));
        }
        Ok(())
    }

    fn check_deadline(&self) -> Result<(), Fault> {
        let deadline = self.course.envelope.deadline;
        match deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            true => Err(Fault::Expired),
            false => Ok(()),
        }
    }

    fn check_tokens(&self) -> Result<(), Fault> {
        let Some(budget) = self.course.token_budget(self.common.budgets) else {
            return Ok(());
        };
        let spent = self.course.spent.saturating_add(self.spent);
        match spent > budget && !self.course.is_exhausted() {
            true => Err(Fault::Spent(spent, budget)),
            false => Ok(()),
        }
    }

    fn new_span(&self) -> Span {
        tracing::info_span!(
            target: "penguiflow",
            "node",
            trace_id = %self.course.envelope.trace_id,
            node = self.name(),
            attempt = self.attempt,
        )
    }

    /// An attempt is over. Its streams end before that is told.
    #[inline]
    pub(super) fn conclude<T>(&mut self, result: &Result<T, Fault>) {
        self.settle();
        if self.listened.is_some() || result.is_err() {
            self.tell_end(result.as_ref().err());
        }
    }

    fn tell_end(&mut self, fault: Option<&Fault>) {
        self.end_streams();
        match fault {
            None => self.tell(EventDraft::of(EventKind::NodeSuccess)),
            Some(Fault::Expired) => {}
            Some(fault) => self.tell(EventDraft::fault(fault)),
        }
        if let Some(Fault::TimedOut(_)) = fault {
            // Whatever the attempt left on another thread works for nobody now.
            std::mem::take(&mut self.shared).cancel();
        }
    }

    /// The only attempt of a visit that is quiet failed.
    #[cold]
    pub(super) fn fail_quietly(&mut self, fault: Fault) -> FlowError {
        self.made = 1;
        self.failed(fault)
    }

    fn end_streams(&mut self) {
        let listened = self.listened.as_mut();
        if let Some(streams) = listened.and_then(|listened| listened.streams.take()) {
            streams.end();
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

    /// Waits for the next attempt.
    pub(super) async fn sleep(&mut self, wait: Duration) -> Result<(), FlowError> {
        let sleep = tokio::time::sleep(wait);
        if let Some(at) = self.course.envelope.deadline {
            return self.in_time(timeout_at(at, sleep).await);
        }
        sleep.await;
        Ok(())
    }

    /// Ends the visit, and says how many tokens it spent.
    #[inline]
    pub(super) fn end(&mut self) -> u64 {
        self.settle();
        self.ended = true;
        self.spent
    }

    /// Takes down what was spent, for the playbook's visit too if this is one of its visits.
    #[inline]
    fn settle(&mut self) {
        let tokens = self.shared.take_tokens();
        if tokens > 0 {
            self.spent = self.spent.saturating_add(tokens);
            if let Some(payer) = &self.common.payer {
                payer.spend(tokens);
            }
        }
    }

    /// Tells whoever listens; with nobody listening, one branch.
    #[inline]
    fn tell(&self, draft: EventDraft<'_>) {
        if self.common.hears(draft.kind) {
            self.common.tell(draft, self.source());
        }
    }

    #[cold]
    fn source(&self) -> EventSource {
        EventSource {
            trace_id: self.course.envelope.trace_id,
            node: Some(self.index as u32),
            attempt: self.attempt,
            began: self.listened.as_ref().map(|listened| listened.began),
            waiting: self.common.limits.waiting(self.index) as u32,
        }
    }

    fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> FlowError {
        FlowError::new(kind, &self.course.envelope, reason).at(self.name(), self.made)
    }

    /// Ends the visit, and the trace with it.
    #[cold]
    pub(super) fn failed(&mut self, fault: Fault) -> FlowError {
        self.ended = true;
        if !matches!(fault, Fault::Expired) {
            self.tell(EventDraft::of(EventKind::NodeFailed).caused_by(&fault));
        }
        match fault {
            Fault::Failed { source, .. } => {
                self.error(ErrorKind::Failed, "failed").caused_by(source)
            }
            Fault::Panicked(message) => self
                .error(ErrorKind::Panicked, "panicked")
                .caused_by(message.into()),
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
        self.shared.cancel();
        self.tell(EventDraft::of(event));
        self.error(ErrorKind::DeadlineExceeded, reason)
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("node", &self.name())
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl Drop for Record<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.ended {
            self.cancelled();
        }
    }
}

impl Record<'_> {
    #[cold]
    fn cancelled(&mut self) {
        self.end_streams();
        self.settle();
        self.shared.cancel();
        self.tell(EventDraft::of(EventKind::NodeCancelled));
    }
}
