//! Checks whether a frontier that was read back fits this flow: every index in it is checked before
//! it is used. An error names the place that it is about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::cursor::{Cursor, PendingStep};
use super::join_scope::{JoinScopes, ScopeKey};
use super::merged_cursor::MergedCursor;
use super::outcome::Emit;
use super::step_joins::StepJoins;
use super::stored::{StoredFrontier, StoredItems, StoredJoin};
use crate::graph::{JoinInfo, JoinKind};
use crate::message::Message;

/// # Errors
///
/// The part that does not fit the flow, and its place.
pub(super) fn check<Step: StepJoins, Out>(
    stored: &StoredFrontier<Step, Message<Out>>,
) -> Result<(), String> {
    let mut reader = Reader {
        joins: Step::JOINS,
        states: BTreeMap::new(),
    };
    for (number, join) in stored.joins.iter().enumerate() {
        reader.join(&format_args!("joins[{number}]"), join)?;
    }
    for (number, join) in stored.joins.iter().enumerate() {
        reader.origins(&format_args!("joins[{number}]"), join)?;
    }
    for (number, pending) in stored.steps.iter().enumerate() {
        let place = format!("steps[{number}]");
        reader.step(&place, &pending.cursor)?;
        is_run(&place, &pending.step)?;
    }
    for (number, retried) in stored.retried.iter().enumerate() {
        let place = format!("retried[{number}]");
        reader.step(&place, &retried.pending.cursor)?;
        is_run(&place, &retried.pending.step)?;
    }
    for (number, parked) in stored.parked.iter().enumerate() {
        let place = format!("parked[{number}]");
        reader.step(&place, &parked.pending.cursor)?;
        if parked.pending.step.parked() != Some(parked.wait.place) {
            let at = parked.wait.place;
            return Err(format!(
                "{place}.place: the step does not wait at the place {at}"
            ));
        }
    }
    reader
        .states
        .into_values()
        .try_for_each(OpenJoin::check_items)
}

/// The same for one thing that a step emits, with its number: the joins in it are those of the flow.
///
/// # Errors
///
/// The part that does not fit the flow, and its place.
pub(super) fn check_emit<Step: StepJoins, Out>(
    (number, emit): (usize, &Emit<Step, Out>),
) -> Result<(), String> {
    let reader = Reader {
        joins: Step::JOINS,
        states: BTreeMap::new(),
    };
    let place = format!("emits[{number}]");
    match emit {
        Emit::Step(PendingStep { cursor, .. }) | Emit::End(cursor) | Emit::Lost(cursor, _) => {
            reader.cursor(&place, cursor)
        }
        Emit::Items(items) => {
            let info = reader.info(&place, items.join)?;
            if info.items_at_once.is_none() {
                return Err(format!("{place}.join: `{}` is not a map's", info.name));
            }
            reader.cursor(&place, &items.cursor)
        }
        Emit::Output(_) => Ok(()),
    }
}

/// A step that waits at a join or is parked is not one to run.
fn is_run(place: &dyn Display, step: &impl StepJoins) -> Result<(), String> {
    match step.input().is_none() && step.parked().is_none() {
        true => Ok(()),
        false => Err(format!("{place}.step: such a step waits, and is not run")),
    }
}

/// The steps and joins that have been read.
struct Reader {
    joins: &'static [JoinInfo],
    /// The joins that are open.
    states: BTreeMap<ScopeKey, OpenJoin>,
}

/// An open join, as far as steps refer to it.
struct OpenJoin {
    place: String,
    /// How many inputs it has.
    inputs: usize,
    /// The items of a map that wait for their turn, the last ones.
    waiting: Option<usize>,
    /// The inputs that have come, are lost, or have steps.
    begun: BTreeSet<u32>,
    is_complete: bool,
    /// The joins around it: all that is in it is in these.
    outside: Option<JoinScopes>,
}

