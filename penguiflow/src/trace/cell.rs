//! The cell of a join: what has come to its inputs, for one message.

use serde::{Deserialize, Serialize};

use super::course::{Awaited, Course, Floe};
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{JoinInfo, JoinKind, Meeting};

/// What has come to a join. It belongs to the step at which the ways to the join parted, and
/// so to one trace, one turn of a loop, one branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell<Step> {
    awaited: Awaited,
    /// The course of the first that came, or was lost: for what has to be said of the join.
    course: Course,
    arrived: Vec<(u32, Floe<Step>)>,
    lost: Vec<Option<NodeError>>,
    /// Whether it has been full: what still comes is late.
    is_done: bool,
}

impl<Step: Meeting> Cell<Step> {
    pub(super) fn new(awaited: Awaited, course: &Course) -> Self {
        let course = course.clone();
        Self {
            awaited,
            course,
            arrived: Vec::new(),
            lost: Vec::new(),
            is_done: false,
        }
    }

    pub(super) fn is_for(&self, awaited: Awaited) -> bool {
        self.awaited.is_with(&awaited)
    }

    /// Whether its inputs come from branches that were dropped. Its own join's are not: a cell
    /// outlives its branches, to tell late ones that they are late.
    pub(super) fn belongs_to(&self, dropped: &Dropped) -> bool {
        let before = self.course.awaited_before(self.awaited);
        before.is_some_and(|awaited| dropped.holds(awaited))
    }

    fn join(&self) -> &'static JoinInfo {
        &Step::JOINS[self.awaited.join as usize]
    }

    /// Takes an input, and gives the join's step if that was the last one wanted. A second
    /// message at one input, and one that comes late, change nothing.
    pub(super) fn arrive(&mut self, awaited: Awaited, floe: Floe<Step>) -> Option<Floe<Step>> {
        let is_second = self.arrived.iter().any(|(slot, _)| *slot == awaited.slot);
        if self.is_done || is_second {
            return None;
        }
        self.arrived.push((awaited.slot, floe));
        (self.arrived.len() == self.join().wanted()).then(|| self.fill())
    }

    fn fill(&mut self) -> Floe<Step> {
        self.is_done = true;
        let mut arrived = std::mem::take(&mut self.arrived);
        let course = Course::met(
            self.awaited,
            arrived.iter().map(|(slot, floe)| (*slot, &floe.course)),
        );
        if matches!(self.join().kind, JoinKind::Join | JoinKind::Settle) {
            arrived.sort_by_key(|(slot, _)| *slot);
        }
        let steps = arrived.into_iter().map(|(_, floe)| floe.step).collect();
        Floe {
            course,
            step: Step::fill(self.awaited.join, steps),
        }
    }

    pub(super) fn lose(&mut self, error: Option<NodeError>) {
        self.lost.push(error);
    }

    /// Waits no longer, if too many branches are lost for it ever to be full and one of them
    /// failed: then this is the failure.
    pub(super) fn give_up(&mut self) -> Option<NodeError> {
        let join = self.join();
        if self.is_done || self.lost.len() + join.wanted() <= join.inputs.len() {
            return None;
        }
        let error = self.last_error();
        self.is_done = error.is_some();
        error
    }

    fn last_error(&self) -> Option<NodeError> {
        self.lost.iter().rev().flatten().next().cloned()
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.is_done
    }

    /// The error of a trace that ends with this join waiting: its last failure, if a branch
    /// failed, for then nothing better came.
    pub(super) fn unjoined(&self) -> FlowError {
        if let Some(error) = self.last_error() {
            return FlowError::of(error, &self.course.envelope);
        }
        let join = self.join();
        let has_come = |slot: usize| self.arrived.iter().any(|(came, _)| *came as usize == slot);
        let missing = join
            .inputs
            .iter()
            .enumerate()
            .filter(|(slot, _)| !has_come(*slot));
        let missing: Vec<_> = missing.map(|(_, input)| format!("`{input}`")).collect();
        let reason = format!("was left waiting: nothing came from {}", missing.join(", "));
        let error = FlowError::new(ErrorKind::Unjoined, &self.course.envelope, reason);
        error.at(join.name, 0)
    }
}

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
