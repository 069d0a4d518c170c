//! The cell of a join: what has come to its inputs, for one message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::course::{Awaited, Course, Floe};
use super::outcome::Items;
use super::queue::Queue;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{JoinInfo, JoinKind, Meeting};

/// What has come to a join. It belongs to the step at which the ways to the join parted, and
/// so to one trace, one turn of a loop, one branch or item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell<Step> {
    awaited: Awaited,
    /// The course of the first that came, or was lost, or where the items of a map part: for
    /// what has to be said of the join.
    course: Course,
    /// By their inputs, with the order in which they came.
    arrived: BTreeMap<u32, (usize, Floe<Step>)>,
    /// The inputs that nothing will come to, in the order in which that was known.
    lost: Vec<(u32, Option<NodeError>)>,
    /// The items of a map, which are its inputs.
    items: Option<Queue<Step>>,
}

impl<Step: Meeting> Cell<Step> {
    pub(super) fn new(awaited: Awaited, course: &Course) -> Self {
        let course = course.clone();
        Self {
            awaited,
            course,
            arrived: BTreeMap::new(),
            lost: Vec::new(),
            items: None,
        }
    }

    /// The cell of a map, whose items are to begin.
    pub(super) fn of_items(items: Items<Step>) -> Self {
        let (mut course, join) = (items.course, items.join);
        let since = course.id;
        let awaited = Awaited {
            join,
            since,
            slot: 0,
        };
        course.awaited.push(awaited);
        Self {
            items: Some(Queue::of(items.steps)),
            ..Self::new(awaited, &course)
        }
    }

    /// Where its branches part.
    pub(super) fn beginning(&self) -> (Awaited, Course) {
        (self.awaited, self.course.clone())
    }