impl Reader {
    fn info(&self, place: &dyn Display, join: u32) -> Result<&'static JoinInfo, String> {
        let info = self.joins.get(join as usize);
        info.ok_or_else(|| {
            let joins = self.joins.len();
            format!("{place}.join: there is no join {join}: the flow has {joins}")
        })
    }

    /// A cursor that is kept for its envelope: the joins in it may be over.
    fn cursor(&self, place: &dyn Display, cursor: &Cursor) -> Result<(), String> {
        for (number, scope) in cursor.scopes.iter().enumerate() {
            self.info(&format_args!("{place}.scopes[{number}]"), scope.join)?;
        }
        Ok(())
    }

    /// The cursor of a step, which its joins wait for.
    fn step(&mut self, place: &dyn Display, cursor: &Cursor) -> Result<(), String> {
        for (number, scope) in cursor.scopes.iter().enumerate() {
            let place = format!("{place}.cursor.scopes[{number}]");
            let info = self.info(&place, scope.join)?;
            let Some(open) = self.states.get_mut(&scope.key()) else {
                return Err(format!("{place}: `{}` is not open there", info.name));
            };
            open.is_within(&place, (number, &cursor.scopes), info)?;
            open.begun.insert(scope.input);
            let place = format!("{place}.input");
            is_input(&place, scope.input, open.inputs, info)?;
        }
        Ok(())
    }

    /// The cursors that a join goes on by: in the join, and in the joins that it is in.
    fn origins<Step>(&self, place: &dyn Display, stored: &StoredJoin<Step>) -> Result<(), String> {
        let merged = stored.merged.as_ref().map(MergedCursor::cursor);
        let cursors = [("origin", Some(&stored.origin)), ("merged.cursor", merged)];
        for (name, cursor) in cursors {
            let scopes = cursor.map(|cursor| &cursor.scopes);
            let place = format!("{place}.{name}.scopes");
            scopes.map_or(Ok(()), |scopes| self.origin(&place, stored.key, scopes))?;
        }
        Ok(())
    }

    fn origin(
        &self,
        place: &dyn Display,
        key: ScopeKey,
        scopes: &JoinScopes,
    ) -> Result<(), String> {
        let mut scopes_of_it = scopes.iter().rev().filter(|scope| scope.join == key.join);
        if scopes_of_it.next().is_some_and(|scope| scope.key() != key) {
            let info = self.info(place, key.join)?;
            return Err(format!("{place}: it came to another `{}`", info.name));
        }
        for (number, scope) in scopes.iter().enumerate() {
            if let Some(open) = self.states.get(&scope.key()) {
                let info = self.info(place, scope.join)?;
                open.is_within(&format_args!("{place}[{number}]"), (number, scopes), info)?;
            }
        }
        Ok(())
    }

    fn join<Step: StepJoins>(
        &mut self,
        place: &dyn Display,
        stored: &StoredJoin<Step>,
    ) -> Result<(), String> {
        let info = self.info(&format_args!("{place}.key"), stored.key.join)?;
        self.cursor(&format_args!("{place}.origin"), &stored.origin)?;
        if let Some(merged) = &stored.merged {
            self.cursor(&format_args!("{place}.merged.cursor"), merged.cursor())?;
        }
        let inputs = match (&stored.items, info.items_at_once) {
            (None, None) => info.inputs.len(),
            (Some(items), Some(_)) => items_of(place, stored, items)?,
            (Some(_), None) => {
                return Err(format!("{place}.items: `{}` is not a map's", info.name));
            }
            (None, Some(_)) => return Err(format!("{place}.items: `{}` is a map's", info.name)),
        };
        let mut begun = came(place, stored, inputs, info)?;
        for input in &stored.lost {
            is_input(&format_args!("{place}.lost"), *input, inputs, info)?;
        }
        begun.extend(&stored.lost);
        let open = OpenJoin {
            place: place.to_string(),
            inputs,
            waiting: stored.items.as_ref().map(|items| items.waiting.len()),
            begun,
            is_complete: stored.is_complete,
            outside: stored.origin.scopes.outside(stored.key),
        };
        match self.states.insert(stored.key, open) {
            None => Ok(()),
            Some(other) => Err(format!("{place}.key: it is that of {}", other.place)),
        }
    }
}

