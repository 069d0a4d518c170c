//! How far a trace is, for a host that runs its steps one attempt at a time: what is to run now or later,
//! with which inputs, and what became of an attempt that failed.

use tokio::time::Instant;

use super::Frontier;
use super::active_steps::Phase;
use super::outcome::Again;
use super::step_joins::StepJoins;
use crate::error::{ErrorKind, NodeError};
use crate::graph::NodeInfo;
use crate::message::{Envelope, StepId};

/// What a host has to do with a trace next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraceState {
    /// To run its steps, or to absorb what those emit that run.
    // Not `Running`: rustc writes the whole path of a type that a variant is called as.
    Active,
    /// To wait: all that is left of it is parked, or waits for its next attempt. At this time it has to
    /// go on by itself, if ever.
    Waiting(Option<Instant>),
    /// To take out its outputs, and to finish it.
    Over,
}

impl<Step, Out> Frontier<Step, Out> {
    /// The steps whose next attempt is to run later, with the number of the attempts that have failed, and
    /// that time.
    pub fn retried(&self) -> impl Iterator<Item = (StepId, u32, Instant)> {
        let retried = self.table.steps.retried();
        retried.map(|(step, until)| (step.cursor.id, step.cursor.attempts, until))
    }

    /// The steps to run, with the number of the attempts that have failed.
    pub(crate) fn queued(&self) -> impl Iterator<Item = (StepId, u32)> {
        let queued = self.table.steps.queued();
        queued.map(|step| (step.cursor.id, step.cursor.attempts))
    }

    /// The input of a step, unless it was taken out with the step.
    pub(crate) fn input(&self, step: StepId) -> Option<&Step> {
        let step = self.table.steps.get(step)?;
        Some(self.slab.get(step.key?))
    }

    /// The envelope of any of its messages.
    pub(crate) fn envelope(&self) -> Option<Envelope> {
        let steps = self.table.steps.any().map(|step| &step.cursor.envelope);
        let ended = self.table.ended.as_ref();
        let failed = self.table.failure.as_ref().map(|(envelope, _)| envelope);
        let mut joins = self.table.joins.values();
        let joined = || joins.next().map(|state| &state.origin.envelope);
        let found = steps.or(ended).or(failed).or_else(joined).cloned();
        let output = || self.outputs.first().map(Envelope::of_output);
        found.or_else(output)
    }

    /// What is to be done with the trace.
    pub fn state(&self) -> TraceState {
        let steps = &self.table.steps;
        if steps.queued().next().is_some() || steps.running().next().is_some() {
            return TraceState::Active;
        }
        match steps.parked().next().is_some() || steps.retried().next().is_some() {
            true => TraceState::Waiting(steps.next_expiry()),
            false => TraceState::Over,
        }
    }
}

impl<Step: StepJoins, Out> Frontier<Step, Out> {
    /// The node of a step.
    pub(crate) fn node(&self, step: StepId) -> Option<&'static NodeInfo> {
        let step = self.table.steps.get(step)?;
        let number = self.slab.get(step.key?).number();
        Step::GRAPH.nodes.get(number)
    }

    /// Puts another input of the same node in place of that of a step to run, whose attempts begin anew.
    pub(crate) fn replace_input(&mut self, id: StepId, input: Step) -> bool {
        let step = self.table.steps.get(id).filter(|step| step.is_to_run());
        let before = step.and_then(|step| Some(self.slab.get(step.key?).number()));
        before == Some(input.number()) && self.put_input(id, input)
    }

    fn put_input(&mut self, id: StepId, input: Step) -> bool {
        let key = self.slab.insert(input);
        match self.table.steps.replace(id, key) {
            Some(before) => self.slab.discard(before),
            None => self.slab.discard(key),
        }
        true
    }

    /// A step that was dropped while it ran, and that the host has stopped, does not come back. The
    /// tokens that it spent are those of its attempts that were absorbed.
    pub fn stopped(&mut self, step: StepId) {
        self.table.steps.forget_abandoned(step);
    }

    /// An attempt has failed, and another one may follow.
    pub(super) fn retry(&mut self, (step, now): (StepId, Instant), spent: u64, again: &Again) {
        let Some(active) = self.table.steps.get(step) else {
            return;
        };
        if active.phase == Phase::Abandoned {
            return self.absorb_with((step, now), spent, |_| {});
        }
        if active.key.is_none() {
            let reason = "the input of a step that is to be tried again was taken out with it";
            let (envelope, error) = (
                active.cursor.envelope.clone(),
                NodeError::nowhere(ErrorKind::Unjoined, reason),
            );
            return self.table.end_trace(envelope, Some(error), &mut self.slab);
        }
        self.spent = self.spent.saturating_add(spent);
        self.was_over(now);
        self.table.steps.retry(step, again.attempts, again.until);
    }
}
