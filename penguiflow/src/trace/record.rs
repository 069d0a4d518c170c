//! The bookkeeping of one visit: its attempts, one after the other, what they may cost, and
//! what is told of them.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::attempt::guarded;
use super::chunk::OpenStreams;
use super::course::Course;
use super::visit::Visit;
use crate::ctx::Shared;
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventKind, Note, Place};
use crate::message::Envelope;
use crate::node::{Call, Fault, Param, Success};
use crate::policy::{Policy, Retry};
use crate::runtime::Runtime;

/// A visit's own bookkeeping. Dropped before its end, it was cancelled.
pub(super) struct Record<'a, S> {
    index: usize,
    course: &'a Course,
    runtime: &'a Runtime<'a, S>,
    /// The number of the attempt that runs or ran last.
    attempt: u32,
    /// When it began, if anybody listens.
    began: Option<Instant>,
    /// How many attempts were begun.
    made: u32,
    shared: Shared,
    /// The tokens that its attempts spent.
    spent: u64,
    ended: bool,
}

impl<'a, S: Sync> Record<'a, S> {
    /// One attempt. Its permit ends with it: a retry's sleep holds none.
    pub(super) async fn attempt<N: Call<S>>(
        &mut self,
        node: &N,
        param: &mut Option<Param<N>>,
    ) -> Result<Success<N>, Fault> {
        let policy = const { N::INFO.policy };
        let _permit = match policy.is_limited() {
            true => {
                self.before_deadline(self.runtime.common.limits.acquire(self.index))
                    .await?
            }
            false => None,
        };
        self.begin()?;
        let span = self.span();
        let streams = OpenStreams::of(self.runtime.common, self.index, self.course, self.attempt);
        let result = {
            let visit = self.visit(policy, &streams);
            let mut call = pin!(node.call(param, &visit));
            let call = guarded(call.as_mut(), &span);
            match self.latest_end(policy) {
                None => call.await,
                Some((at, fault)) => timeout_at(at, call).await.unwrap_or(Err(fault)),
            }
        };
        self.conclude(&result);
        result
    }

    #[inline]
    fn conclude<T>(&mut self, result: &Result<T, Fault>) {
        self.settle();
        match result {
            Ok(_) => self.note(Note::of(EventKind::NodeSuccess)),
            Err(Fault::Expired) => {}
            Err(fault) => self.note(Note::fault(fault)),
        }
        if let Err(Fault::TimedOut(_)) = result {
            // Whatever the attempt left on another thread works for nobody now.
            std::mem::take(&mut self.shared).cancel();
        }
    }

    /// Waits until the next attempt, if one follows the fault.
    pub(super) async fn recover(&mut self, fault: Fault, policy: Policy) -> Result<(), FlowError> {
        let Some(wait) = self.wait_after(&fault, policy) else {
            return Err(self.failed(fault));
        };
        self.attempt += 1;
        self.began = None;
        self.note(Note::retry(&fault, wait));
        let slept = self.before_deadline(tokio::time::sleep(wait)).await;
        slept.map_err(|expired| self.failed(expired))
    }

    async fn before_deadline<T>(&self, work: impl Future<Output = T>) -> Result<T, Fault> {
        match self.course.envelope.deadline {
            None => Ok(work.await),
            Some(deadline) => timeout_at(deadline, work).await.map_err(|_| Fault::Expired),
        }
    }

    /// When the attempt ends at the latest, and what it ends in then: whichever of the
    /// timeout and the deadline is first, so that there is one timer.
    #[inline]
    fn latest_end(&self, policy: Policy) -> Option<(Instant, Fault)> {
        match (policy.timeout, self.course.envelope.deadline) {
            (None, None) => None,
            (None, Some(deadline)) => Some((deadline, Fault::Expired)),
            (Some(limit), deadline) => sooner(limit, deadline),
        }
    }

    #[inline]
    fn visit<'v>(&'v self, policy: Policy, streams: &'v OpenStreams) -> Visit<'v, S> {
        Visit {
            state: self.runtime.state,
            common: self.runtime.common,
            course: self.course,
            index: self.index,
            attempt: self.attempt,
            retries: policy.retries,
            shared: &self.shared,
            streams,
        }
    }

    /// How long to wait before the next attempt; `None` if there is none.
    fn wait_after(&self, fault: &Fault, policy: Policy) -> Option<Duration> {
        if self.attempt >= policy.retries {
            return None;
        }
        match fault.retry() {
            Retry::Never => None,
            Retry::After(wait) => Some(wait),
            Retry::Backoff => Some(policy.backoff.wait(self.attempt + 1)),
        }
    }
}

