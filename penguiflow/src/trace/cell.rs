//! The cell of a join: what has come to its inputs, for one message.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::arrived::Arrived;
use super::awaiting::{Awaited, Awaiting};
use super::course::{Course, Floe};
use super::frontier::{Key, Payloads};
use super::queue::Queue;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{JoinInfo, JoinKind};

/// What has come to a join. It belongs to the step at which the ways to the join parted, and
/// so to one trace, one turn of a loop, one branch or item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell {
    awaited: Awaited,
    /// The course of the first that came, or was lost, or where the items of a map part: for
    /// what has to be said of the join.
    course: Course,
    arrived: Arrived,
    /// Of the courses of all that came.
    met: Option<Met>,
    /// The inputs that nothing will come to, in the order in which that was known.
    lost: Vec<(u32, Option<NodeError>)>,
    /// The items of a map, which are its inputs.
    items: Option<Queue>,
}

/// What the message behind a join takes over: the course of the first of its inputs in the order
/// of the flow, with the soonest deadline and the most rounds of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Met {
    first: u32,
    course: Course,
}

impl Met {
    fn add(&mut self, slot: u32, mut other: Course) {
        let deadlines = [self.course.envelope.deadline, other.envelope.deadline];
        let hops = self.course.hops.max(other.hops);
        if slot <= self.first {
            self.first = slot;
            std::mem::swap(&mut self.course, &mut other);
        }
        self.course.envelope.deadline = deadlines.into_iter().flatten().min();
        self.course.hops = hops;
    }
}

impl Cell {
    pub(super) fn new(awaited: Awaited, course: &Course) -> Self {
        let course = course.clone();
        Self {
            awaited,
            course,
            arrived: Arrived::default(),
            met: None,
            lost: Vec::new(),
            items: None,
        }
    }

    /// The cell of a map, whose items are to begin.
    pub(super) fn of_items(mut course: Course, join: u32, items: VecDeque<Key>) -> Self {
        let since = course.id;
        let awaited = Awaited {
            join,
            since,
            slot: 0,
        };
        course.awaited.push(awaited);
        Self {
            items: Some(Queue::of(items)),
            ..Self::new(awaited, &course)
        }
    }

    /// Where its branches part.
    pub(super) fn beginning(&self) -> (Awaited, Course) {
        (self.awaited, self.course.clone())
    }

    /// Whether it is that of a map without items.
    pub(super) fn is_empty(&self, joins: Joins) -> bool {
        self.items.is_some() && self.inputs(joins) == 0
    }

    /// Whether it is that of a map whose items have all gone on by themselves.
    pub(super) fn is_over(&self, joins: Joins) -> bool {
        self.join(joins).kind == JoinKind::Each && self.items.as_ref().is_some_and(Queue::is_over)
    }

    pub(super) fn is_for(&self, awaited: Awaited) -> bool {
        self.awaited.is_with(&awaited)
    }

    /// Whether it stands on a branch that was dropped.
    pub(super) fn belongs_to(&self, dropped: &Dropped) -> bool {
        let before = self.course.awaited.before(self.awaited);
        before.is_some_and(|awaited| dropped.holds(&awaited))
    }

