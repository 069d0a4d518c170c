//! The open joins of a trace, and the effect of each step's end on them. It knows steps by number,
//! so it is compiled once and not for every flow. An event costs as much as what it ends, whatever
//! else is open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::active_steps::{ActiveSteps, Phase};
use super::cursor::{Cursor, PendingStep};
use super::failed_input::FailedInput;
use super::join_scope::{JoinScope, JoinScopes, ScopeKey};
use super::join_state::{Departure, JoinState};
use super::step_slab::{StepKey, StepOps};
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::graph::{JoinInfo, JoinKind};
use crate::message::{Envelope, StepId};

#[derive(Debug, Clone, Default)]
pub(super) struct JoinTable {
    pub(super) steps: ActiveSteps,
    pub(super) joins: BTreeMap<ScopeKey, JoinState>,
    /// The joins that the absorbed step opened: their first inputs may be all of them.
    opened: Vec<ScopeKey>,
    /// The items for which the absorbed step made room.
    pub(super) next_items: Vec<StepId>,
    /// The envelope of a step that has no place in the trace.
    astray: Option<Envelope>,
    /// The envelope of a path that ended in `None`, and the failure that ends the trace.
    pub(super) ended: Option<Envelope>,
    pub(super) failure: Option<(Envelope, NodeError)>,
}

/// Branches that nobody waits for any more: all of a join's, or those at one of its inputs.
#[derive(Debug, Clone, Copy)]
struct AbandonedBranch {
    key: ScopeKey,
    input: Option<u32>,
}

impl JoinTable {
    /// Whether nobody waits for what is still running.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// A step is to run.
    pub(super) fn begin(&mut self, pending: PendingStep<StepKey>, joins: &[JoinInfo]) {
        self.come(&pending.cursor, joins);
        self.steps.queue(pending);
    }

    /// A step is there from now on. Where nothing was changed, no other one has its id, and the maps
    /// that it is in are open.
    pub(super) fn come(&mut self, cursor: &Cursor, joins: &[JoinInfo]) {
        let mut scopes = cursor.scopes.iter();
        let is_astray = scopes.any(|scope| self.is_astray(scope.key(), joins));
        if is_astray || self.steps.get(cursor.id).is_some() {
            self.go_astray(cursor.envelope.clone());
        }
        self.enter(cursor);
    }

    /// Counts a step for the joins that wait for it.
    pub(super) fn enter(&mut self, cursor: &Cursor) {
        for scope in cursor.scopes.iter() {
            self.state(scope.key(), cursor)
                .enter(scope.input, cursor.id);
        }
    }

    /// Whether a message comes to a map that is not open. To open it would make a frontier that
    /// cannot be read back.
    fn is_astray(&self, key: ScopeKey, joins: &[JoinInfo]) -> bool {
        joins[key.join as usize].items_at_once.is_some() && !self.joins.contains_key(&key)
    }

    #[cold]
    fn go_astray(&mut self, envelope: Envelope) {
        self.astray.get_or_insert(envelope);
    }

    /// A frontier that was changed where it was stored, in what only shows as it goes on.
    #[cold]
    fn end_astray(&mut self, envelope: Envelope, ops: &mut dyn StepOps) {
        let reason =
            "the frontier was changed where it was stored: its steps do not fit each other";
        let error = NodeError::nowhere(ErrorKind::Invalid, reason);
        self.end_trace(envelope, Some(error), ops);
    }

    fn state(&mut self, key: ScopeKey, cursor: &Cursor) -> &mut JoinState {
        self.joins.entry(key).or_insert_with(|| {
            self.opened.push(key);
            JoinState::new(key, cursor.clone())
        })
    }

    /// A step's emits are absorbed: it no longer counts for its joins. Joins that it opened are
    /// closed first: their results count for its joins, too.
    pub(super) fn end(&mut self, step: StepId, scopes: &JoinScopes, ops: &mut dyn StepOps) {
        self.close_opened(ops);
        self.leave(step, scopes, ops);
        self.close_opened(ops);
        if let Some(envelope) = self.astray.take() {
            self.end_astray(envelope, ops);
        }
    }

    pub(super) fn close_opened(&mut self, ops: &mut dyn StepOps) {
        while let Some(key) = self.opened.pop() {
            self.close_if_deserted(key, ops);
        }
    }

    fn leave(&mut self, step: StepId, scopes: &JoinScopes, ops: &mut dyn StepOps) {
        for scope in scopes.iter().rev() {
            let state = self.joins.get_mut(&scope.key());
            let departure = state.map(|state| state.leave(scope.input, step));
            if departure == Some(Departure::InputOver) {
                self.input_over(*scope, ops);
            }
        }
    }

