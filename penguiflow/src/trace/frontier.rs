//! Where a trace is: the steps still to run, what its joins have collected, and what it has
//! put out. Plain data, so that a host can keep it in memory, in a store, or send it away.

mod held;
mod parking;
mod tracks;

use serde::{Deserialize, Serialize};

use super::course::{Course, Floe, StepId};
use super::outcome::{Emit, Emits, Outcome, Ran};
use super::parked::Waiting;
use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::Meeting;
use crate::message::Message;
use held::{Held, Kept};
pub(super) use held::{Key, Payloads};
pub(super) use parking::Wake;
use tracks::Tracks;

/// All there is to know about a trace between two node runs: serialisable exactly when
/// the steps' inputs and the outputs are.
///
/// A host takes a step out, runs it with [`Flow::advance`](crate::Flow::advance), and puts
/// in what it emits, until no step is left.
///
/// ```
/// use penguiflow::host::{Frontier, StepByStep};
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flow = flow! { double };
/// let mut frontier = flow.begin(21);
/// while let Some(floe) = frontier.next_step() {
///     let emits = flow.advance(floe, &StepByStep).await?;
///     frontier.absorb(emits);
///     let stored = serde_json::to_string(&frontier)?; // to a database, say
///     frontier = serde_json::from_str(&stored)?;
/// }
/// assert_eq!(frontier.finish()?[0].payload, 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Frontier<Step, Out> {
    /// The steps still to run.
    pub steps: Vec<Floe<Step>>,
    /// What the trace has put out so far.
    pub outputs: Vec<Message<Out>>,
    /// Whether outputs were taken out.
    has_put_out: bool,
    /// The tokens that the trace has spent.
    spent: u64,
    /// The steps that wait, and what all of them mean to each other.
    kept: Kept<Step>,
    tracks: Tracks,
}

impl<Step: Meeting, Out> Frontier<Step, Out> {
    /// Where a trace is of which nothing has run but its straight line, which came to this.
    pub(crate) fn of(came: Outcome<Step, Out>, course: Course) -> Self {
        let mut frontier = Self {
            steps: Vec::new(),
            outputs: Vec::new(),
            has_put_out: false,
            spent: course.spent,
            kept: Kept::new(),
            tracks: Tracks::default(),
        };
        frontier.take_up(course, came);
        frontier
    }

    /// Takes out a step to run; `None` when the trace is over, or all that is left of it is
    /// parked. Steps do not depend on each other, so the order is the host's to choose.
    pub fn next_step(&mut self) -> Option<Floe<Step>> {
        let mut floe = self.steps.pop()?;
        floe.course.spent = self.spent;
        Some(floe)
    }

    /// Takes out what the trace has put out.
    pub(crate) fn take_outputs(&mut self) -> Vec<Message<Out>> {
        self.has_put_out |= !self.outputs.is_empty();
        std::mem::take(&mut self.outputs)
    }

    /// Takes out all steps to run.
    pub(crate) fn take_steps(&mut self) -> Vec<Floe<Step>> {
        let mut steps = std::mem::take(&mut self.steps);
        for floe in &mut steps {
            floe.course.spent = self.spent;
        }
        steps
    }

    /// Puts in what a step emitted: steps to run, inputs of joins, outputs. A join that is
    /// full makes a step of its inputs. What a step emits counts once, and not at all if its
    /// branch was dropped.
    pub fn absorb(&mut self, emits: Emits<Step, Out>) {
        let Some(step) = self.tracks.end_step(emits.step) else {
            return;
        };
        self.spent = self.spent.saturating_add(emits.spent);
        if !step.is_dropped {
            for emit in emits {
                self.take_in(emit);
            }
        }
        let (tracks, mut held) = self.split();
        tracks.step_ended(&step.awaited, &mut held);
    }

