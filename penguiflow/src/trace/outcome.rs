//! What running a step came to: what the generated code gives back, and what of it a host puts
//! into the frontier.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::course::{Awaited, Course, Floe, StepId};
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::Meeting;
use crate::message::Message;

/// What running a step came to: what the generated code gives back. It stands beside the
/// step's course, which has moved on, so that a straight line moves no envelope.
#[doc(hidden)]
#[derive(Debug)]
pub enum Outcome<Step, Out> {
    /// A step to run next.
    Step(Step),
    /// Several, each on a course of its own.
    Branches(Vec<Branch<Step>>),
    /// An output of the trace.
    Output(Out),
    /// The path ended in `None`.
    End,
}

/// One of the ways that a step goes on.
#[doc(hidden)]
#[derive(Debug)]
pub enum Branch<Step> {
    /// A step.
    Step(Floe<Step>),
    /// A step for each item of a list.
    Items(Items<Step>),
}

/// The items of a map, before any of them runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Items<Step> {
    /// Where the items part, and wait for each other from here on.
    pub(super) course: Course,
    pub(super) join: u32,
    pub(super) steps: VecDeque<Step>,
}

/// Why a visit hands nothing on along its edges.
#[doc(hidden)]
#[derive(Debug)]
pub enum Halt<Out> {
    /// The path left the flow at a `Break`.
    Left(Out),
    /// The path ended in `None`.
    Ended,
    /// The visit failed, and the trace with it.
    Failed(FlowError),
}

impl<Out> From<FlowError> for Halt<Out> {
    fn from(error: FlowError) -> Self {
        Self::Failed(error)
    }
}

/// What the generated `advance` returns.
#[doc(hidden)]
pub type Advanced<Step, Out> = Result<Outcome<Step, Out>, Halt<Out>>;

impl<Out> Halt<Out> {
    /// What the step came to then.
    pub(crate) fn outcome<Step>(self) -> Result<Outcome<Step, Out>, FlowError> {
        match self {
            Self::Left(out) => Ok(Outcome::Output(out)),
            Self::Ended => Ok(Outcome::End),
            Self::Failed(error) => Err(error),
        }
    }
}

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
    emits: Vec<Emit<Step, Out>>,
    /// The step.
    pub(super) step: StepId,
    /// The tokens that it spent.
    pub(super) spent: u64,
}

/// A step that begins, and how many tokens were spent before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    step: StepId,
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
    fn emits<Step, Out>(self, emits: Vec<Emit<Step, Out>>, spent: u64) -> Emits<Step, Out> {
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
        let emits = match outcome {
            Outcome::Step(step) => vec![Emit::step(Floe { course, step })],
            Outcome::Branches(branches) => branches.into_iter().map(Emit::from).collect(),
            Outcome::Output(out) => vec![Emit::Output(course.envelope.with(out))],
            Outcome::End => vec![Emit::End(course)],
        };
        begun.emits(emits, spent)
    }

    /// What a failed step emits, if a join bears the failure.
    pub(crate) fn failed(
        begun: Begun,
        error: FlowError,
        course: Course,
    ) -> Result<Self, FlowError> {
        if can_be_borne(error.kind()) && course.may_be_dropped::<Step>() {
            let spent = course.spent;
            let lost = Emit::Lost(course, NodeError::from(&error));
            return Ok(begun.emits(vec![lost], spent));
        }
        Err(error)
    }

    /// What a step emits that is dropped while it runs.
    pub(super) fn none(begun: Begun) -> Self {
        begun.emits(Vec::new(), begun.spent)
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

impl<Step: Meeting, Out> From<Branch<Step>> for Emit<Step, Out> {
    fn from(branch: Branch<Step>) -> Self {
        match branch {
            Branch::Step(floe) => Self::step(floe),
            Branch::Items(items) => Self::Items(items),
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
    type IntoIter = std::vec::IntoIter<Emit<Step, Out>>;

    fn into_iter(self) -> Self::IntoIter {
        self.emits.into_iter()
    }
}

/// The steps of a broadcast, in the order of their edges.
#[doc(hidden)]
#[derive(Debug)]
pub struct Branches<'a, Step> {
    course: &'a Course,
    branches: Vec<Branch<Step>>,
    /// The joins that begin to wait for the branches that come next.
    opened: Vec<Awaited>,
}

#[doc(hidden)]
impl<'a, Step> Branches<'a, Step> {
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
        self.branches.push(Branch::Step(Floe { course, step }));
    }

    /// One more step for each of these, which wait for each other at the join.
    pub fn spread(&mut self, join: u32, steps: VecDeque<Step>) {
        let course = self.set_out(self.course.clone());
        self.branches.push(Branch::Items(Items {
            course,
            join,
            steps,
        }));
    }

    fn set_out(&mut self, mut course: Course) -> Course {
        course.id = self.course.id.child(self.branches.len() as u32);
        course.awaited.extend_from_slice(&self.opened);
        course
    }

    /// All of them.
    pub fn outcome<Out>(self) -> Outcome<Step, Out> {
        Outcome::Branches(self.branches)
    }
}
