//! What running a step came to: what the generated code gives back, and what of it a host puts
//! into the frontier.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::awaiting::Awaited;
use super::course::{Course, Floe, StepId};
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::few::Few;
use crate::join::Meeting;
use crate::message::Message;

/// What running a step came to: what the generated code gives back. It stands beside the
/// step's course, which has moved on, so that a straight line moves no envelope.
#[doc(hidden)]
#[derive(Debug)]
pub enum Outcome<Step, Out> {
    /// A step to run next.
    Step(Step),
    /// The same, where nothing was run yet: the full join or the item was only passed on.
    Passed(Step),
    /// Several things, each on a course of its own.
    Branches(Vec<Emit<Step, Out>>),
    /// An output of the trace.
    Output(Out),
    /// The path ended in `None`.
    End,
}

/// The items of a map, before any of them runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Items<Step> {
    /// Where the items part, and wait for each other from here on.
    pub(super) course: Course,
    pub(super) join: u32,
    pub(super) steps: VecDeque<Step>,
}

/// What the generated `advance` returns: an error ends the trace, unless a join bears it.
#[doc(hidden)]
pub type Advanced<Step, Out> = Result<Outcome<Step, Out>, FlowError>;

/// One thing that a step emits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Emit<Step, Out> {
    /// A step to run next, or to keep for the join that it waits at.
    Step(Floe<Step>),
    /// Steps to run so many at a time: the items of a map.
    Items(Items<Step>),
    /// A step that waits for a value from outside, since then.
    Parked(Floe<Step>, Instant),
    /// An output of the trace.
    Output(Message<Out>),
    /// The path ended in `None`.
    End(Course),
    /// The path failed, and a join bears it.
    Lost(Course, NodeError),
}

/// What a step emits, in the order of its edges.
#[derive(Debug, Clone, PartialEq)]
pub struct Emits<Step, Out> {
    emits: Few<Emit<Step, Out>>,
    /// The step.
    pub(super) step: StepId,
    /// The tokens that it spent.
    pub(super) spent: u64,
}

/// A step that begins, and how many tokens were spent before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    pub(super) step: StepId,
    spent: u64,
}

impl Begun {
    /// The trace itself, before its first step.
    pub(crate) const TRACE: Self = Self {
        step: StepId::ROOT,
        spent: 0,
    };

    pub(crate) fn at(course: &Course) -> Self {
        Self {
            step: course.id,
            spent: course.spent,
        }
    }

    /// What the step emits, by whose end so many tokens were spent.
    fn emits<Step, Out>(self, emits: Few<Emit<Step, Out>>, spent: u64) -> Emits<Step, Out> {
        Emits {
            emits,
            step: self.step,
            spent: spent - self.spent,
        }
    }
}

impl<Step: Meeting, Out> Emits<Step, Out> {
    pub(crate) fn new(begun: Begun, outcome: Outcome<Step, Out>, course: Course) -> Self {
        let spent = course.spent;
        let one = match outcome {
            Outcome::Branches(branches) => return begun.emits(branches.into(), spent),
            Outcome::Step(step) | Outcome::Passed(step) => Emit::step(Floe { course, step }),
            Outcome::Output(out) => Emit::Output(course.envelope.with(out)),
            Outcome::End => Emit::End(course),
        };
        begun.emits(one.into(), spent)
    }

    /// What a failed step emits, if a join bears the failure.
    pub(crate) fn failed(
        begun: Begun,
        error: FlowError,
        course: Course,
    ) -> Result<Self, FlowError> {
        if can_be_borne(error.kind()) && course.may_be_dropped(Step::JOINS) {
            let spent = course.spent;
            let lost = Emit::Lost(course, NodeError::from(&error));
            return Ok(begun.emits(lost.into(), spent));
        }
        Err(error)
    }

    /// What a step emits that is dropped while it runs.
    pub(super) fn none(begun: Begun) -> Self {
        begun.emits(Few::new(), begun.spent)
    }
}

impl<Step: Meeting, Out> Emit<Step, Out> {
    fn step(floe: Floe<Step>) -> Self {
        match floe.step.parked() {
            Some(_) => Self::Parked(floe, Instant::now()),
            None => Self::Step(floe),
        }
    }
}

/// What ends the whole trace is not a branch's to lose.
pub(super) fn can_be_borne(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::Cancelled | ErrorKind::DeadlineExceeded | ErrorKind::Closed
    )
}

impl<Step, Out> IntoIterator for Emits<Step, Out> {
    type Item = Emit<Step, Out>;
    type IntoIter = std::iter::Chain<
        std::option::IntoIter<Emit<Step, Out>>,
        std::vec::IntoIter<Emit<Step, Out>>,
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.emits.into_iter()
    }
}

/// The steps of a broadcast, in the order of their edges.
#[doc(hidden)]
#[derive(Debug)]
pub struct Branches<'a, Step, Out> {
    course: &'a Course,
    branches: Vec<Emit<Step, Out>>,
    /// The joins that begin to wait for the branches that come next.
    opened: Vec<Awaited>,
}

#[doc(hidden)]
impl<'a, Step: Meeting, Out> Branches<'a, Step, Out> {
    pub(super) fn of(course: &'a Course) -> Self {
        Self {
            course,
            branches: Vec::new(),
            opened: Vec::new(),
        }
    }

    /// Lets a join begin to wait for the branches that come next.
    pub fn open(&mut self, join: u32, slot: u32) {
        let since = self.course.id;
        self.opened.push(Awaited { join, since, slot });
    }

    /// The last so many joins that began to wait do not wait for the branches that come next.
    pub fn close(&mut self, joins: usize) {
        self.opened.truncate(self.opened.len() - joins);
    }

    /// The course of one more branch, to go round a loop with.
    pub fn course(&self) -> Course {
        self.course.clone()
    }

    /// One more step.
    pub fn to(&mut self, step: Step) {
        self.on(self.course.clone(), step);
    }

    /// One more step, on this course.
    pub fn on(&mut self, course: Course, step: Step) {
        let course = self.set_out(course);
        self.branches.push(Emit::step(Floe { course, step }));
    }

    /// One more step for each of these, on this course, which wait for each other at the join.
    pub fn spread(&mut self, course: Course, join: u32, steps: VecDeque<Step>) {
        let course = self.set_out(course);
        self.branches.push(Emit::Items(Items {
            course,
            join,
            steps,
        }));
    }

    fn set_out(&mut self, mut course: Course) -> Course {
        course.id = self.course.id.child(self.branches.len() as u32);
        course.awaited.extend(&self.opened);
        course
    }

    /// All of them.
    pub fn outcome(self) -> Outcome<Step, Out> {
        Outcome::Branches(self.branches)
    }
}
