//! When what has changed in a trace is to be stored: at once, or, for a flow with
//! `#[flow(durable = "awaits")]`, where something of it begins to wait for a value or stops waiting.

use std::time::Duration;

use penguiflow::host::{Durability, DurableFlow, DurableTrace, StepId, TraceState};
use tokio::time::Instant;

/// A trace whose next attempt is to run that soon stays in memory.
const SOON: Duration = Duration::from_secs(1);

pub(super) struct Checkpoints {
    durability: Durability,
    /// The steps that the store has as parked.
    parked: Vec<StepId>,
}

impl Checkpoints {
    /// For a trace as it is stored.
    pub(super) fn new(flow: &DurableFlow, trace: &DurableTrace) -> Self {
        let mut checkpoints = Self {
            durability: flow.durability(),
            parked: Vec::new(),
        };
        checkpoints.store(trace);
        checkpoints
    }

    /// Whether a change that nobody waits for is to be stored before what follows from it begins.
    ///
    /// What ends a wait is, too: after a crash the same wait could end otherwise.
    pub(super) fn is_due(&self, trace: &DurableTrace) -> bool {
        match (self.durability, trace.state()) {
            (Durability::Awaits, TraceState::Active) => parked(trace) != self.parked,
            (Durability::Awaits, state) => !is_soon(state) || parked(trace) != self.parked,
            _ => true,
        }
    }

    /// The trace is about to be stored.
    pub(super) fn store(&mut self, trace: &DurableTrace) {
        if self.durability == Durability::Awaits {
            self.parked = parked(trace);
        }
    }
}

fn parked(trace: &DurableTrace) -> Vec<StepId> {
    trace.parked().iter().map(|parked| parked.step).collect()
}

/// Whether a trace goes on by itself so soon that it stays in memory.
pub(super) fn is_soon(state: TraceState) -> bool {
    matches!(state, TraceState::Waiting(Some(until)) if until < Instant::now() + SOON)
}
