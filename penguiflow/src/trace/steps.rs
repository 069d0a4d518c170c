//! The steps of a trace that run at once, in its task. Most come to something when they are
//! first polled; those that wait are kept, and can be dropped.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, Next, StreamExt};

use super::course::{Floe, StepId};
use super::first_poll::{FirstPoll, Waits};
use super::frontier::Frontier;
use super::outcome::{Begun, Emits};
use crate::error::FlowError;
use crate::join::Meeting;

/// What running a step comes to.
type Ran<Step, Out> = Result<Emits<Step, Out>, FlowError>;

pub(super) struct Steps<Run> {
    first: FirstPoll<Run>,
    waiting: FuturesUnordered<Waiting<Run>>,
    handles: BTreeMap<StepId, AbortHandle>,
}

/// A step that waits for something.
pub(super) struct Waiting<Run> {
    run: Abortable<Waits<Run>>,
    begun: Begun,
}

impl<Step, Out, Run> Steps<Run>
where
    Step: Meeting,
    Run: Future<Output = Ran<Step, Out>>,
{
    pub(super) fn new() -> Self {
        Self {
            first: FirstPoll::new(),
            waiting: FuturesUnordered::new(),
            handles: BTreeMap::new(),
        }
    }

    /// Whether none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
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
        let before = self.waiting.len();
        while !frontier.steps.is_empty() {
            let mut floes = VecDeque::from(frontier.take_steps());
            while let Some(floe) = floes.pop_front() {
                let begun = Begun::at(&floe.course);
                self.first.set(run(floe));
                match self.first.poll(cx) {
                    Err(waits) => self.wait(waits, begun),
                    Ok(emits) => {
                        if let Some(emits) = emits {
                            frontier.absorb(emits?);
                        }
                        if frontier.has_failed() {
                            return Ok(false);
                        }
                        self.drop_unwanted(frontier, &mut floes);
                    }
                }
            }
        }
        Ok(self.waiting.len() > before)
    }

    fn wait(&mut self, waits: Waits<Run>, begun: Begun) {
        let (handle, registration) = AbortHandle::new_pair();
        let run = Abortable::new(waits, registration);
        self.handles.insert(begun.step, handle);
        self.waiting.push(Waiting { run, begun });
    }

    /// What the next of them comes to.
    pub(super) fn next(&mut self) -> Next<'_, FuturesUnordered<Waiting<Run>>> {
        self.waiting.next()
    }

    /// Takes down what one of them has come to.
    pub(super) fn absorb(&mut self, emits: Emits<Step, Out>, frontier: &mut Frontier<Step, Out>) {
        self.handles.remove(&emits.step);
        frontier.absorb(emits);
        self.drop_unwanted(frontier, &mut VecDeque::new());
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
            let place = floes.iter().position(|floe| floe.course.id == step);
            if let Some(floe) = place.and_then(|place| floes.remove(place)) {
                frontier.absorb(Emits::none(Begun::at(&floe.course)));
            }
        }
    }
}

impl<Step, Out, Run> Future for Waiting<Run>
where
    Step: Meeting,
    Run: Future<Output = Ran<Step, Out>>,
{
    type Output = Run::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Run::Output> {
        let ran = ready!(Pin::new(&mut self.run).poll(cx));
        Poll::Ready(ran.unwrap_or_else(|_| Ok(Emits::none(self.begun))))
    }
}
