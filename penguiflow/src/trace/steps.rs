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
use super::outcome::{Begun, Ran};
use crate::error::FlowError;
use crate::join::Meeting;

/// What a step came to that waited; the step, if it was dropped.
pub(super) type Came<Step, Out> = Result<Ran<Step, Out>, StepId>;

pub(super) struct Steps<Run> {
    first: FirstPoll<Run>,
    /// Made for the first of them.
    waiting: Option<FuturesUnordered<Waiting<Run>>>,
    handles: BTreeMap<StepId, AbortHandle>,
}

/// A step that waits for something.
pub(super) struct Waiting<Run> {
    run: Abortable<Waits<Run>>,
    step: StepId,
}

impl<Step, Out, Run> Steps<Run>
where
    Step: Meeting,
    Run: Future<Output = Ran<Step, Out>>,
{
    pub(super) fn new() -> Self {
        Self {
            first: FirstPoll::new(),
            waiting: None,
            handles: BTreeMap::new(),
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
    pub(super) fn begin(
        &mut self,
        frontier: &mut Frontier<Step, Out>,
        run: impl Fn(Floe<Step>) -> Run,
        cx: &mut Context<'_>,
    ) -> Result<bool, FlowError> {
        let mut waits = false;
        while !frontier.steps.is_empty() {
            let mut floes = VecDeque::from(frontier.take_steps());
            while let Some(floe) = floes.pop_front() {
                let begun = Begun::at(&floe.course);
                self.first.set(run(floe));
                match self.first.poll(cx) {
                    Err(run) => {
                        self.wait(run, begun.step);
                        waits = true;
                    }
                    Ok(ran) => {
                        ran.map_or(Ok(()), |ran| frontier.absorb_ran(ran))?;
                        if frontier.has_failed() {
                            return Ok(false);
                        }
                        self.drop_unwanted(frontier, &mut floes);
                    }
                }
            }
        }
        Ok(waits)
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
    pub(super) fn absorb(
        &mut self,
        came: Came<Step, Out>,
        frontier: &mut Frontier<Step, Out>,
    ) -> Result<(), FlowError> {
        match came {
            Ok(ran) => {
                self.handles.remove(&ran.begun.step);
                frontier.absorb_ran(ran)?;
            }
            Err(dropped) => frontier.absorb_dropped(dropped),
        }
        self.drop_unwanted(frontier, &mut VecDeque::new());
        Ok(())
    }

    /// Drops those that nobody waits for any more, also among the ones that did not begin.
    fn drop_unwanted(
        &mut self,
        frontier: &mut Frontier<Step, Out>,
        floes: &mut VecDeque<Floe<Step>>,
    ) {
        for step in frontier.take_dropped() {
            if let Some(handle) = self.handles.remove(&step) {
                handle.abort();
            }
            let before = floes.len();
            floes.retain(|floe| floe.course.id != step);
            if floes.len() < before {
                frontier.absorb_dropped(step);
            }
        }
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