    /// The same of a step that a host in memory has run.
    ///
    /// # Errors
    ///
    /// Its failure, if no join bears it.
    #[inline]
    pub(super) fn absorb_ran(&mut self, ran: Ran<Step, Out>) -> Result<(), FlowError> {
        if ran.ends_trace() {
            return ran.came.map(drop);
        }
        let Some(step) = self.tracks.end_step(ran.begun.step) else {
            return Ok(());
        };
        self.spent = self.spent.saturating_add(ran.spent());
        if !step.is_dropped {
            match ran.came {
                Ok(came) => self.take_up(ran.course, came),
                Err(error) => self.take_in(Emit::Lost(ran.course, NodeError::from(&error))),
            }
        }
        let (tracks, mut held) = self.split();
        tracks.step_ended(&step.awaited, &mut held);
        Ok(())
    }

    /// A step was dropped while it ran, or before.
    pub(super) fn absorb_dropped(&mut self, step: StepId) {
        if let Some(step) = self.tracks.end_step(step) {
            let (tracks, mut held) = self.split();
            tracks.step_ended(&step.awaited, &mut held);
        }
    }

    #[inline]
    fn take_up(&mut self, course: Course, came: Outcome<Step, Out>) {
        match came {
            Outcome::Step(step) | Outcome::Passed(step) => {
                self.take_in(Emit::step(Floe { course, step }));
            }
            Outcome::Branches(branches) => {
                self.steps.reserve(branches.len());
                self.tracks.reserve(branches.len());
                branches.into_iter().for_each(|emit| self.take_in(emit));
            }
            Outcome::Output(out) => self.take_in(Emit::Output(course.envelope.with(out))),
            Outcome::End => self.take_in(Emit::End(course)),
        }
    }

    #[inline]
    fn take_in(&mut self, emit: Emit<Step, Out>) {
        if self.has_failed() {
            return;
        }
        let (tracks, mut held) = self.split();
        match emit {
            Emit::Step(floe) => match floe.step.arrival() {
                Some(at) => tracks.arrive(held.keep(floe), at, &mut held),
                None => {
                    tracks.begin(&floe.course, Step::JOINS);
                    held.steps.push(floe);
                }
            },
            Emit::Items(items) => {
                let keys = items.steps.into_iter().map(|step| held.kept.put(step));
                let keys = keys.collect();
                tracks.spread(items.course, items.join, keys, &mut held);
            }
            Emit::Parked(floe, since) => {
                let place = floe.step.parked().unwrap_or_default();
                let waiting = Waiting::since(since, held.keep(floe), place, Step::AWAITS);
                tracks.park(waiting, Step::JOINS);
            }
            Emit::Output(message) => self.outputs.push(message),
            Emit::End(course) => tracks.lose(course, None, &mut held),
            Emit::Lost(course, error) => tracks.lose(course, Some(error), &mut held),
        }
    }

    #[inline]
    fn split(&mut self) -> (&mut Tracks, Held<'_, Step>) {
        let (steps, kept) = (&mut self.steps, &mut self.kept);
        (&mut self.tracks, Held { steps, kept })
    }

    /// How the trace ended, once no step is left.
    ///
    /// # Errors
    ///
    /// Of kind `Unjoined` if a join was left waiting, or is still parked, `Filtered` if there is no
    /// output, or the failure of the last branch of a race.
    pub fn finish(mut self) -> Result<Vec<Message<Out>>, FlowError> {
        let tracks = std::mem::take(&mut self.tracks);
        match tracks.finish(&self.split().1)? {
            Some(envelope) if self.outputs.is_empty() && !self.has_put_out => {
                Err(filtered(&envelope))
            }
            _ => Ok(self.outputs),
        }
    }

    /// The steps dropped since this was last asked.
    pub(crate) fn take_dropped(&mut self) -> Vec<StepId> {
        std::mem::take(&mut self.tracks.dropped)
    }

    /// Whether nobody waits for what is still running.
    pub(crate) fn has_failed(&self) -> bool {
        self.tracks.has_failed()
    }
}

pub(super) fn filtered(envelope: &Cover) -> FlowError {
    let reason = "the trace gave no output: every path of it ended in `None`";
    FlowError::new(ErrorKind::Filtered, envelope, reason)
}
