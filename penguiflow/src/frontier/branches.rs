//! The steps that a step emits in a broadcast.

use std::collections::VecDeque;

use super::cursor::{Cursor, PendingStep};
use super::join_scope::JoinScope;
use super::outcome::{Emit, Items, Outcome};
use super::step_joins::StepJoins;

#[doc(hidden)]
impl Cursor {
    /// Goes several ways.
    pub fn branches<Step: StepJoins, Out>(&mut self) -> Branches<'_, Step, Out> {
        Branches::of(self)
    }
}

/// Room for as many branches as most broadcasts have.
const BRANCHES: usize = 8;

/// The steps of a broadcast, in the order of their edges.
#[doc(hidden)]
#[derive(Debug)]
pub struct Branches<'a, Step, Out> {
    cursor: &'a Cursor,
    branches: Vec<Emit<Step, Out>>,
    /// The joins that begin to wait for the branches that come next.
    opened: Vec<JoinScope>,
}

#[doc(hidden)]
impl<'a, Step: StepJoins, Out> Branches<'a, Step, Out> {
    pub(super) fn of(cursor: &'a Cursor) -> Self {
        Self {
            cursor,
            branches: Vec::with_capacity(BRANCHES),
            opened: Vec::new(),
        }
    }

    /// Lets a join begin to wait for the branches that come next.
    pub fn open(&mut self, join: u32, input: u32) {
        let since = self.cursor.id;
        self.opened.push(JoinScope { join, since, input });
    }

    /// The last `joins` joins that began to wait do not wait for the branches that come next.
    pub fn close(&mut self, joins: usize) {
        self.opened.truncate(self.opened.len() - joins);
    }

    /// The cursor of one more branch, to go round a loop with.
    pub fn cursor(&self) -> Cursor {
        self.cursor.clone()
    }

    /// One more step.
    #[inline]
    pub fn to(&mut self, step: Step) {
        self.on(self.cursor.clone(), step);
    }

    /// One more step, on this cursor.
    #[inline]
    pub fn on(&mut self, cursor: Cursor, step: Step) {
        let cursor = self.set_out(cursor);
        self.branches.push(Emit::Step(PendingStep { cursor, step }));
    }

    /// One more step for each of these items, on this cursor, which wait for each other at the
    /// join.
    pub fn spread<Item>(
        &mut self,
        cursor: Cursor,
        join: u32,
        items: VecDeque<Item>,
        step: fn(Item) -> Step,
    ) {
        let cursor = self.set_out(cursor);
        let steps = items.into_iter().map(step).collect();
        self.branches.push(Emit::Items(Items {
            cursor,
            join,
            steps,
        }));
    }

    #[inline]
    fn set_out(&mut self, mut cursor: Cursor) -> Cursor {
        cursor.id = self.cursor.id.child(self.branches.len() as u32);
        cursor.scopes.extend(&self.opened);
        cursor
    }

    /// All of them.
    pub fn outcome(self) -> Outcome<Step, Out> {
        Outcome::Branches(self.branches)
    }
}
