//! The parts of its flow that a stored frontier relies on: the nodes of its steps, with the types
//! that they take, the open joins, and the places where it is parked. They are stored with the
//! frontier, and compared when it is read back. All else of the flow may have changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::step_joins::StepJoins;
use crate::graph::{AwaitInfo, JoinInfo, JoinKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Reliance {
    /// The types that nodes take, by the nodes' names.
    nodes: BTreeMap<String, String>,
    /// The inputs of open joins, by the joins' numbers.
    joins: BTreeMap<u32, String>,
    /// What joins are made of that are full and have not been run, by their names: their inputs
    /// stand in a tuple.
    #[serde(default)]
    full: BTreeMap<String, String>,
    /// The types that are waited for, by the numbers of the places.
    awaits: BTreeMap<u32, String>,
}

impl Reliance {
    pub(super) fn step<Step: StepJoins>(&mut self, step: &Step) {
        if let Some(node) = Step::GRAPH.nodes.get(step.number()) {
            let (name, input) = (node.name.to_owned(), node.input.to_string());
            self.nodes.insert(name, input);
            if let Some(join) = Step::JOINS.iter().find(|join| join.name == node.name) {
                let name = join.name.to_owned();
                self.full.insert(name, join_as_text(join));
            }
        }
    }

    pub(super) fn scopes<Step: StepJoins>(&mut self, cursor: &Cursor) {
        for scope in cursor.scopes.iter() {
            self.join::<Step>(scope.join);
        }
    }

    pub(super) fn join<Step: StepJoins>(&mut self, number: u32) {
        if let Some(info) = Step::JOINS.get(number as usize) {
            self.joins.insert(number, join_as_text(info));
        }
    }

    pub(super) fn place<Step: StepJoins>(&mut self, place: Option<u32>) {
        let info = place.and_then(|place| Some((place, Step::AWAITS.get(place as usize)?)));
        if let Some((place, info)) = info {
            self.awaits.insert(place, await_as_text(info));
        }
    }

    /// Whether the flow still has what was relied on.
    ///
    /// # Errors
    ///
    /// All that has changed.
    pub(super) fn holds_for<Step: StepJoins>(&self) -> Result<(), String> {
        let changes = [
            self.changed_nodes::<Step>(),
            changed(&self.joins, |join| {
                Step::JOINS.get(*join as usize).map(join_as_text)
            }),
            changed(&self.full, |name| {
                let mut joins = Step::JOINS.iter();
                joins.find(|join| join.name == name).map(join_as_text)
            }),
            changed(&self.awaits, |place| {
                Step::AWAITS.get(*place as usize).map(await_as_text)
            }),
        ];
        let changes: BTreeSet<_> = changes.into_iter().flatten().collect();
        let changes: Vec<_> = changes.into_iter().collect();
        match changes.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "the flow has changed since this frontier was stored: {}",
                changes.join("; ")
            )),
        }
    }

    fn changed_nodes<Step: StepJoins>(&self) -> Vec<String> {
        let nodes = Step::GRAPH.nodes.iter();
        let now: BTreeMap<_, _> = nodes.map(|node| (node.name, node.input)).collect();
        let changed = self.nodes.iter().filter_map(|(name, before)| {
            let Some(input) = now.get(name.as_str()) else {
                return Some(format!("there is no node `{name}`"));
            };
            let input = input.to_string();
            (input != *before)
                .then(|| format!("node `{name}` took `{before}`, and takes `{input}`"))
        });
        changed.collect()
    }
}

fn changed<K>(before: &BTreeMap<K, String>, now: impl Fn(&K) -> Option<String>) -> Vec<String> {
    let mut changed = BTreeSet::new();
    for (key, before) in before {
        match now(key) {
            Some(now) if now == *before => {}
            Some(now) => drop(changed.insert(format!("{before} is now {now}"))),
            None => drop(changed.insert(format!("{before} is gone"))),
        }
    }
    changed.into_iter().collect()
}

/// `join of [price, count]`
fn join_as_text(info: &JoinInfo) -> String {
    let kind = match info.kind {
        JoinKind::Join => "a `join`".to_owned(),
        JoinKind::Settle => "a `settle`".to_owned(),
        JoinKind::Race => "a `race`".to_owned(),
        JoinKind::Quorum(wanted) => format!("a `quorum({wanted})`"),
        JoinKind::Each => "items that go on by themselves,".to_owned(),
    };
    let of = match info.items_at_once {
        Some(_) => "of the items of",
        None => "of",
    };
    format!("{kind} {of} [{}]", info.inputs.join(", "))
}

fn await_as_text(info: &AwaitInfo) -> String {
    format!("`{}`", info.name)
}