/// The end of an attempt that begins now; `None` if it is farther off than the clock can
/// say.
fn sooner(limit: Duration, deadline: Option<Instant>) -> Option<(Instant, Fault)> {
    let timeout = Instant::now().checked_add(limit);
    match (timeout, deadline) {
        (Some(timeout), Some(deadline)) if timeout < deadline => {
            Some((timeout, Fault::TimedOut(limit)))
        }
        (_, Some(deadline)) => Some((deadline, Fault::Expired)),
        (Some(timeout), None) => Some((timeout, Fault::TimedOut(limit))),
        (None, None) => None,
    }
}

impl<'a, S> Record<'a, S> {
    #[inline]
    pub(super) fn new(index: usize, course: &'a Course, runtime: &'a Runtime<'a, S>) -> Self {
        Self {
            index,
            course,
            runtime,
            attempt: 0,
            began: None,
            made: 0,
            shared: Shared::default(),
            spent: 0,
            ended: false,
        }
    }

    /// Ends the visit before its first attempt, if what the node takes is invalid.
    #[cfg(feature = "validate")]
    pub(super) fn admit(
        &mut self,
        check: impl FnOnce() -> Result<(), Fault>,
    ) -> Result<(), FlowError> {
        super::attempt::caught(check).map_err(|fault| self.failed(fault))
    }

    /// Ends a visit that went well.
    #[inline]
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn envelope(&self) -> &'a Envelope {
        &self.course.envelope
    }

    /// The tokens that were spent in all attempts.
    pub(super) fn spent(&self) -> u64 {
        self.spent
    }

    /// Takes down what was spent, for the playbook's visit too if this is one of its visits.
    fn settle(&mut self) {
        let tokens = self.shared.take_tokens();
        self.spent = self.spent.saturating_add(tokens);
        if let Some(payer) = self.runtime.common.payer.as_ref().filter(|_| tokens > 0) {
            payer.spend(tokens);
        }
    }

    fn name(&self) -> &'static str {
        self.runtime.common.graph.nodes[self.index].name
    }

    #[inline]
    fn begin(&mut self) -> Result<(), Fault> {
        let deadline = self.course.envelope.deadline;
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(Fault::Expired);
        }
        self.check_tokens()?;
        self.made = self.attempt + 1;
        if self.runtime.common.is_observed() {
            self.began = None;
            self.note(Note::of(EventKind::NodeStart));
            self.began = Some(Instant::now());
        }
        Ok(())
    }

    #[inline]
    fn check_tokens(&self) -> Result<(), Fault> {
        let Some(budget) = self.course.token_budget(self.runtime.common.budgets) else {
            return Ok(());
        };
        let spent = self.course.spent.saturating_add(self.spent);
        match spent > budget && !self.course.is_exhausted() {
            true => Err(Fault::Spent(spent, budget)),
            false => Ok(()),
        }
    }

    #[inline]
    fn span(&self) -> Span {
        tracing::info_span!(
            target: "penguiflow",
            "node",
            trace_id = %self.course.envelope.trace_id,
            node = self.name(),
            attempt = self.attempt,
        )
    }

    /// Tells whoever listens; with nobody listening, one branch.
    #[inline]
    fn note(&self, note: Note<'_>) {
        if self.runtime.common.is_observed() {
            self.tell(note);
        }
    }

    #[cold]
    fn tell(&self, note: Note<'_>) {
        let latency = self.began.map(|began| began.elapsed());
        self.runtime.common.tell(&note.at(Place {
            trace_id: self.course.envelope.trace_id,
            node: Some(self.name()),
            playbook: self.runtime.common.path.clone(),
            attempt: self.attempt,
            latency,
            waiting: self.runtime.common.limits.waiting(self.index),
        }));
    }

    fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> FlowError {
        FlowError::new(kind, &self.course.envelope, reason).at(self.name(), self.made)
    }

    /// Ends the visit, and the trace with it.
    fn failed(&mut self, fault: Fault) -> FlowError {
        self.ended = true;
        if !matches!(fault, Fault::Expired) {
            self.note(Note::of(EventKind::NodeFailed).caused_by(&fault));
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
        self.note(Note::of(event));
        self.error(ErrorKind::DeadlineExceeded, reason)
    }
}

impl<S> Drop for Record<'_, S> {
    fn drop(&mut self) {
        if !self.ended {
            self.settle();
            self.shared.cancel();
            self.note(Note::of(EventKind::NodeCancelled));
        }
    }
}