    /// Whether it is that of a map without items.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_some() && self.inputs() == 0
    }

    /// Whether it is that of a map whose items have all gone on by themselves.
    pub(super) fn is_over(&self) -> bool {
        self.join().kind == JoinKind::Each && self.items.as_ref().is_some_and(Queue::is_over)
    }

    pub(super) fn is_for(&self, awaited: Awaited) -> bool {
        self.awaited.is_with(&awaited)
    }

    /// Whether it stands on a branch that was dropped.
    pub(super) fn belongs_to(&self, dropped: &Dropped) -> bool {
        let before = self.course.awaited_before(self.awaited);
        before.is_some_and(|awaited| dropped.holds(awaited))
    }

    fn join(&self) -> &'static JoinInfo {
        &Step::JOINS[self.awaited.join as usize]
    }

    fn inputs(&self) -> usize {
        let items = self.items.as_ref().map(Queue::len);
        items.unwrap_or(self.join().inputs.len())
    }

    fn wanted(&self) -> usize {
        self.join().wanted(self.inputs())
    }

    /// Takes an input, and gives the join's step if that was the last one wanted.
    pub(super) fn arrive(&mut self, awaited: Awaited, floe: Floe<Step>) -> Option<Floe<Step>> {
        if self.join().kind == JoinKind::Each {
            return Some(self.pass(awaited, floe));
        }
        let order = self.arrived.len();
        self.arrived.insert(awaited.slot, (order, floe));
        self.fill_if_complete()
    }

    /// One item goes on by itself.
    fn pass(&self, awaited: Awaited, floe: Floe<Step>) -> Floe<Step> {
        let mut course = floe.course.before(awaited).unwrap_or(floe.course);
        course.follow();
        Floe {
            course,
            step: Step::fill(awaited.join, vec![floe.step]),
        }
    }

    /// The join's step, if all that are wanted have come: at once, if none are.
    pub(super) fn fill_if_complete(&mut self) -> Option<Floe<Step>> {
        let passes = self.join().kind == JoinKind::Each;
        (!passes && self.arrived.len() == self.wanted()).then(|| self.fill())
    }

    fn fill(&mut self) -> Floe<Step> {
        let mut arrived: Vec<_> = std::mem::take(&mut self.arrived).into_values().collect();
        let mut courses: Vec<_> = arrived.iter().map(|(_, floe)| &floe.course).collect();
        if courses.is_empty() {
            courses.push(&self.course);
        }
        let course = Course::met(self.awaited, &courses);
        if !matches!(self.join().kind, JoinKind::Join | JoinKind::Settle) {
            arrived.sort_by_key(|(order, _)| *order);
        }
        let steps = arrived.into_iter().map(|(_, floe)| floe.step).collect();
        Floe {
            course,
            step: Step::fill(self.awaited.join, steps),
        }
    }

    pub(super) fn lose(&mut self, slot: u32, error: Option<NodeError>) {
        self.lost.push((slot, error));
    }

    /// Its failure, if too many branches are lost for it ever to be full and one of them failed.
    pub(super) fn failure(&self) -> Option<NodeError> {
        if self.lost.len() + self.wanted() <= self.inputs() {
            return None;
        }
        self.last_error()
    }

    /// Its failure, if it has more inputs than its map takes, or fewer than it wants.
    pub(super) fn refusal(&self) -> Option<NodeError> {
        let (wanted, inputs) = (self.wanted(), self.inputs());
        if let Some(max) = self.join().max_items.filter(|max| inputs > *max) {
            let reason = format!("was given {inputs} items, and its map takes {max} at most");
            let error = FlowError::new(ErrorKind::Invalid, &self.course.envelope, reason);
            return Some(NodeError::from(&error.at(self.join().name, 0)));
        }
        if wanted <= inputs || self.join().kind == JoinKind::Each {
            return None;
        }
        let reason =
            format!("was left waiting: it takes {wanted} of the items, and there are {inputs}");
        Some(NodeError::from(&self.left_waiting(reason)))
    }

    fn last_error(&self) -> Option<NodeError> {
        let errors = self.lost.iter().rev();
        errors.filter_map(|(_, error)| error.clone()).next()
    }

    /// Whether it was begun, once nothing more can come. None of a join's branches having come
    /// is nothing to wait for: all of them ended in `None`.
    pub(super) fn is_waiting(&self) -> bool {
        let may_be_empty = matches!(self.join().kind, JoinKind::Join | JoinKind::Each);
        !(may_be_empty && self.arrived.is_empty())
    }

    /// The error of a trace that ends with this join waiting: its last failure, if a branch
    /// failed, for then nothing better came.
    pub(super) fn unjoined(&self) -> FlowError {
        if let Some(error) = self.last_error() {
            return FlowError::of(error, &self.course.envelope);
        }
        let has_come = |slot: &u32| self.arrived.contains_key(slot);
        let missing = (0..self.inputs() as u32).filter(|slot| !has_come(slot));
        let mut missing: Vec<_> = missing.map(|slot| self.input(slot)).collect();
        if let Some(more) = missing.len().checked_sub(LISTED + 1) {
            missing.truncate(LISTED);
            missing.push(format!("{} more", more + 1));
        }
        self.left_waiting(format!(
            "was left waiting: nothing came from {}",
            missing.join(", ")
        ))
    }

    fn input(&self, slot: u32) -> String {
        let join = self.join();
        match self.items {
            Some(_) => format!("`{}[{slot}]`", join.inputs[0]),
            None => format!("`{}`", join.inputs[slot as usize]),
        }
    }

    fn left_waiting(&self, reason: String) -> FlowError {
        let error = FlowError::new(ErrorKind::Unjoined, &self.course.envelope, reason);
        error.at(self.join().name, 0)
    }

    /// The items that may begin now, so that no more run at once than may.
    pub(super) fn begin_items(&mut self) -> Vec<Floe<Step>> {
        let at_once = self.join().items_at_once.unwrap_or_default().max(1);
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
    pub(super) fn misses(&self, slot: u32) -> bool {
        let is_lost = || self.lost.iter().any(|(lost, _)| *lost == slot);
        self.join().kind != JoinKind::Each && !self.arrived.contains_key(&slot) && !is_lost()
    }
}

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
    pub(crate) fn holds(&self, awaited_by: &[Awaited]) -> bool {
        let is_dropped = |other: &Awaited| {
            other.is_with(&self.join) && (!self.only_its_slot || other.slot == self.join.slot)
        };
        awaited_by.iter().any(is_dropped)
    }
}
