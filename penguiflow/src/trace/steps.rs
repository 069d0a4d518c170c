//! The steps of a trace that run at once, in its task. Most come to something when they are
//! first polled; those that wait are kept, and can be dropped.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::course::{Floe, StepId};
use super::first_poll::{FirstPoll, Waits};
use super::frontier::Frontier;
use super::outcome::Ran;
use crate::error::FlowError;
use crate::join::Meeting;

/// What a step came to that waited; the step, if it was dropped.
pub(super) type Came<Step, Out> = Result<Ran<Step, Out>, StepId>;

pub(super) struct Steps<Step, Run> {
    to_begin: VecDeque<Floe<Step>>,
    first: FirstPoll<Run>,
    /// Made for the first of them.
    waiting: Option<FuturesUnordered<Waiting<Run>>>,
    handles: BTreeMap<StepId, AbortHandle>,
    /// How many of those that wait are to be dropped.
    aborted: usize,
}

/// A step that waits for something.
pub(super) struct Waiting<Run> {
    run: Abortable<Waits<Run>>,
    step: StepId,
}

impl<Step, Out, Run> Steps<Step, Run>
where
    Step: Meeting,
    Run: Future<Output = Ran<Step, Out>>,
{
    pub(super) fn new() -> Self {
        Self {
            to_begin: VecDeque::new(),
            first: FirstPoll::new(),
            waiting: None,
            handles: BTreeMap::new(),
            aborted: 0,
        }
    }

    /// Whether none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.as_ref().is_none_or(FuturesUnordered::is_empty)
    }

    /// Begins the steps of the frontier, in their order, and those that they emit. Says whether
    /// one of them waits.
    ///
    /// # Errors
    ///
    /// The failure of one that no join bears.
    #[inline]
    pub(super) fn begin(
        &mut self,
        frontier: &mut Frontier<Step, Out>,
        run: impl Fn(Floe<Step>) -> Run,
        cx: &mut Context<'_>,
    ) -> Result<bool, FlowError> {
        let mut waits = false;
        loop {
            self.drop_aborted(frontier, cx)?;
            if frontier.has_failed() {
                return Ok(false);
            }
            if self.to_begin.is_empty() {
                self.to_begin = frontier.take_steps().into();
            }
            let Some(floe) = self.to_begin.pop_front() else {
                return Ok(waits);
            };
            let step = floe.course.id;
            self.first.set(run(floe));
            match self.first.poll(cx) {
                Ok(Some(ran)) => self.absorb(Ok(ran), frontier)?,
                Ok(None) => {}
                Err(run) => {
                    self.wait(run, step);
                    waits = true;
                }
            }
        }
    }

    fn wait(&mut self, run: Waits<Run>, step: StepId) {
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(step, handle);
        let run = Abortable::new(run, registration);
        let waiting = self.waiting.get_or_insert_with(FuturesUnordered::new);
        waiting.push(Waiting { run, step });
    }

    /// What the next of those that wait came to.
    pub(super) async fn next(&mut self) -> Option<Came<Step, Out>> {
        self.waiting.as_mut()?.next().await
    }

    /// Takes down what one of them has come to.
    ///
    /// # Errors
    ///
    /// Its failure, if no join bears it.
    #[inline]
    pub(super) fn absorb(
        &mut self,
        came: Came<Step, Out>,
        frontier: &mut Frontier<Step, Out>,
    ) -> Result<(), FlowError> {
        match came {
            Ok(ran) => {
                if !self.handles.is_empty() {
                    self.handles.remove(&ran.begun.step);
                }
                frontier.absorb_ran(ran)?;
            }
            Err(dropped) => {
                self.aborted -= 1;
                frontier.absorb_dropped(dropped);
            }
        }
        self.abort_unwanted(frontier);
        Ok(())
    }

    /// Nobody waits any more for these: those that did not begin will not.
    #[inline]
    fn abort_unwanted(&mut self, frontier: &mut Frontier<Step, Out>) {
        for step in frontier.take_dropped() {
            if let Some(handle) = self.handles.remove(&step) {
                handle.abort();
                self.aborted += 1;
            }
            let before = self.to_begin.len();
            self.to_begin.retain(|floe| floe.course.id != step);
            if self.to_begin.len() < before {
                frontier.absorb_dropped(step);
            }
        }
    }

    /// Drops those that are to be dropped, before another one begins.
    #[inline]
    fn drop_aborted(
        &mut self,
        frontier: &mut Frontier<Step, Out>,
        cx: &mut Context<'_>,
    ) -> Result<(), FlowError> {
        while self.aborted > 0
            && let Some(waiting) = &mut self.waiting
            && let Poll::Ready(Some(came)) = waiting.poll_next_unpin(cx)
        {
            self.absorb(came, frontier)?;
        }
        Ok(())
    }
}

impl<Step, Out, Run> Future for Waiting<Run>
where
    Run: Future<Output = Ran<Step, Out>>,
{
    type Output = Came<Step, Out>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ran = Pin::new(&mut self.run).poll(cx);
        ran.map_err(|_| self.step)
    }
}
