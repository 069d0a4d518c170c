//! Writing a frontier to a store, and reading it back. What can be counted from the steps is not
//! stored, but counted as they are read back.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::Frontier;
use super::active_steps::ActiveStep;
use super::check::check;
use super::cursor::PendingStep;
use super::inputs::Inputs;
use super::join_state::JoinState;
use super::join_table::JoinTable;
use super::map_window::MapWindow;
use super::reliance::Reliance;
use super::step_joins::StepJoins;
use super::step_slab::{StepKey, StepSlab};
use super::stored::{StoredFrontier, StoredItems, StoredJoin, StoredParked, StoredRetry};
use crate::message::Message;

impl<Step: StepJoins + Serialize, Out: Serialize> Serialize for Frontier<Step, Out> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stored = self.stored().ok_or_else(|| {
            ser::Error::custom("a step of the frontier runs, and its payload was taken out with it")
        })?;
        stored.relies_on = stored.reliance();
        stored.serialize(serializer)
    }
}

impl<Step, Out> Frontier<Step, Out> {
    fn stored(&self) -> Option<StoredFrontier<&Step, &Message<Out>>> {
        let steps = &self.table.steps;
        let mut running: Vec<_> = steps.running().collect();
        running.sort_unstable_by_key(|step| step.cursor.id);
        let steps_to_run = steps.queued().chain(running);
        let joins = self.table.joins.values();
        Some(StoredFrontier {
            relies_on: Reliance::default(),
            steps: steps_to_run
                .map(|step| self.slab.stored(step))
                .collect::<Option<_>>()?,
            outputs: self.outputs.iter().collect(),
            has_put_out: self.has_put_out,
            spent: self.spent,
            last: self.last,
            parked: steps
                .parked()
                .map(|step| self.slab.stored_parked(step))
                .collect::<Option<_>>()?,
            retried: steps
                .retried()
                .map(|(step, until)| {
                    let pending = self.slab.stored(step)?;
                    Some(StoredRetry { until, pending })
                })
                .collect::<Option<_>>()?,
            joins: joins.map(|state| self.slab.stored_join(state)).collect(),
            ended: self.table.ended.clone(),
            failure: self.table.failure.clone(),
        })
    }
}

impl<Step> StepSlab<Step> {
    fn stored(&self, step: &ActiveStep) -> Option<PendingStep<&Step>> {
        let cursor = step.cursor.clone();
        let step = self.get(step.key?);
        Some(PendingStep { cursor, step })
    }

    fn stored_parked(&self, step: &ActiveStep) -> Option<StoredParked<&Step>> {
        let (wait, pending) = (step.wait()?, self.stored(step)?);
        Some(StoredParked { wait, pending })
    }

    fn stored_join(&self, state: &JoinState) -> StoredJoin<&Step> {
        let inputs = state.inputs.in_order().into_iter();
        StoredJoin {
            key: state.key,
            origin: state.origin.clone(),
            inputs: inputs.map(|(input, key)| (input, self.get(key))).collect(),
            merged: state.merged.clone(),
            lost: state.lost.iter().copied().collect(),
            last_failure: state.last_failure.clone(),
            is_complete: state.is_complete,
            items: state.window.as_ref().map(|window| StoredItems {
                total: window.len(),
                waiting: window.waiting().map(|key| self.get(key)).collect(),
            }),
        }
    }
}

impl<'de, Step, Out> Deserialize<'de> for Frontier<Step, Out>
where
    Step: StepJoins + Deserialize<'de>,
    Out: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut stored = StoredFrontier::deserialize(deserializer)?;
        let numbers = stored.relies_on.numbers::<Step>();
        stored.renumber(&numbers.map_err(de::Error::custom)?);
        let checked = check(&stored);
        let read = checked.and_then(|()| stored.read());
        read.map_err(de::Error::custom)
    }
}

impl<Step, Out> StoredFrontier<Step, Message<Out>> {
    fn read(self) -> Result<Frontier<Step, Out>, String> {
        let mut frontier = Frontier::new(self.spent);
        frontier.outputs = self.outputs;
        frontier.has_put_out = self.has_put_out;
        frontier.last = self.last;
        let (table, slab) = (&mut frontier.table, &mut frontier.slab);
        table.ended = self.ended;
        table.failure = self.failure;
        for join in self.joins {
            let state = join.read(slab);
            table.joins.insert(state.key, state);
        }
        for pending in self.steps {
            let pending = insert(table, slab, pending)?;
            table.steps.queue(pending);
        }
        for parked in self.parked {
            let pending = insert(table, slab, parked.pending)?;
            table.steps.park(pending, parked.wait);
        }
        for StoredRetry { until, pending } in self.retried {
            let (id, attempts) = (pending.cursor.id, pending.cursor.attempts);
            let pending = insert(table, slab, pending)?;
            table.steps.queue(pending);
            table.steps.retry(id, attempts, until);
        }
        table.joins.values_mut().for_each(JoinState::count_begun);
        Ok(frontier)
    }
}

/// Counts a step for its joins. Two steps of one id are of no frontier.
fn insert<Step>(
    table: &mut JoinTable,
    slab: &mut StepSlab<Step>,
    pending: PendingStep<Step>,
) -> Result<PendingStep<StepKey>, String> {
    let PendingStep { cursor, step } = pending;
    let id = cursor.id;
    if table.steps.get(id).is_some() {
        return Err(format!("the step {id} is there twice"));
    }
    table.enter(&cursor);
    let step = slab.insert(step);
    Ok(PendingStep { cursor, step })
}

impl<Step> StoredJoin<Step> {
    fn read(self, slab: &mut StepSlab<Step>) -> JoinState {
        let mut state = JoinState::new(self.key, self.origin);
        state.inputs = inputs(self.inputs, slab);
        state.merged = self.merged;
        state.lost = self.lost.into_iter().collect();
        state.last_failure = self.last_failure;
        state.is_complete = self.is_complete;
        state.window = self.items.map(|items| items.read(slab));
        state
    }
}

impl<Step> StoredItems<Step> {
    fn read(self, slab: &mut StepSlab<Step>) -> MapWindow {
        let waiting = self.waiting.into_iter().map(|step| slab.insert(step));
        MapWindow::new(waiting.collect(), self.total)
    }
}

fn inputs<Step>(came: Vec<(u32, Step)>, slab: &mut StepSlab<Step>) -> Inputs {
    let mut inputs = Inputs::default();
    for (input, step) in came {
        let before = inputs.insert(input, slab.insert(step));
        before.map(|key| slab.take(key));
    }
    inputs
}

impl JoinState {
    /// Counts the items that have begun and are not over.
    fn count_begun(&mut self) {
        let begun = self.begun();
        if let Some(window) = &mut self.window {
            window.set_begun(begun);
        }
    }
}
