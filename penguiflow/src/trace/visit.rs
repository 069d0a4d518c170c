//! One visit of a node: attempts under its policy, cut by the message's deadline.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::attempt::guarded;
use super::frontier::{Course, Halt, StepId};
use crate::ctx::Ctx;
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventKind, Note, Place};
use crate::flow::Runtime;
use crate::message::{Envelope, Headers};
use crate::node::{self, Call, Exit, Fault, In, Param, Success};
use crate::policy::{Policy, Retry};
use crate::shape::{Direction, Signature};
use crate::trace_id::TraceId;

/// What an extractor can see of the attempt that it makes a parameter for.
#[derive(Debug)]
pub struct Visit<'a, S> {
    state: &'a S,
    envelope: &'a Envelope,
    node: &'static str,
    step: StepId,
    attempt: u32,
    retries: u32,
    cancelled: &'a CancelFlag,
}

impl<S> Visit<'_, S> {
    /// The state of the flow.
    pub fn state(&self) -> &S {
        self.state
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        &self.envelope.headers
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.envelope.trace_id
    }

    /// The node's name in the flow.
    pub fn node(&self) -> &'static str {
        self.node
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether no attempt follows this one.
    #[doc(hidden)]
    pub fn is_last(&self) -> bool {
        self.attempt >= self.retries
    }

    /// The context of this attempt, as nodes are given it.
    pub fn ctx(&self) -> Ctx {
        let envelope = self.envelope.clone();
        Ctx::new(envelope, self.attempt, self.step, self.cancelled.share())
    }
}

/// Tells contexts that outlive their visit that it was dropped. Made when first asked for.
#[derive(Debug, Default)]
struct CancelFlag(OnceLock<Arc<AtomicBool>>);

impl CancelFlag {
    fn share(&self) -> Arc<AtomicBool> {
        Arc::clone(self.0.get_or_init(Arc::default))
    }

    fn raise(&self) {
        if let Some(flag) = self.0.get() {
            flag.store(true, Ordering::Release);
        }
    }
}

/// Visits a node: the generated `advance` calls this for each step.
///
/// `leave` carries what the node breaks with out of the flow.
pub async fn visit<N, S, Out>(
    node: &N,
    index: usize,
    input: In<N>,
    course: &mut Course,
    runtime: &Runtime<S>,
    leave: impl FnOnce(Exit<N>) -> Out,
) -> Result<node::Out<N>, Halt<Out>>
where
    N: Call<S>,
    S: Sync,
{
    let mut param = Some(N::Signature::take_up(input, &course.envelope));
    let mut record = Record::new(index, course, runtime);
    let returned = loop {
        match record.attempt(node, &mut param).await {
            Ok(returned) => break returned,
            Err(fault) => record
                .recover(fault, N::INFO.policy)
                .await
                .map_err(Halt::Failed)?,
        }
    };
    record.ended = true;
    drop(record);
    match N::Signature::set_down(returned, &mut course.envelope) {
        Direction::On(out) => Ok(out),
        Direction::Out(exit) => Err(Halt::Left(leave(exit))),
        Direction::End => Err(Halt::Ended),
    }
}

/// A visit's own bookkeeping. Dropped before its end, it was cancelled.
struct Record<'a, S> {
    index: usize,
    course: &'a Course,
    runtime: &'a Runtime<S>,
    /// The number of the attempt that runs or ran last.
    attempt: u32,
    /// When it began, if anybody listens.
    began: Option<Instant>,
    /// Whether there was an attempt at all.
    started: bool,
    cancelled: CancelFlag,
    ended: bool,
}

impl<'a, S: Sync> Record<'a, S> {
    /// One attempt. Its permit ends with it: a retry's sleep holds none.
    async fn attempt<N: Call<S>>(
        &mut self,
        node: &N,
        param: &mut Option<Param<N>>,
    ) -> Result<Success<N>, Fault> {
        let policy = const { N::INFO.policy };
        let _permit = match policy.concurrency {
            Some(_) => {
                self.before_deadline(self.runtime.limits.acquire(self.index))
                    .await?
            }
            None => None,
        };
        self.begin()?;
        let span = self.span();
        let result = {
            let visit = self.visit(policy);
            let mut call = pin!(node.call(param, &visit));
            let call = guarded(call.as_mut(), &span);
            match self.end(policy) {
                None => call.await,
                Some((at, fault)) => timeout_at(at, call).await.unwrap_or(Err(fault)),
            }
        };
        match &result {
            Ok(_) => self.note(Note::of(EventKind::NodeSuccess)),
            Err(Fault::Expired) => {}
            Err(fault) => self.note(Note::fault(fault)),
        }
        result
    }

