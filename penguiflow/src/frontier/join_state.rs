//! The state of an open join: the inputs that have arrived, for one message, and the steps that may
//! still fill the rest. Plain data, without clock or task.

use std::collections::{BTreeSet, VecDeque};

use super::cursor::{Cursor, PendingStep};
use super::failed_input::FailedInput;
use super::inputs::Inputs;
use super::join_scope::{JoinScope, ScopeKey};
use super::map_window::MapWindow;
use super::merged_cursor::MergedCursor;
use super::step_slab::{StepKey, StepOps};
use crate::error::{ErrorKind, NodeError};
use crate::graph::{JoinInfo, JoinKind};
use crate::message::StepId;

/// It belongs to the step at which the ways to the join parted, and so to one trace, one turn of
/// a loop, one branch or item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JoinState {
    pub(super) key: ScopeKey,
    /// The cursor of the first step in it, or of where the items of a map part.
    pub(super) origin: Cursor,
    pub(super) inputs: Inputs,
    /// The cursors of all that came.
    pub(super) merged: Option<MergedCursor>,
    /// The inputs that nothing will fill.
    pub(super) lost: BTreeSet<u32>,
    pub(super) last_failure: Option<FailedInput>,
    /// The items of a map, which are its inputs.
    pub(super) window: Option<MapWindow>,
    /// Whether its step was made. It stays until no step is left in it, so that none opens it
    /// again.
    pub(super) is_complete: bool,
    /// The steps to run, running or parked that it waits for, by input. A step is in every scope
    /// of its cursor.
    members: BTreeSet<(u32, StepId)>,
}

/// The state of an input after a step left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Departure {
    /// The step was not in it.
    Stranger,
    /// Other steps are left at this input.
    OthersLeft,
    /// It was the last one at this input.
    InputOver,
}

impl JoinState {
    pub(super) fn new(key: ScopeKey, origin: Cursor) -> Self {
        Self {
            key,
            origin,
            inputs: Inputs::default(),
            merged: None,
            lost: BTreeSet::new(),
            last_failure: None,
            window: None,
            is_complete: false,
            members: BTreeSet::new(),
        }
    }

    /// A map, whose items are to begin.
    pub(super) fn of_items(mut cursor: Cursor, join: u32, items: VecDeque<StepKey>) -> Self {
        let since = cursor.id;
        let input = 0;
        cursor.scopes.push(JoinScope { join, since, input });
        let total = items.len();
        Self {
            window: Some(MapWindow::new(items, total)),
            ..Self::new(ScopeKey { join, since }, cursor)
        }
    }

    /// The steps that it keeps.
    pub(super) fn keys(&self) -> impl Iterator<Item = StepKey> {
        let waiting = self.window.iter().flat_map(MapWindow::waiting);
        self.inputs.keys().chain(waiting)
    }

    pub(super) fn enter(&mut self, input: u32, step: StepId) {
        self.members.insert((input, step));
    }

    pub(super) fn leave(&mut self, input: u32, step: StepId) -> Departure {
        if !self.members.remove(&(input, step)) {
            return Departure::Stranger;
        }
        match self.at(input).next() {
            Some(_) => Departure::OthersLeft,
            None => Departure::InputOver,
        }
    }

    /// The steps at an input.
    fn at(&self, input: u32) -> impl Iterator<Item = StepId> {
        let (first, last) = StepId::BOUNDS;
        let range = (input, first)..=(input, last);
        self.members.range(range).map(|(_, step)| *step)
    }

    /// The steps in it: all, or those at one input.
    pub(super) fn members(&self, input: Option<u32>) -> Vec<StepId> {
        match input {
            Some(input) => self.at(input).collect(),
            None => self.members.iter().map(|(_, step)| *step).collect(),
        }
    }

    /// How many inputs have steps.
    pub(super) fn begun(&self) -> usize {
        let mut inputs: Vec<_> = self.members.iter().map(|(input, _)| *input).collect();
        inputs.dedup();
        inputs.len()
    }

