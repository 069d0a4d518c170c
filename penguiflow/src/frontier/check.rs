//! Checks whether a frontier that was read back fits this flow: every index in it is checked before
//! it is used. An error names the place that it is about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::cursor::Cursor;
use super::join_scope::{JoinScope, ScopeKey};
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
    for (number, pending) in stored.steps.iter().enumerate() {
        let place = format!("steps[{number}]");
        reader.step(&place, &pending.cursor)?;
        is_run(&place, &pending.step)?;
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
    reader.check_totals()
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
    /// How many of them are accounted for: they have come, are lost, or wait for their turn.
    known: usize,
    /// The inputs that have steps.
    begun: BTreeSet<u32>,
    is_complete: bool,
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
            self.scope(&format_args!("{place}.cursor.scopes[{number}]"), *scope)?;
        }
        Ok(())
    }

    fn scope(&mut self, place: &dyn Display, scope: JoinScope) -> Result<(), String> {
        let info = self.info(place, scope.join)?;
        let Some(open) = self.states.get_mut(&scope.key()) else {
            return Err(format!("{place}: `{}` is not open there", info.name));
        };
        open.begun.insert(scope.input);
        is_input(
            &format_args!("{place}.input"),
            scope.input,
            open.inputs,
            info,
        )
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
        let came = came(place, stored, inputs, info)?;
        for input in &stored.lost {
            is_input(&format_args!("{place}.lost"), *input, inputs, info)?;
        }
        let waiting = stored.items.as_ref().map_or(0, |items| items.waiting.len());
        let lost: BTreeSet<_> = stored.lost.iter().collect();
        let open = OpenJoin {
            place: place.to_string(),
            inputs,
            known: came + lost.len() + waiting,
            begun: BTreeSet::new(),
            is_complete: stored.is_complete,
        };
        match self.states.insert(stored.key, open) {
            None => Ok(()),
            Some(other) => Err(format!("{place}.key: it is that of {}", other.place)),
        }
    }

    /// What is counted is there: otherwise a large number alone would cost memory and time.
    fn check_totals(&self) -> Result<(), String> {
        let is_short =
            |open: &&OpenJoin| !open.is_complete && open.known + open.begun.len() < open.inputs;
        let maps = self.states.iter();
        let mut maps = maps
            .filter(|(key, _)| self.is_map(**key))
            .map(|(_, open)| open);
        match maps.find(is_short) {
            None => Ok(()),
            Some(OpenJoin { place, inputs, .. }) => {
                Err(format!("{place}.items.total: there are not {inputs} items"))
            }
        }
    }

    fn is_map(&self, key: ScopeKey) -> bool {
        let info = self.joins.get(key.join as usize);
        info.is_some_and(|info| info.items_at_once.is_some())
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

/// How many inputs have come: each once, with a step that is an input of this join, and fewer than
/// would have made it full.
fn came<Step: StepJoins>(
    place: &dyn Display,
    stored: &StoredJoin<Step>,
    inputs: usize,
    info: &JoinInfo,
) -> Result<usize, String> {
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
    Ok(came.len())
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