    /// Waits until the next attempt, if one follows the fault.
    async fn recover(&mut self, fault: Fault, policy: Policy) -> Result<(), FlowError> {
        let Some(wait) = self.wait_after(&fault, policy) else {
            return Err(self.failed(fault));
        };
        self.attempt += 1;
        self.began = None;
        self.note(Note::retry(&fault, wait));
        let slept = self.before_deadline(tokio::time::sleep(wait)).await;
        slept.map_err(|expired| {
            // The attempt that the sleep was for never began.
            self.attempt -= 1;
            self.failed(expired)
        })
    }

    async fn before_deadline<T>(&self, work: impl Future<Output = T>) -> Result<T, Fault> {
        match self.course.envelope.deadline {
            None => Ok(work.await),
            Some(deadline) => timeout_at(deadline, work).await.map_err(|_| Fault::Expired),
        }
    }

    /// When the attempt ends at the latest, and what it ends in then: whichever of the
    /// timeout and the deadline is first, so that there is one timer.
    fn end(&self, policy: Policy) -> Option<(Instant, Fault)> {
        let timeout = policy.timeout.and_then(|limit| {
            let at = Instant::now().checked_add(limit)?;
            Some((at, Fault::TimedOut(limit)))
        });
        let deadline = self.course.envelope.deadline.map(|at| (at, Fault::Expired));
        match (timeout, deadline) {
            (Some(timeout), Some(deadline)) if timeout.0 < deadline.0 => Some(timeout),
            (timeout, deadline) => deadline.or(timeout),
        }
    }

    fn visit(&self, policy: Policy) -> Visit<'_, S> {
        Visit {
            state: &self.runtime.state,
            envelope: &self.course.envelope,
            node: self.name(),
            step: self.course.id,
            attempt: self.attempt,
            retries: policy.retries,
            cancelled: &self.cancelled,
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

impl<'a, S> Record<'a, S> {
    fn new(index: usize, course: &'a Course, runtime: &'a Runtime<S>) -> Self {
        Self {
            index,
            course,
            runtime,
            attempt: 0,
            began: None,
            started: false,
            cancelled: CancelFlag::default(),
            ended: false,
        }
    }

    fn name(&self) -> &'static str {
        self.runtime.graph.nodes[self.index].name
    }

    fn begin(&mut self) -> Result<(), Fault> {
        let deadline = self.course.envelope.deadline;
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(Fault::Expired);
        }
        self.started = true;
        if self.runtime.is_observed() {
            self.began = None;
            self.note(Note::of(EventKind::NodeStart));
            self.began = Some(Instant::now());
        }
        Ok(())
    }

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
    fn note(&self, note: Note<'_>) {
        if self.runtime.is_observed() {
            let latency = self.began.map(|began| began.elapsed());
            self.runtime.tell(&note.at(Place {
                trace_id: self.course.envelope.trace_id,
                node: Some(self.name()),
                attempt: self.attempt,
                latency,
                waiting: self.runtime.limits.waiting(self.index),
            }));
        }
    }

    fn attempts_made(&self) -> u32 {
        if self.started { self.attempt + 1 } else { 0 }
    }

    fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> FlowError {
        FlowError::new(kind, &self.course.envelope, reason).at(self.name(), self.attempts_made())
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
            Fault::Expired => self.expired(),
        }
    }

    fn expired(&self) -> FlowError {
        let (event, reason) = match self.started {
            true => (
                EventKind::NodeCancelled,
                "was cut, for the message's deadline passed",
            ),
            false => (
                EventKind::DeadlineSkip,
                "was not started, for the message's deadline had passed",
            ),
        };
        self.cancelled.raise();
        self.note(Note::of(event));
        self.error(ErrorKind::DeadlineExceeded, reason)
    }
}

impl<S> Drop for Record<'_, S> {
    fn drop(&mut self) {
        if !self.ended {
            self.cancelled.raise();
            self.note(Note::of(EventKind::NodeCancelled));
        }
    }
}
