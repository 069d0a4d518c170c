//! The steps of a trace that are to run, run, or are parked, by their ids. Every lookup costs the
//! same, however many there are. Plain data, without clock or task: times are handed in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::cursor::{Cursor, PendingStep};
use super::step_slab::StepKey;
use crate::message::{StepId, clock};

#[derive(Debug, Clone, Default)]
pub(super) struct ActiveSteps {
    steps: HashMap<StepId, ActiveStep, ById>,
    /// Those to run and those parked, each in their order.
    queue: BTreeMap<u64, StepId>,
    parked: BTreeMap<u64, StepId>,
    expiries: BTreeSet<(Instant, StepId)>,
    /// Those that were dropped while they ran, of which the host does not know yet.
    dropped: Vec<StepId>,
    next_turn: u64,
}

#[derive(Debug, Clone)]
pub(super) struct ActiveStep {
    pub(super) cursor: Cursor,
    /// `None` if the host was given the payload itself.
    pub(super) key: Option<StepKey>,
    pub(super) phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// It is to run, in this turn.
    Queued(u64),
    /// It was taken out and has not come back. A frontier that is stored keeps it as one to run.
    Running,
    /// An attempt of it failed, and the next one is to run from then on.
    Retried(Instant),
    /// It was dropped while it ran.
    Abandoned,
    /// It waits for a value from outside, in this turn.
    Parked(u64, Wait),
}

/// Where a step is parked, and how long the flow lets it wait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Wait {
    pub(super) place: u32,
    #[serde(with = "clock::as_wall_time")]
    pub(super) since: Instant,
    #[serde(with = "clock::as_wall")]
    pub(super) patience: Option<Instant>,
}

impl ActiveStep {
    /// When it stops waiting, if it waits.
    pub(super) fn until(&self) -> Option<Instant> {
        if let Phase::Retried(until) = self.phase {
            return Some(until);
        }
        let patience = self.wait()?.patience;
        let deadline = self.cursor.envelope.deadline();
        patience.into_iter().chain(deadline).min()
    }

    /// Whether it is to run, now or later.
    pub(super) fn is_to_run(&self) -> bool {
        matches!(self.phase, Phase::Queued(_) | Phase::Retried(_))
    }

    /// Where it is parked, and how long it may wait.
    pub(super) fn wait(&self) -> Option<Wait> {
        match self.phase {
            Phase::Parked(_, wait) => Some(wait),
            _ => None,
        }
    }
}

impl ActiveSteps {
    /// A step is to run.
    pub(super) fn queue(&mut self, pending: PendingStep<StepKey>) {
        let turn = self.turn();
        self.queue.insert(turn, pending.cursor.id);
        self.insert(pending, Phase::Queued(turn));
    }

    /// A step waits for a value from outside.
    pub(super) fn park(&mut self, pending: PendingStep<StepKey>, wait: Wait) {
        let (turn, id) = (self.turn(), pending.cursor.id);
        self.parked.insert(turn, id);
        let until = self.insert(pending, Phase::Parked(turn, wait)).until();
        self.expiries.extend(until.map(|at| (at, id)));
    }

    /// An attempt of a step has failed: the next one is to run from this instant on.
    pub(super) fn retry(&mut self, id: StepId, attempts: u32, until: Instant) {
        if let Some(mut step) = self.remove(id) {
            step.cursor.attempts = attempts;
            step.phase = Phase::Retried(until);
            self.expiries.insert((until, id));
            self.steps.insert(id, step);
        }
    }

    /// Its wait is over: it is to run.
    pub(super) fn requeue(&mut self, id: StepId) {
        let Some(step) = self.remove(id) else { return };
        let (cursor, key) = (step.cursor, step.key);
        if let Some(step) = key {
            self.queue(PendingStep { cursor, step });
        }
    }

    fn turn(&mut self) -> u64 {
        self.next_turn += 1;
        self.next_turn
    }

    fn insert(&mut self, pending: PendingStep<StepKey>, phase: Phase) -> &ActiveStep {
        let PendingStep { cursor, step } = pending;
        let (id, key) = (cursor.id, Some(step));
        // No trace has two steps of one id, but a stored text that was altered may.
        self.remove(id);
        let step = ActiveStep { cursor, key, phase };
        let entry = self.steps.entry(id).insert_entry(step);
        entry.into_mut()
    }

    /// The step to run whose turn is last.
    pub(super) fn last_queued(&self) -> Option<StepId> {
        self.queue.last_key_value().map(|(_, id)| *id)
    }