impl OpenJoin {
    /// All that is in a join is in the joins around it, once in each.
    fn is_within(
        &self,
        place: &dyn Display,
        (number, scopes): (usize, &JoinScopes),
        info: &JoinInfo,
    ) -> Result<(), String> {
        match &self.outside {
            Some(outside) if !scopes.iter().take(number).eq(outside.iter()) => Err(format!(
                "{place}: `{}` is open within other joins",
                info.name
            )),
            _ => Ok(()),
        }
    }

    /// The items that have begun are there, and no others: else a large number alone would cost
    /// memory and time, or an item would begin twice.
    fn check_items(self) -> Result<(), String> {
        let (place, inputs) = (self.place, self.inputs);
        let Some(waiting) = self.waiting.filter(|_| !self.is_complete) else {
            return Ok(());
        };
        let begun = inputs - waiting;
        let last = self.begun.last().map_or(0, |last| *last as usize + 1);
        match self.begun.len() == begun && last == begun {
            true => Ok(()),
            false => Err(format!("{place}.items.total: there are not {inputs} items")),
        }
    }
}

/// How many items a map has. Those that begin are known by the last of the scopes at its origin.
fn items_of<Step: StepJoins>(
    place: &dyn Display,
    stored: &StoredJoin<Step>,
    items: &StoredItems<Step>,
) -> Result<usize, String> {
    let (total, waiting) = (items.total, items.waiting.len());
    if waiting > total || u32::try_from(total).is_err() {
        return Err(format!(
            "{place}.items.total: a map of {total} has {waiting} items left"
        ));
    }
    let last = stored.origin.scopes.iter().next_back();
    if last.map(|scope| scope.key()) != Some(stored.key) {
        return Err(format!(
            "{place}.origin.scopes: the last one is not the map's own"
        ));
    }
    for (number, step) in items.waiting.iter().enumerate() {
        is_run(&format_args!("{place}.items.waiting[{number}]"), step)?;
    }
    Ok(total)
}

/// The inputs that have come: each once, with a step that is an input of this join, and fewer than
/// would have made it full.
fn came<Step: StepJoins>(
    place: &dyn Display,
    stored: &StoredJoin<Step>,
    inputs: usize,
    info: &JoinInfo,
) -> Result<BTreeSet<u32>, String> {
    let mut came = BTreeSet::new();
    for (number, (input, step)) in stored.inputs.iter().enumerate() {
        let place = format!("{place}.inputs[{number}]");
        is_input(&place, *input, inputs, info)?;
        let is_its = step.input().is_some_and(|(join, slot)| {
            join == stored.key.join && (info.items_at_once.is_some() || slot == *input)
        });
        if !is_its || info.kind == JoinKind::Each {
            return Err(format!(
                "{place}: such a step is not that input of `{}`",
                info.name
            ));
        }
        if !came.insert(*input) {
            return Err(format!("{place}: the input {input} has come before"));
        }
    }
    let is_full = !stored.is_complete && !came.is_empty() && came.len() >= info.wanted(inputs);
    if is_full || stored.merged.is_some() == came.is_empty() {
        let came = came.len();
        return Err(format!(
            "{place}.inputs: {came} of {inputs} do not wait for more"
        ));
    }
    Ok(came)
}

fn is_input(place: &dyn Display, input: u32, inputs: usize, info: &JoinInfo) -> Result<(), String> {
    match (input as usize) < inputs {
        true => Ok(()),
        false => Err(format!(
            "{place}: `{}` has no input {input}: it has {inputs}",
            info.name
        )),
    }
}
