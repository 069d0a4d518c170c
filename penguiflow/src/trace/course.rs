//! A message's way through a flow, step by step: its course, and what a step emits. Plain data,
//! without clock or task.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::Meeting;
use crate::message::{Envelope, Message};

/// The identity of a step within its trace: the hash of its parent's and of its place
/// among its parent's emits. The same on every attempt, host and machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(u64);

impl StepId {
    const ROOT: Self = Self(0x9e37_79b9_7f4a_7c15);

    /// The id of the step that this one emits at `place`: one round of SplitMix64
    /// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    fn child(self, place: u32) -> Self {
        let mut bits = self
            .0
            .wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(u64::from(place) + 1));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(bits ^ (bits >> 31))
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Where a message is on its journey: its envelope, the step that it comes to, and how
/// often it has gone round a loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    pub(crate) envelope: Envelope,
    pub(crate) id: StepId,
    pub(crate) hops: u32,
    /// The joins that wait for it, the last one first to be met.
    pub(crate) awaited: Vec<Awaited>,
}

/// A join that waits for a message: which one, since which step, and at which input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Awaited {
    pub(crate) join: u32,
    pub(crate) since: StepId,
    pub(crate) slot: u32,
}

impl Awaited {
    /// Whether both are inputs of one join, since one step.
    pub(super) fn is_with(&self, other: &Self) -> bool {
        (self.join, self.since) == (other.join, other.since)
    }
}

/// A message on its way to a node: the step to run, and its course.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floe<Step> {
    #[doc(hidden)]
    pub course: Course,
    /// The node to run, with its input.
    pub step: Step,
}

/// What running a step came to: what the generated code gives back. It stands beside the
/// step's course, which has moved on, so that a straight line moves no envelope.
#[doc(hidden)]
#[derive(Debug)]
pub enum Outcome<Step, Out> {
    /// A step to run next.
    Step(Step),
    /// Several, each on a course of its own.
    Branches(Vec<Floe<Step>>),
    /// An output of the trace.
    Output(Out),
    /// The path ended in `None`.
    End,
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
    /// An output of the trace.
    Output(Message<Out>),
    /// The path ended in `None`.
    End(Course),
    /// The path failed, and a join bears it.
    Lost(Course, NodeError),
}

/// What a step emits, in the order of its edges.
#[derive(Debug, Clone, PartialEq)]
pub struct Emits<Step, Out>(Vec<Emit<Step, Out>>);

impl<Step, Out> Emits<Step, Out> {
    pub(crate) fn new(outcome: Outcome<Step, Out>, course: Course) -> Self {
        Self(match outcome {
            Outcome::Step(step) => vec![Emit::Step(Floe { course, step })],
            Outcome::Branches(floes) => floes.into_iter().map(Emit::Step).collect(),
            Outcome::Output(out) => vec![Emit::Output(course.envelope.with(out))],
            Outcome::End => vec![Emit::End(course)],
        })
    }
}

impl<Step: Meeting, Out> Emits<Step, Out> {
    /// What a failed step emits, if a join bears the failure.
    pub(crate) fn failed(error: FlowError, course: Course) -> Result<Self, FlowError> {
        if can_be_borne(error.kind()) && course.may_be_dropped::<Step>() {
            let lost = NodeError::from(&error);
            return Ok(Self(vec![Emit::Lost(course, lost)]));
        }
        Err(error)
    }
}

/// What ends the whole trace is not a branch's to lose.
fn can_be_borne(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::Cancelled | ErrorKind::DeadlineExceeded | ErrorKind::Closed
    )
}