    /// Takes out a step to run. It keeps its payload, unless that is taken, too.
    pub(super) fn run(&mut self, id: StepId) -> Option<&mut ActiveStep> {
        let step = self.steps.get_mut(&id)?;
        let Phase::Queued(turn) = step.phase else {
            return None;
        };
        self.queue.remove(&turn);
        step.phase = Phase::Running;
        Some(step)
    }

    /// The steps to run, in the order in which they were emitted.
    pub(super) fn queued(&self) -> impl ExactSizeIterator<Item = &ActiveStep> {
        self.queue.values().map(|id| &self.steps[id])
    }

    /// The parked steps, in the order in which they began to wait.
    pub(super) fn parked(&self) -> impl ExactSizeIterator<Item = &ActiveStep> {
        self.parked.values().map(|id| &self.steps[id])
    }

    /// Puts another payload in place of a step's, which begins anew, and returns the one before.
    pub(super) fn replace(&mut self, id: StepId, key: StepKey) -> Option<StepKey> {
        let step = self.steps.get_mut(&id)?;
        step.cursor.attempts = 0;
        step.key.replace(key)
    }

    /// Any of them.
    pub(super) fn any(&self) -> Option<&ActiveStep> {
        self.steps.values().next()
    }

    /// The steps whose next attempt is to run later, each with that time.
    pub(super) fn retried(&self) -> impl Iterator<Item = (&ActiveStep, Instant)> {
        let steps = self.steps.values();
        steps.filter_map(|step| match step.phase {
            Phase::Retried(until) => Some((step, until)),
            _ => None,
        })
    }

    /// Takes out the steps that were dropped while they ran.
    pub(super) fn take_dropped(&mut self) -> Vec<StepId> {
        std::mem::take(&mut self.dropped)
    }

    /// Forgets a step that was dropped while it ran, and is not to come back.
    pub(super) fn forget_abandoned(&mut self, id: StepId) {
        if self
            .steps
            .get(&id)
            .is_some_and(|step| step.phase == Phase::Abandoned)
        {
            self.steps.remove(&id);
        }
    }

    /// The steps that run.
    pub(super) fn running(&self) -> impl Iterator<Item = &ActiveStep> {
        let steps = self.steps.values();
        steps.filter(|step| step.phase == Phase::Running)
    }

    /// A step that is to run or runs, and how many there are.
    pub(super) fn unfinished(&self) -> Option<(&Cursor, usize)> {
        let retried = self.retried().map(|(step, _)| step);
        let mut left = self.queued().chain(self.running()).chain(retried);
        let first = left.next()?;
        Some((&first.cursor, 1 + left.count()))
    }

    pub(super) fn get(&self, id: StepId) -> Option<&ActiveStep> {
        self.steps.get(&id)
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.first().map(|(at, _)| *at)
    }

    /// A step that has waited until now, or longer than it may.
    pub(super) fn expired(&self, now: Instant) -> Option<StepId> {
        let (at, id) = self.expiries.first()?;
        (*at <= now).then_some(*id)
    }

    /// A step is over, or goes on from where it was parked.
    pub(super) fn remove(&mut self, id: StepId) -> Option<ActiveStep> {
        let step = self.steps.remove(&id)?;
        match step.phase {
            Phase::Queued(turn) => drop(self.queue.remove(&turn)),
            Phase::Parked(turn, _) => {
                self.parked.remove(&turn);
                let until = step.until();
                until.map(|at| self.expiries.remove(&(at, id)));
            }
            Phase::Retried(until) => drop(self.expiries.remove(&(until, id))),
            Phase::Running | Phase::Abandoned => {}
        }
        Some(step)
    }

    /// Drops a step that nobody waits for. One that runs is known until it comes back.
    pub(super) fn drop_step(&mut self, id: StepId) -> Option<ActiveStep> {
        let step = self.remove(id)?;
        if matches!(step.phase, Phase::Running | Phase::Abandoned) {
            if step.phase == Phase::Running {
                self.dropped.push(id);
            }
            let abandoned = ActiveStep {
                key: None,
                phase: Phase::Abandoned,
                ..step.clone()
            };
            self.steps.insert(id, abandoned);
        }
        Some(step)
    }

    /// All ids.
    pub(super) fn ids(&self) -> Vec<StepId> {
        self.steps.keys().copied().collect()
    }
}

/// A step's id is a hash.
type ById = BuildHasherDefault<AsItIs>;

#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }
}