    /// No step is left at an input of a join. If nothing came, nothing will; the next item of a
    /// map begins.
    fn input_over(&mut self, scope: JoinScope, ops: &mut dyn StepOps) {
        let Some(state) = self.joins.get_mut(&scope.key()) else {
            return;
        };
        state.end_input(scope.input);
        match state.failure(ops.joins()).filter(|_| !state.is_complete) {
            Some(failed) => self.give_up(scope.key(), Some(failed), ops),
            None => {
                let items = self.begin_items(scope.key(), ops);
                self.next_items.extend(items);
            }
        }
        self.close_if_deserted(scope.key(), ops);
    }

    /// A join that is not full is left waiting once no more inputs can arrive.
    fn close_if_deserted(&mut self, key: ScopeKey, ops: &mut dyn StepOps) {
        let joins = ops.joins();
        let is_closed = |state: &&JoinState| state.is_deserted() && !state.is_for_the_trace();
        let Some(state) = self.joins.get(&key).filter(is_closed) else {
            return;
        };
        let has_passed_on =
            joins[key.join as usize].kind == JoinKind::Each && !state.is_empty_map();
        // Within a join that can do without the branch, one that lacks a part is one that came to
        // nothing, as one with a part that ended in `None` is.
        let is_borne = joins[key.join as usize].kind == JoinKind::Join
            && state.last_failure.is_none()
            && state
                .origin
                .outside(key)
                .is_some_and(|cursor| cursor.may_be_dropped(joins));
        let failed = state.left_waiting(joins).filter(|_| !is_borne);
        match state.is_complete || has_passed_on {
            true => self.forget(key, ops),
            false => self.give_up(key, failed, ops),
        }
    }

    /// Takes an input of a join, which makes a step of all if it is full.
    pub(super) fn arrive(
        &mut self,
        pending: PendingStep<StepKey>,
        (join, input): (u32, u32),
        ops: &mut dyn StepOps,
    ) {
        let scope = pending.cursor.arriving(join, input, ops.joins());
        if self.is_astray(scope.key(), ops.joins()) {
            ops.remove(pending.step);
            return self.go_astray(pending.cursor.envelope);
        }
        let state = self.state(scope.key(), &pending.cursor);
        if let Some(next) = state.arrive(scope.input, pending, ops) {
            self.go_on(scope.key(), next, ops);
        }
    }

    /// The items of a map: the first of them begin, and its join is full at once if there are
    /// none.
    pub(super) fn spread(
        &mut self,
        cursor: Cursor,
        join: u32,
        items: VecDeque<StepKey>,
        ops: &mut dyn StepOps,
    ) {
        let mut state = JoinState::of_items(cursor, join, items);
        let key = state.key;
        let refusal = state.refusal(ops.joins());
        let next = match refusal {
            Some(_) => None,
            None => state.complete_if_full(ops),
        };
        self.joins.insert(key, state);
        match (refusal, next) {
            (Some(refused), _) => self.give_up(key, Some(refused), ops),
            (None, Some(next)) => self.go_on(key, next, ops),
            (None, None) => drop(self.begin_items(key, ops)),
        }
        self.close_if_deserted(key, ops);
    }

    fn begin_items(&mut self, key: ScopeKey, ops: &mut dyn StepOps) -> Vec<StepId> {
        let mut begun = Vec::new();
        let next = |table: &mut Self| {
            let state = table.joins.get_mut(&key)?;
            state.begin_item(ops.joins())
        };
        while let Some(item) = next(self) {
            begun.push(item.cursor.id);
            self.begin(item, ops.joins());
        }
        begun
    }

    /// A path without a value: the innermost join that tolerates it goes on without it.
    pub(super) fn lose(&mut self, cursor: Cursor, error: Option<NodeError>, ops: &mut dyn StepOps) {
        let Some(scope) = cursor.innermost_tolerant(ops.joins()) else {
            return self.end_trace(cursor.envelope, error, ops);
        };
        if self.is_astray(scope.key(), ops.joins()) {
            return self.go_astray(cursor.envelope);
        }
        self.state(scope.key(), &cursor);
        let branch = AbandonedBranch {
            key: scope.key(),
            input: Some(scope.input),
        };
        self.drop_branches(branch, ops);
        for within in cursor.scopes.within(scope.key()) {
            self.forget(within.key(), ops);
        }
        let joins = ops.joins();
        let Some(state) = self.joins.get_mut(&scope.key()) else {
            return;
        };
        if state.is_complete || state.inputs.contains(scope.input) {
            return;
        }
        let settled = error
            .clone()
            .and_then(|error| ops.failed_branch(scope.join, scope.input, error));
        if let Some(step) = settled {
            let at = (scope.join, scope.input);
            return self.arrive(PendingStep { cursor, step }, at, ops);
        }
        let failed = error.map(|error| FailedInput::at(&cursor, error));
        state.lose(scope.input, failed);
        if let Some(failed) = state.failure(joins) {
            self.give_up(scope.key(), Some(failed), ops);
        }
    }

