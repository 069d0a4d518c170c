//! When what has changed in a trace is to be stored: at once, or, for a flow with
//! `#[flow(durable = "awaits")]`, where something of it begins to wait for a value or stops waiting.

use std::collections::HashSet;
use std::time::Duration;

use penguiflow::host::{Durability, DurableFlow, DurableTrace, StepId, TraceState};
use tokio::time::Instant;

/// A trace whose next attempt is to run that soon stays in memory.
const SOON: Duration = Duration::from_secs(1);

pub(super) struct Checkpoints {
    durability: Durability,
    /// The steps that the store has as parked.
    parked: HashSet<StepId>,
}

impl Checkpoints {
    /// For a trace as it is stored.
    pub(super) fn new(flow: &DurableFlow, trace: &DurableTrace) -> Self {
        Self {
            durability: flow.durability(),
            parked: parked(trace).collect(),
        }
    }

    /// Whether a change that nobody waits for is to be stored before what follows from it begins.
    ///
    /// What ends a wait is, too: after a crash the same wait could end otherwise.
    pub(super) fn is_due(&self, trace: &DurableTrace) -> bool {
        match (self.durability, trace.state()) {
            (Durability::AtAwaits, TraceState::Active) => self.has_other_waits(trace),
            (Durability::AtAwaits, state) => !is_soon(state) || self.has_other_waits(trace),
            _ => true,
        }
    }

    fn has_other_waits(&self, trace: &DurableTrace) -> bool {
        let parked: Vec<_> = parked(trace).collect();
        let is_stored = |step| self.parked.contains(step);
        parked.len() != self.parked.len() || !parked.iter().all(is_stored)
    }

    /// The trace is about to be stored. Returns the steps that are parked by that.
    pub(super) fn store(&mut self, trace: &DurableTrace) -> Vec<StepId> {
        let steps: Vec<_> = parked(trace).collect();
        let is_new = |step: &&StepId| !self.parked.contains(*step);
        let parks = steps.iter().filter(is_new).copied().collect();
        self.parked = steps.into_iter().collect();
        parks
    }
}

fn parked(trace: &DurableTrace) -> impl Iterator<Item = StepId> {
    trace.parked().into_iter().map(|parked| parked.step)
}

/// Whether a trace goes on by itself so soon that it stays in memory.
pub(super) fn is_soon(state: TraceState) -> bool {
    matches!(state, TraceState::Waiting(Some(until)) if until < Instant::now() + SOON)
}
