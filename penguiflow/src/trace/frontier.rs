//! Where a trace is: the steps still to run, and what it has put out. Plain data, without
//! clock or task, so that a host can keep it in memory, in a store, or send it away.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, FlowError};
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
    /// A step to run next.
    Step(Floe<Step>),
    /// An output of the trace.
    Output(Message<Out>),
    /// The path ended in `None`: what is left of the message is its envelope.
    End(Message<()>),
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
            Outcome::End => vec![Emit::End(course.envelope)],
        })
    }
}

impl<Step, Out> IntoIterator for Emits<Step, Out> {
    type Item = Emit<Step, Out>;
    type IntoIter = std::vec::IntoIter<Emit<Step, Out>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
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

    /// Goes several ways.
    pub fn branches<Step>(&mut self) -> Branches<'_, Step> {
        Branches {
            course: self,
            floes: Vec::new(),
        }
    }
}

/// The steps of a broadcast, in the order of their edges.
#[doc(hidden)]
#[derive(Debug)]
pub struct Branches<'a, Step> {
    course: &'a Course,
    floes: Vec<Floe<Step>>,
}

#[doc(hidden)]
impl<Step> Branches<'_, Step> {
    fn push(&mut self, course: Course, step: Step) {
        let id = self.course.id.child(self.floes.len() as u32);
        let course = Course { id, ..course };
        self.floes.push(Floe { course, step });
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

/// All there is to know about a trace between two node runs: serialisable exactly when
/// the steps' inputs and the outputs are.
///
/// A host takes a step out, runs it with [`Flow::advance`](crate::Flow::advance), and puts
/// in what it emits, until no step is left.
///
/// ```
/// use penguiflow::host::{Frontier, StepByStep};
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flow = flow! { double };
/// let mut frontier = flow.begin(21);
/// while let Some(floe) = frontier.next_step() {
///     let emits = flow.advance(floe, &StepByStep).await?;
///     frontier.absorb(emits);
///     let stored = serde_json::to_string(&frontier)?; // to a database, say
///     frontier = serde_json::from_str(&stored)?;
/// }
/// assert_eq!(frontier.outputs[0].payload, 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Frontier<Step, Out> {
    /// The steps still to run.
    pub steps: Vec<Floe<Step>>,
    /// What the trace has put out so far.
    pub outputs: Vec<Message<Out>>,
}

impl<Step, Out> Frontier<Step, Out> {
    pub(crate) fn of(emits: Emits<Step, Out>) -> Self {
        let mut frontier = Self {
            steps: Vec::new(),
            outputs: Vec::new(),
        };
        frontier.absorb(emits);
        frontier
    }

    /// Takes out a step to run; `None` when the trace is over. Steps do not depend on
    /// each other, so the order is the host's to choose.
    pub fn next_step(&mut self) -> Option<Floe<Step>> {
        self.steps.pop()
    }

    /// Puts in what a step emitted.
    pub fn absorb(&mut self, emits: Emits<Step, Out>) {
        for emit in emits {
            match emit {
                Emit::Step(floe) => self.steps.push(floe),
                Emit::Output(message) => self.outputs.push(message),
                Emit::End(_) => {}
            }
        }
    }
}
