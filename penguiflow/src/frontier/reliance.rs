//! The parts of its flow that a stored frontier relies on: the nodes of its steps, with the types
//! that they take, the open joins, and the places where it is parked. They are stored with the
//! frontier, and looked for when it is read back. All else of the flow may have changed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::cursor::Cursor;
use super::step_joins::StepJoins;

/// A name of the flow as it is, or one that was read.
type Name = Cow<'static, str>;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reliance {
    /// The types that nodes take, by the names under which the nodes are stored. Joins and places to park
    /// are among them.
    #[serde(default)]
    nodes: BTreeMap<Name, Name>,
    /// The names of open joins, by the joins' numbers.
    #[serde(default)]
    joins: BTreeMap<u32, Name>,
    /// The names of places where it is parked, by their numbers.
    #[serde(default)]
    awaits: BTreeMap<u32, Name>,
}

/// The numbers that joins and places to park have now, by those that they had.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    joins: BTreeMap<u32, u32>,
    awaits: BTreeMap<u32, u32>,
}

impl Numbers {
    /// Whether all have the numbers that they had.
    pub(super) fn are_same(&self) -> bool {
        let mut all = self.joins.iter().chain(&self.awaits);
        all.all(|(before, now)| before == now)
    }

    pub(super) fn join(&self, before: u32) -> u32 {
        self.joins.get(&before).copied().unwrap_or(before)
    }

    pub(super) fn place(&self, before: u32) -> u32 {
        self.awaits.get(&before).copied().unwrap_or(before)
    }
}

impl Reliance {
    pub(super) fn step<Step: StepJoins>(&mut self, step: &Step) {
        self.node::<Step>(step.number());
    }

    /// What is no node is an input of a join or a parked value, and relied on as that.
    fn node<Step: StepJoins>(&mut self, number: usize) {
        let names = Step::names();
        if let Some(input) = names.input(number) {
            self.nodes.insert(names.of(number).into(), input.into());
        }
    }

    pub(super) fn scopes<Step: StepJoins>(&mut self, cursor: &Cursor) {
        for scope in cursor.scopes.iter() {
            self.join::<Step>(scope.join);
        }
    }

    pub(super) fn join<Step: StepJoins>(&mut self, number: u32) {
        let names = Step::names();
        if let Some(node) = names
            .join(number)
            .filter(|_| !self.joins.contains_key(&number))
        {
            self.joins.insert(number, names.of(node).into());
            self.node::<Step>(node);
        }
    }

    pub(super) fn place<Step: StepJoins>(&mut self, place: Option<u32>) {
        let names = Step::names();
        let found = place.and_then(|place| Some((place, names.place(place)?)));
        if let Some((place, node)) = found {
            self.awaits.insert(place, names.of(node).into());
            self.node::<Step>(node);
        }
    }

    /// Reads what the flow still has.
    pub(super) fn read_for<'de, Step: StepJoins, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        let relied = Self::deserialize(deserializer)?;
        let holds = relied.numbers::<Step>();
        holds.map_err(de::Error::custom)?;
        Ok(relied)
    }

    /// The numbers that joins and places have in the flow as it is now.
    ///
    /// # Errors
    ///
    /// All that has changed.
    pub(super) fn numbers<Step: StepJoins>(&self) -> Result<Numbers, String> {
        let changes = self.changes::<Step>();
        if !changes.is_empty() {
            let changes: Vec<_> = changes.into_iter().collect();
            return Err(format!(
                "the flow has changed since this frontier was stored: {}",
                changes.join("; ")
            ));
        }
        let names = Step::names();
        let joins = self.joins.iter();
        let joins = joins.filter_map(|(before, name)| Some((*before, names.find_join(name)?)));
        let awaits = self.awaits.iter();
        let awaits = awaits.filter_map(|(before, name)| Some((*before, names.find_place(name)?)));
        Ok(Numbers {
            joins: joins.collect(),
            awaits: awaits.collect(),
        })
    }

    /// What the flow no longer has, each once.
    pub(crate) fn changes<Step: StepJoins>(&self) -> BTreeSet<String> {
        let names = Step::names();
        let mut changes = BTreeSet::new();
        for (name, before) in &self.nodes {
            match names
                .find_node(name)
                .map(|(_, node)| node.input.to_string())
            {
                Some(input) if input == *before => {}
                Some(input) => drop(changes.insert(format!(
                    "node `{name}` took `{before}`, and takes `{input}`"
                ))),
                None => drop(changes.insert(gone(name))),
            }
        }
        let joins = self.joins.values();
        let joins = joins.filter(|name| names.find_join(name).is_none());
        let awaits = self.awaits.values();
        let awaits = awaits.filter(|name| names.find_place(name).is_none());
        changes.extend(joins.chain(awaits).map(|name| gone(name)));
        changes
    }
}

fn gone(name: &str) -> String {
    format!("there is no node `{name}`")
}