    /// The steps that it keeps.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        let arrived = self.arrived.keys();
        arrived.chain(self.items.iter().flat_map(Queue::waiting))
    }

    fn join(&self, joins: Joins) -> &'static JoinInfo {
        &joins[self.awaited.join as usize]
    }

    fn inputs(&self, joins: Joins) -> usize {
        let items = self.items.as_ref().map(Queue::len);
        items.unwrap_or(self.join(joins).inputs.len())
    }

    fn wanted(&self, joins: Joins) -> usize {
        self.join(joins).wanted(self.inputs(joins))
    }

    /// Takes an input, and gives the join's step if that was the last one wanted.
    pub(super) fn arrive(
        &mut self,
        awaited: Awaited,
        floe: Floe<Key>,
        held: &mut dyn Payloads,
    ) -> Option<Floe<Key>> {
        if self.join(held.joins()).kind == JoinKind::Each {
            return Some(pass(awaited, floe, held));
        }
        self.arrived.insert(awaited.slot, floe.step);
        match &mut self.met {
            Some(met) => met.add(awaited.slot, floe.course),
            none => {
                *none = Some(Met {
                    first: awaited.slot,
                    course: floe.course,
                });
            }
        }
        self.fill_if_complete(held)
    }

    /// The join's step, if all that are wanted have come: at once, if none are.
    pub(super) fn fill_if_complete(&mut self, held: &mut dyn Payloads) -> Option<Floe<Key>> {
        let joins = held.joins();
        let passes = self.join(joins).kind == JoinKind::Each;
        let is_full = !passes && self.arrived.len() == self.wanted(joins);
        is_full.then(|| self.fill(held))
    }

    fn fill(&mut self, held: &mut dyn Payloads) -> Floe<Key> {
        let met = self.met.take().map(|met| met.course);
        let course = met.unwrap_or_else(|| self.course.clone());
        let course = course.behind(self.awaited);
        let keys = match self.join(held.joins()).kind {
            JoinKind::Join | JoinKind::Settle => self.arrived.take_by_input(),
            _ => self.arrived.take_as_they_came(),
        };
        let step = held.fill(self.awaited.join, keys);
        Floe { course, step }
    }

    pub(super) fn lose(&mut self, slot: u32, error: Option<NodeError>) {
        self.lost.push((slot, error));
    }

    /// Its failure, if too many branches are lost for it ever to be full and one of them failed.
    pub(super) fn failure(&self, joins: Joins) -> Option<NodeError> {
        if self.lost.len() + self.wanted(joins) <= self.inputs(joins) {
            return None;
        }
        self.last_error()
    }

    /// Its failure, if it has more inputs than its map takes, or fewer than it wants.
    pub(super) fn refusal(&self, joins: Joins) -> Option<NodeError> {
        let (wanted, inputs) = (self.wanted(joins), self.inputs(joins));
        if let Some(max) = self.join(joins).max_items.filter(|max| inputs > *max) {
            let reason = format!("was given {inputs} items, and its map takes {max} at most");
            let error = FlowError::new(ErrorKind::Invalid, &self.course.envelope, reason);
            return Some(NodeError::from(&error.at(self.join(joins).name, 0)));
        }
        if wanted <= inputs || self.join(joins).kind == JoinKind::Each {
            return None;
        }
        let reason =
            format!("was left waiting: it takes {wanted} of the items, and there are {inputs}");
        Some(NodeError::from(&self.left_waiting(reason, joins)))
    }

    fn last_error(&self) -> Option<NodeError> {
        let errors = self.lost.iter().rev();
        errors.filter_map(|(_, error)| error.clone()).next()
    }

    /// Whether it was begun, once nothing more can come. None of a join's branches having come
    /// is nothing to wait for: all of them ended in `None`.
    pub(super) fn is_waiting(&self, joins: Joins) -> bool {
        let may_be_empty = matches!(self.join(joins).kind, JoinKind::Join | JoinKind::Each);
        !(may_be_empty && self.arrived.is_empty())
    }

    /// The error of a trace that ends with this join waiting: its last failure, if a branch
    /// failed, for then nothing better came.
    pub(super) fn unjoined(&self, joins: Joins) -> FlowError {
        if let Some(error) = self.last_error() {
            return FlowError::of(error, &self.course.envelope);
        }
        let has_come = |slot: &u32| self.arrived.contains(*slot);
        let missing = (0..self.inputs(joins) as u32).filter(|slot| !has_come(slot));
        let mut missing: Vec<_> = missing.map(|slot| self.input(slot, joins)).collect();
        if let Some(more) = missing.len().checked_sub(LISTED + 1) {
            missing.truncate(LISTED);
            missing.push(format!("{} more", more + 1));
        }
        let missing = missing.join(", ");
        self.left_waiting(
            format!("was left waiting: nothing came from {missing}"),
            joins,
        )
    }

    fn input(&self, slot: u32, joins: Joins) -> String {
        let join = self.join(joins);
        match self.items {
            Some(_) => format!("`{}[{slot}]`", join.inputs[0]),
            None => format!("`{}`", join.inputs[slot as usize]),
        }
    }

    fn left_waiting(&self, reason: String, joins: Joins) -> FlowError {
        let error = FlowError::new(ErrorKind::Unjoined, &self.course.envelope, reason);
        error.at(self.join(joins).name, 0)
    }

    /// The items that may begin now, so that no more run at once than may.
    pub(super) fn begin_items(&mut self, joins: Joins) -> Vec<Floe<Key>> {
        let at_once = self.join(joins).items_at_once.unwrap_or_default().max(1);
        let begun = match &mut self.items {
            Some(items) => items.begin(at_once),
            None => Vec::new(),
        };
        let begun = begun.into_iter();
        let floes = begun.map(|(slot, step)| Floe {
            course: self.item(slot),
            step,
        });
        floes.collect()
    }

    /// The course that an item begins on.
    pub(super) fn item(&self, slot: u32) -> Course {
        let mut course = self.course.clone();
        course.id = self.awaited.since.child(slot);
        if let Some(awaited) = course.awaited.last_mut() {
            awaited.slot = slot;
        }
        course
    }

    /// A step more of this item is to run.
    pub(super) fn step_begins(&mut self, slot: u32) {
        if let Some(items) = &mut self.items {
            items.step_begins(slot);
        }
    }

    /// A step of this item has run. Says whether none is left.
    pub(super) fn step_ends(&mut self, slot: u32) -> bool {
        let items = self.items.as_mut();
        items.is_some_and(|items| items.step_ends(slot))
    }

    /// Whether it still waits for this input, and nothing is known of it.
    pub(super) fn misses(&self, slot: u32, joins: Joins) -> bool {
        let is_lost = || self.lost.iter().any(|(lost, _)| *lost == slot);
        self.join(joins).kind != JoinKind::Each && !self.arrived.contains(slot) && !is_lost()
    }
}

/// One item of a map goes on by itself.
fn pass(awaited: Awaited, floe: Floe<Key>, held: &mut dyn Payloads) -> Floe<Key> {
    let mut course = floe.course.before(awaited).unwrap_or(floe.course);
    course.follow();
    let step = held.fill(awaited.join, vec![floe.step]);
    Floe { course, step }
}

/// The joins of the flow.
type Joins = &'static [JoinInfo];

/// How many missing inputs an error names.
const LISTED: usize = 5;

/// Branches that nobody waits for any more: all of a join's, or those at one of its inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dropped {
    pub(super) join: Awaited,
    pub(super) only_its_slot: bool,
}

impl Dropped {
    /// Whether a branch that these joins wait for is one of them.
    pub(crate) fn holds(&self, awaited_by: &Awaiting) -> bool {
        let is_dropped = |other: &Awaited| {
            other.is_with(&self.join) && (!self.only_its_slot || other.slot == self.join.slot)
        };
        awaited_by.iter().any(is_dropped)
    }
}