    /// Whether no more inputs can arrive.
    pub(super) fn is_deserted(&self) -> bool {
        self.members.is_empty() && self.window.as_ref().is_none_or(MapWindow::is_drained)
    }

    /// Whether its ways parted where no step is known to be on one of them: then nothing more comes
    /// only once the trace is over.
    pub(super) fn is_for_the_trace(&self) -> bool {
        self.origin.outside(self.key).is_none()
    }

    fn join(&self, joins: Joins) -> &'static JoinInfo {
        &joins[self.key.join as usize]
    }

    fn input_count(&self, joins: Joins) -> usize {
        let items = self.window.as_ref().map(MapWindow::len);
        items.unwrap_or(self.join(joins).inputs.len())
    }

    fn wanted(&self, joins: Joins) -> usize {
        self.join(joins).wanted(self.input_count(joins))
    }

    /// Takes an input, and returns the join's step if that was the last one wanted.
    pub(super) fn arrive(
        &mut self,
        input: u32,
        pending: PendingStep<StepKey>,
        steps: &mut dyn StepOps,
    ) -> Option<PendingStep<StepKey>> {
        if self.join(steps.joins()).kind == JoinKind::Each {
            return Some(self.pass(pending, steps));
        }
        let PendingStep { cursor, step } = pending;
        if let Some(before) = self.inputs.insert(input, step) {
            steps.remove(before);
        }
        match &mut self.merged {
            Some(merged) => merged.add(input, cursor, steps.header_rule()),
            none => *none = Some(MergedCursor::new(input, cursor)),
        }
        self.complete_if_full(steps)
    }

    /// An item goes on by itself.
    fn pass(&self, pending: PendingStep<StepKey>, steps: &mut dyn StepOps) -> PendingStep<StepKey> {
        let PendingStep { cursor, step } = pending;
        let mut cursor = cursor.outside(self.key).unwrap_or(cursor);
        cursor.follow();
        let step = steps.complete(self.key.join, vec![step]);
        PendingStep { cursor, step }
    }

    /// The join's step, if all that are wanted have come: at once, if none are.
    pub(super) fn complete_if_full(
        &mut self,
        steps: &mut dyn StepOps,
    ) -> Option<PendingStep<StepKey>> {
        let joins = steps.joins();
        let passes = self.join(joins).kind == JoinKind::Each;
        let is_full = !passes && !self.is_complete && self.inputs.len() == self.wanted(joins);
        is_full.then(|| self.complete(steps))
    }

    fn complete(&mut self, steps: &mut dyn StepOps) -> PendingStep<StepKey> {
        self.is_complete = true;
        let merged = self.merged.take().map(MergedCursor::into_cursor);
        let cursor = merged.unwrap_or_else(|| self.origin.clone());
        let cursor = cursor.behind(self.key);
        let keys = match self.join(steps.joins()).kind {
            JoinKind::Join | JoinKind::Settle => self.inputs.take_by_input(),
            _ => self.inputs.take_as_they_came(),
        };
        let step = steps.complete(self.key.join, keys);
        PendingStep { cursor, step }
    }

    /// This input is lost, unless it has arrived.
    pub(super) fn lose(&mut self, input: u32, failed: Option<FailedInput>) {
        if !self.inputs.contains(input) {
            self.lost.insert(input);
        }
        self.last_failure = failed.or(self.last_failure.take());
    }

    /// Its failure, if too many branches are lost for it ever to be full and one of them failed.
    pub(super) fn failure(&self, joins: Joins) -> Option<FailedInput> {
        let is_hopeless = self.lost.len() + self.wanted(joins) > self.input_count(joins);
        is_hopeless.then(|| self.last_failure.clone()).flatten()
    }

    /// Its failure, if it has more inputs than its map takes, or fewer than it wants.
    pub(super) fn refusal(&self, joins: Joins) -> Option<FailedInput> {
        let (wanted, inputs) = (self.wanted(joins), self.input_count(joins));
        if let Some(max) = self.join(joins).max_items.filter(|max| inputs > *max) {
            let reason = format!("was given {inputs} items, and its map takes {max} at most");
            return Some(self.error(ErrorKind::Invalid, &reason, joins));
        }
        if wanted <= inputs || self.join(joins).kind == JoinKind::Each {
            return None;
        }
        let reason =
            format!("was left waiting: it takes {wanted} of the items, and there are {inputs}");
        Some(self.error(ErrorKind::Unjoined, &reason, joins))
    }

    /// Its result, once no more inputs can arrive: nothing, if it waits for all of its branches and
    /// none has arrived; otherwise its last failure.
    pub(super) fn left_waiting(&self, joins: Joins) -> Option<FailedInput> {
        let may_be_empty = matches!(self.join(joins).kind, JoinKind::Join | JoinKind::Each);
        match (self.is_complete, &self.last_failure) {
            (true, _) => None,
            _ if may_be_empty && self.inputs.is_empty() => None,
            (_, Some(failed)) => Some(failed.clone()),
            (_, None) => Some(self.unjoined(joins)),
        }
    }

    fn unjoined(&self, joins: Joins) -> FailedInput {
        let missing = (0..self.input_count(joins) as u32).filter(|at| !self.inputs.contains(*at));
        let mut missing: Vec<_> = missing.map(|input| self.called(input, joins)).collect();
        if let Some(more) = missing.len().checked_sub(LISTED + 1) {
            missing.truncate(LISTED);
            missing.push(format!("{} more", more + 1));
        }
        let missing = missing.join(", ");
        let reason = format!("was left waiting: nothing came from {missing}");
        self.error(ErrorKind::Unjoined, &reason, joins)
    }

    fn called(&self, input: u32, joins: Joins) -> String {
        let join = self.join(joins);
        match self.window {
            Some(_) => format!("`{}[{input}]`", join.inputs[0]),
            None => format!("`{}`", join.inputs[input as usize]),
        }
    }

    /// The join fails, as the message whose ways parted.
    fn error(&self, kind: ErrorKind, reason: &str, joins: Joins) -> FailedInput {
        let error = NodeError::at(self.join(joins).name, kind, reason);
        FailedInput::at(&self.origin, error)
    }

    /// The next item, if it may begin now: no more run at once than may.
    pub(super) fn begin_item(&mut self, joins: Joins) -> Option<PendingStep<StepKey>> {
        let at_once = self.join(joins).items_at_once.unwrap_or_default().max(1);
        let (item, step) = self.window.as_mut()?.begin(at_once)?;
        let cursor = self.item(item);
        Some(PendingStep { cursor, step })
    }

    /// The cursor that an item begins on.
    fn item(&self, item: u32) -> Cursor {
        let mut cursor = self.origin.clone();
        cursor.id = self.key.since.child(item);
        if let Some(scope) = cursor.scopes.last_mut() {
            scope.input = item;
        }
        cursor
    }

    /// No step is left at this input: if nothing came, nothing will.
    pub(super) fn end_input(&mut self, input: u32) {
        self.lose(input, None);
        if let Some(window) = &mut self.window {
            window.end();
        }
    }

    /// Drops the items that have not begun.
    pub(super) fn drop_items(&mut self, steps: &mut dyn StepOps) {
        let window = self.window.iter_mut();
        let waiting = window.flat_map(MapWindow::drain);
        waiting.for_each(|key| steps.remove(key));
    }

    /// Whether it is that of a map without items.
    pub(super) fn is_empty_map(&self) -> bool {
        self.window.as_ref().is_some_and(|window| window.len() == 0)
    }
}

/// The joins of the flow.
type Joins = &'static [JoinInfo];

/// How many missing inputs an error names.
const LISTED: usize = 5;

#[cfg(test)]
mod tests;