    /// Without a join that tolerates it, a failure is the trace's, and drops all that is left.
    pub(super) fn end_trace(
        &mut self,
        envelope: Envelope,
        error: Option<NodeError>,
        ops: &mut dyn StepOps,
    ) {
        let Some(error) = error else {
            self.ended = Some(envelope);
            return;
        };
        self.failure.get_or_insert((envelope, error));
        for id in self.steps.ids() {
            self.drop_step(id, ops);
        }
        for (_, state) in std::mem::take(&mut self.joins) {
            state.keys().for_each(|key| ops.remove(key));
        }
    }

    /// How the trace ended, once no step is left: the envelope of a path without a value.
    pub(super) fn finish(&self, ops: &dyn StepOps) -> Result<Option<&Envelope>, FlowError> {
        if let Some((envelope, error)) = &self.failure {
            return Err(FlowError::of(error.clone(), envelope));
        }
        if let Some((cursor, steps)) = self.steps.unfinished() {
            let reason = format!("the trace is not over: steps to run or to absorb: {steps}");
            return Err(FlowError::new(
                ErrorKind::Unjoined,
                &cursor.envelope,
                reason,
            ));
        }
        if let Some(parked) = self.steps.parked().next() {
            let error = parked.left_waiting(ops.awaits());
            return Err(FlowError::of(error, &parked.cursor.envelope));
        }
        let mut joins = self.joins.values();
        match joins.find_map(|state| state.left_waiting(ops.joins())) {
            Some(failed) => Err(FlowError::of(failed.error, &failed.envelope)),
            None => Ok(self.ended.as_ref()),
        }
    }

    /// A join that can no longer fill is itself a failed branch of the joins around it, as the
    /// message that failed; one that nothing came to, a branch that came to nothing.
    fn give_up(&mut self, key: ScopeKey, failed: Option<FailedInput>, ops: &mut dyn StepOps) {
        let Some(state) = self.joins.get(&key) else {
            return;
        };
        let cursor = state.origin.outside(key);
        self.drop_branches(AbandonedBranch { key, input: None }, ops);
        self.forget(key, ops);
        if let Some(mut cursor) = cursor {
            let error = failed.map(|failed| failed.go_on(&mut cursor));
            self.lose(cursor, error, ops);
        }
    }

    /// Goes on after a full join, or after an item that goes on by itself. A join that can do
    /// without branches drops those that it did not wait for; a `join` has them all, and they may
    /// lead elsewhere, too.
    fn go_on(&mut self, key: ScopeKey, next: PendingStep<StepKey>, ops: &mut dyn StepOps) {
        if ops.joins()[key.join as usize].tolerates_failures() {
            self.drop_branches(AbandonedBranch { key, input: None }, ops);
        }
        self.begin(next, ops.joins());
    }

    fn forget(&mut self, key: ScopeKey, ops: &mut dyn StepOps) {
        let state = self.joins.remove(&key);
        let keys = state.iter().flat_map(JoinState::keys);
        keys.for_each(|key| ops.remove(key));
    }

    /// Drops the steps of branches and the joins that were opened within them. The inputs of
    /// the join itself stay.
    fn drop_branches(&mut self, branch: AbandonedBranch, ops: &mut dyn StepOps) {
        let Some(state) = self.joins.get_mut(&branch.key) else {
            return;
        };
        if branch.input.is_none() {
            state.drop_items(ops);
        }
        let mut within = BTreeSet::new();
        let mut gone = Vec::new();
        for id in state.members(branch.input) {
            // Not the step that is being absorbed: it leaves its joins when all that it emitted
            // is in.
            let Some(cursor) = self.drop_step(id, ops) else {
                continue;
            };
            within.extend(cursor.scopes.within(branch.key).map(|scope| scope.key()));
            gone.push(cursor);
        }
        for key in within {
            self.forget(key, ops);
        }
        for cursor in gone {
            self.leave(cursor.id, &cursor.scopes, ops);
        }
    }

    /// Drops a step, unless it was dropped before.
    fn drop_step(&mut self, id: StepId, ops: &mut dyn StepOps) -> Option<Cursor> {
        let step = self.steps.drop_step(id)?;
        if step.phase == Phase::Abandoned {
            return None;
        }
        if let Some(key) = step.key {
            ops.remove(key);
        }
        Some(step.cursor)
    }
}
