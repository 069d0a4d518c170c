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
    pub(crate) fn at(course: &Course) -> Self {
        Self {
            step: course.id,
            spent: course.spent,
        }
    }
}

/// A step that has run: what it came to, and the course that has moved on.
pub(crate) struct Ran<Step, Out> {
    pub(super) begun: Begun,
    pub(super) course: Course,
    pub(super) came: Advanced<Step, Out>,
}

impl<Step, Out> Ran<Step, Out> {
    /// The tokens that it spent.
    pub(super) fn spent(&self) -> u64 {
        self.course.spent - self.begun.spent
    }
}

impl<Step: Meeting, Out> Ran<Step, Out> {
    /// Whether its failure ends the trace, since no join bears it.
    #[inline]
    pub(super) fn ends_trace(&self) -> bool {
        let is_borne = |kind| can_be_borne(kind) && self.course.may_be_dropped(Step::JOINS);
        matches!(&self.came, Err(error) if !is_borne(error.kind()))
    }

    /// What the step emits.
    ///
    /// # Errors
    ///
    /// Its failure, if no join bears it.
    pub(crate) fn emits(self) -> Result<Emits<Step, Out>, FlowError> {
        let ends_trace = self.ends_trace();
        let (step, spent) = (self.begun.step, self.spent());
        let course = self.course;
        let emits = match self.came {
            Err(error) if ends_trace => return Err(error),
            Err(error) => Emit::Lost(course, NodeError::from(&error)).into(),
            Ok(Outcome::Branches(branches)) => branches.into(),
            Ok(Outcome::Step(step) | Outcome::Passed(step)) => {
                Emit::step(Floe { course, step }).into()
            }
            Ok(Outcome::Output(out)) => Emit::Output(course.envelope.with(out)).into(),
            Ok(Outcome::End) => Emit::End(course).into(),
        };
        Ok(Emits { emits, step, spent })
    }
}

impl<Step: Meeting, Out> Emit<Step, Out> {
    #[inline]
    pub(super) fn step(floe: Floe<Step>) -> Self {
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

/// Room for as many branches as most broadcasts have.
const BRANCHES: usize = 8;

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
            branches: Vec::with_capacity(BRANCHES),
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
    #[inline]
    pub fn to(&mut self, step: Step) {
        self.on(self.course.clone(), step);
    }

    /// One more step, on this course.
    #[inline]
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

    #[inline]
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