impl<Step, Out> IntoIterator for Emits<Step, Out> {
    type Item = Emit<Step, Out>;
    type IntoIter = std::vec::IntoIter<Emit<Step, Out>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Course {
    /// Whether a join waits for it that can do without it.
    pub(super) fn may_be_dropped<Step: Meeting>(&self) -> bool {
        self.awaited
            .iter()
            .any(|awaited| Step::JOINS[awaited.join as usize].bears_failures())
    }

    /// The join that this message is awaited by at this input; its own, if it set out before
    /// any join began to wait.
    pub(super) fn awaited_by(&self, join: u32, slot: u32) -> Awaited {
        let awaited = self
            .awaited
            .iter()
            .rev()
            .find(|awaited| awaited.join == join);
        let since = awaited.map_or(StepId::ROOT, |awaited| awaited.since);
        Awaited { join, since, slot }
    }

    /// The joins that waited before this one began to.
    pub(super) fn awaited_before(&self, met: Awaited) -> Option<&[Awaited]> {
        let place = self
            .awaited
            .iter()
            .position(|awaited| awaited.is_with(&met))?;
        Some(&self.awaited[..place])
    }

    /// The course as it was before the join began to wait.
    pub(super) fn before(&self, met: Awaited) -> Option<Self> {
        let awaited = self.awaited_before(met)?.to_vec();
        Some(Self {
            envelope: self.envelope.clone(),
            awaited,
            ..*self
        })
    }

    /// The course behind a join: the envelope of the first input in the order of the flow,
    /// with the soonest deadline and the most rounds of all.
    pub(super) fn met<'a>(met: Awaited, inputs: impl Iterator<Item = (u32, &'a Self)>) -> Self {
        let mut inputs: Vec<_> = inputs.collect();
        inputs.sort_by_key(|(slot, _)| *slot);
        let first = inputs[0].1;
        let mut course = first.before(met).unwrap_or_else(|| first.clone());
        let courses = || inputs.iter().map(|(_, course)| *course);
        course.envelope.deadline = courses()
            .filter_map(|course| course.envelope.deadline)
            .min();
        course.hops = courses().map(|course| course.hops).max().unwrap_or(0);
        course.id = met.since.child(u32::MAX - met.join);
        course
    }
}

/// What the generated `advance` writes down about where a message goes.
#[doc(hidden)]
impl Course {
    pub(crate) fn start(envelope: Envelope) -> Self {
        Self {
            envelope,
            id: StepId::ROOT,
            hops: 0,
            awaited: Vec::new(),
        }
    }

    /// Goes on to the only next step.
    pub fn follow(&mut self) {
        self.id = self.id.child(0);
    }

    /// Goes on to the only next step, round a loop.
    ///
    /// The original's rule, kept: with a budget of n the loop's body runs at most n times.
    pub fn go_round<Out>(&mut self, budget: u32, node: &'static str) -> Result<(), Halt<Out>> {
        let budget = self.envelope.hops.unwrap_or(budget);
        if self.hops.saturating_add(1) >= budget {
            let error = FlowError::new(
                ErrorKind::BudgetExhausted,
                &self.envelope,
                format!(
                    "wants another round, but the hop budget of {budget} is used up: raise it \
                     with `.hops(n)` on the flow or the message"
                ),
            );
            return Err(Halt::Failed(error.at(node, 0)));
        }
        self.hops += 1;
        self.follow();
        Ok(())
    }

    /// Lets a join begin to wait.
    pub fn open(&mut self, join: u32, slot: u32) {
        let since = self.id;
        self.awaited.push(Awaited { join, since, slot });
    }

    /// Goes several ways.
    pub fn branches<Step>(&mut self) -> Branches<'_, Step> {
        Branches {
            course: self,
            floes: Vec::new(),
            opened: Vec::new(),
        }
    }
}

/// The steps of a broadcast, in the order of their edges.
#[doc(hidden)]
#[derive(Debug)]
pub struct Branches<'a, Step> {
    course: &'a Course,
    floes: Vec<Floe<Step>>,
    /// The joins that begin to wait for the next branch.
    opened: Vec<Awaited>,
}

#[doc(hidden)]
impl<Step> Branches<'_, Step> {
    fn push(&mut self, mut course: Course, step: Step) {
        course.id = self.course.id.child(self.floes.len() as u32);
        course.awaited.append(&mut self.opened);
        self.floes.push(Floe { course, step });
    }

    /// Lets a join begin to wait for the next branch.
    pub fn open(&mut self, join: u32, slot: u32) {
        let since = self.course.id;
        self.opened.push(Awaited { join, since, slot });
    }

    /// One more step.
    pub fn to(&mut self, step: Step) {
        self.push(self.course.clone(), step);
    }

    /// One more step, round a loop.
    pub fn round_to<Out>(
        &mut self,
        step: Step,
        budget: u32,
        node: &'static str,
    ) -> Result<(), Halt<Out>> {
        let mut course = self.course.clone();
        course.go_round(budget, node)?;
        self.push(course, step);
        Ok(())
    }

    /// All of them.
    pub fn outcome<Out>(self) -> Outcome<Step, Out> {
        Outcome::Branches(self.floes)
    }
}
