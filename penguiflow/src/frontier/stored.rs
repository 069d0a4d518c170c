//! The stored form of a frontier: steps by their names, without keys that could point astray.

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::active_steps::Wait;
use super::cursor::{Cursor, PendingStep};
use super::failed_input::FailedInput;
use super::join_scope::ScopeKey;
use super::merged_cursor::MergedCursor;
use super::reliance::{Numbers, Reliance};
use super::step_joins::StepJoins;
use crate::error::NodeError;
use crate::message::{Envelope, clock};

#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "Step: StepJoins + Deserialize<'de>, Output: Deserialize<'de>"))]
pub(super) struct StoredFrontier<Step, Output> {
    /// The first of all, so that what has changed is reported before it cannot be read. A host that has
    /// migrated the frontier may leave it out.
    #[serde(default, deserialize_with = "Reliance::read_for::<Step, _>")]
    pub(super) relies_on: Reliance,
    /// The steps to run; those that run are to run again.
    pub(super) steps: Vec<PendingStep<Step>>,
    pub(super) outputs: Vec<Output>,
    pub(super) has_put_out: bool,
    pub(super) spent: u64,
    #[serde(default, with = "clock::as_wall")]
    pub(super) last: Option<Instant>,
    pub(super) parked: Vec<StoredParked<Step>>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub(super) retried: Vec<StoredRetry<Step>>,
    pub(super) joins: Vec<StoredJoin<Step>>,
    pub(super) ended: Option<Envelope>,
    pub(super) failure: Option<(Envelope, NodeError)>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredParked<Step> {
    #[serde(flatten)]
    pub(super) wait: Wait,
    pub(super) pending: PendingStep<Step>,
}

/// A step whose next attempt is to run later.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredRetry<Step> {
    #[serde(with = "clock::as_wall_time")]
    pub(super) until: Instant,
    pub(super) pending: PendingStep<Step>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredJoin<Step> {
    pub(super) key: ScopeKey,
    pub(super) origin: Cursor,
    /// In the order in which they came.
    pub(super) inputs: Vec<(u32, Step)>,
    pub(super) merged: Option<MergedCursor>,
    pub(super) lost: Vec<u32>,
    pub(super) last_failure: Option<FailedInput>,
    pub(super) is_complete: bool,
    pub(super) items: Option<StoredItems<Step>>,
}

/// The items of a map that wait for their turn, the last of all.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredItems<Step> {
    pub(super) total: usize,
    pub(super) waiting: Vec<Step>,
}

impl<Step: StepJoins, Output> StoredFrontier<&Step, Output> {
    /// The parts of the flow that this frontier relies on. Numbers that the flow does not have are
    /// left out: they are refused by themselves.
    pub(super) fn reliance(&self) -> Reliance {
        let mut relied = Reliance::default();
        let parked = || self.parked.iter().map(|parked| &parked.pending);
        let retried = self.retried.iter().map(|retried| &retried.pending);
        for pending in self.steps.iter().chain(retried).chain(parked()) {
            relied.scopes::<Step>(&pending.cursor);
            relied.step(pending.step);
        }
        for parked in parked() {
            relied.place::<Step>(parked.step.parked());
        }
        for join in &self.joins {
            relied.join::<Step>(join.key.join);
            relied.scopes::<Step>(&join.origin);
            let merged = join.merged.as_ref().map(MergedCursor::cursor);
            merged
                .into_iter()
                .for_each(|cursor| relied.scopes::<Step>(cursor));
            let waiting = join.items.iter().flat_map(|items| &items.waiting);
            waiting.for_each(|step| relied.step(*step));
        }
        relied
    }
}

impl<Step, Output> StoredFrontier<Step, Output> {
    /// Lets joins and places to park have the numbers that they have in the flow as it is now.
    pub(super) fn renumber(&mut self, numbers: &Numbers) {
        if numbers.are_same() {
            return;
        }
        let retried = self.retried.iter_mut().map(|retried| &mut retried.pending);
        let pending = self.steps.iter_mut().chain(retried);
        pending.for_each(|pending| pending.cursor.renumber(numbers));
        for parked in &mut self.parked {
            parked.pending.cursor.renumber(numbers);
            parked.wait.place = numbers.place(parked.wait.place);
        }
        for join in &mut self.joins {
            join.key.join = numbers.join(join.key.join);
            join.origin.renumber(numbers);
            let merged = join.merged.as_mut().map(MergedCursor::cursor_mut);
            merged
                .into_iter()
                .for_each(|cursor| cursor.renumber(numbers));
        }
    }
}

impl Cursor {
    pub(super) fn renumber(&mut self, numbers: &Numbers) {
        self.scopes.renumber(|join| numbers.join(join));
    }
}
