//! The result of a step: what the generated code returns, and the emits that a host puts into the
//! frontier.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::cursor::{Cursor, PendingStep};
use super::step_joins::StepJoins;
use crate::error::{FlowError, NodeError};
use crate::message::{Envelope, Message, Spent, StepId, clock};
use crate::small_list::SmallList;
use crate::visit;

/// The result of running a step, as the generated code returns it. It stands beside the
/// step's cursor, which has moved on, so that a straight line moves no envelope.
#[doc(hidden)]
#[derive(Debug)]
pub enum Outcome<Step, Out> {
    /// A step to run next.
    Step(Step),
    /// The same, where nothing was run yet: the full join or the item was only passed on.
    Passed(Step),
    /// Several things, each on a cursor of its own.
    Branches(Vec<Emit<Step, Out>>),
    /// An output of the trace.
    Output(Out),
    /// The path ended in `None`.
    End,
}

/// The items of a map, before any of them runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Items<Step> {
    /// Where the items part, and wait for each other from here on.
    pub(super) cursor: Cursor,
    pub(super) join: u32,
    pub(super) steps: VecDeque<Step>,
}

/// The result of the generated `advance`: an error ends the trace, unless a join tolerates it.
#[doc(hidden)]
pub type StepResult<Step, Out> = Result<Outcome<Step, Out>, FlowError>;

/// A step that runs. Boxed: a host stores its result, which costs more.
#[doc(hidden)]
pub type RunningStep<'a, Step, Out> =
    Pin<Box<dyn Future<Output = StepResult<Step, Out>> + Send + 'a>>;

/// One thing that a step emits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Emit<Step, Out> {
    /// A step to run next, to keep for the join that it waits at, or to park.
    Step(PendingStep<Step>),
    /// Steps of which a bounded number runs at a time: the items of a map.
    Items(Items<Step>),
    /// An output of the trace.
    Output(Message<Out>),
    /// The path ended in `None`.
    End(Cursor),
    /// The path failed, and a join tolerates it.
    Lost(Cursor, Box<NodeError>),
}

/// The emits of a step, in the order of its edges. After one attempt that failed, it may be that
/// there are none, and the next attempt is to run later, or the trace ends.
///
/// Serialisable exactly when the steps' inputs and the outputs are, so that a host can keep what
/// several steps of a trace emit apart from the frontier, and absorb it later or elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Emits<Step, Out> {
    pub(super) end: StepEnd<Step, Out>,
    /// The step.
    pub(super) step: StepId,
    /// The tokens that it spent.
    pub(super) spent: u64,
    /// When it was over: what it parks waits since then.
    pub(super) at: Instant,
    /// The node that ran; none where that was not seen, as in what is read back.
    pub(super) node: Option<&'static str>,
}

/// How a step, or an attempt of it, ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum StepEnd<Step, Out> {
    /// It emitted this.
    Emitted(SmallList<Emit<Step, Out>>),
    // Boxed, as the failures of emits are: what mostly comes is moved, and few fail.
    /// The attempt failed, and another one may follow.
    Again(Box<Again>),
    /// It failed, and the trace with it.
    Failed(Box<(Envelope, NodeError)>),
}

/// An attempt that failed, and that another one is to follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Again {
    /// How many attempts have failed by now.
    pub attempts: u32,
    /// When the next one is to run. Serialised as wall time.
    #[serde(with = "clock::as_wall_time")]
    pub until: Instant,
    /// How the attempt failed.
    pub failure: NodeError,
}

impl<Step, Out> Emits<Step, Out> {
    /// The step that emitted this.
    pub fn step(&self) -> StepId {
        self.step
    }

    /// The node that ran: after a full join, or for an item of a map, the node that it led to. `None` where
    /// none ran, and for what was read back.
    pub fn node(&self) -> Option<&'static str> {
        self.node
    }

    /// The tokens that the step spent, or the attempt.
    pub fn spent(&self) -> Spent {
        Spent::tokens(self.spent)
    }

    /// The attempt that failed, if another one is to follow.
    pub fn again(&self) -> Option<&Again> {
        match &self.end {
            StepEnd::Again(again) => Some(again),
            _ => None,
        }
    }

    /// The failure of the step, if it ends the trace.
    pub fn failure(&self) -> Option<&NodeError> {
        match &self.end {
            StepEnd::Failed(failed) => Some(&failed.1),
            _ => None,
        }
    }

    /// The same as the error of the trace.
    pub fn error(&self) -> Option<FlowError> {
        match &self.end {
            StepEnd::Failed(failed) => Some(FlowError::of(failed.1.clone(), &failed.0)),
            _ => None,
        }
    }
}

/// A step that begins, and how many tokens were spent before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepStart {
    pub(crate) step: StepId,
    spent: u64,
    /// The node that runs, as soon as that is known.
    pub(super) node: Option<&'static str>,
}

impl StepStart {
    pub(crate) fn at(cursor: &Cursor) -> Self {
        Self {
            step: cursor.id,
            spent: cursor.spent,
            node: None,
        }
    }
}

/// A step that has run: its result, and the cursor that has moved on.
pub(crate) struct StepDone<Step, Out> {
    pub(crate) begun: StepStart,
    pub(crate) cursor: Cursor,
    pub(crate) came: StepResult<Step, Out>,
    /// When it was over.
    pub(crate) at: Instant,
}

impl<Step, Out> StepDone<Step, Out> {
    /// The tokens that it spent.
    pub(super) fn spent(&self) -> u64 {
        self.cursor.spent - self.begun.spent
    }
}

impl<Step: StepJoins, Out> StepDone<Step, Out> {
    /// Whether its failure ends the trace, since no join tolerates it.
    #[inline]
    pub(super) fn ends_trace(&self) -> bool {
        let may_be_dropped = self.cursor.may_be_dropped(Step::JOINS);
        matches!(&self.came, Err(error) if !(error.kind().can_be_tolerated() && may_be_dropped))
    }

    /// The emits of the step.
    ///
    /// # Errors
    ///
    /// Its failure, if no join tolerates it.
    pub(crate) fn emits(self) -> Result<Emits<Step, Out>, FlowError> {
        let ends_trace = self.ends_trace();
        let (step, spent) = (self.begun.step, self.spent());
        let (cursor, at) = (self.cursor, self.at);
        let emits = match self.came {
            Err(error) if ends_trace => return Err(error),
            Err(error) => Emit::Lost(cursor, Box::new(NodeError::from(&error))).into(),
            Ok(Outcome::Branches(branches)) => branches.into(),
            Ok(Outcome::Step(step) | Outcome::Passed(step)) => {
                Emit::Step(PendingStep { cursor, step }).into()
            }
            Ok(Outcome::Output(out)) => Emit::Output(cursor.envelope.with(out)).into(),
            Ok(Outcome::End) => Emit::End(cursor).into(),
        };
        Ok(Emits {
            end: StepEnd::Emitted(emits),
            step,
            spent,
            at,
            node: self.begun.node,
        })
    }
}

impl<Step: StepJoins, Out> StepDone<Step, Out> {
    /// The emits of one attempt: of the step if it was the last one, or the next attempt, or the end of
    /// the trace.
    pub(crate) fn emits_of_attempt(self, left: Option<Box<visit::Again>>) -> Emits<Step, Out> {
        let (step, spent, at) = (self.begun.step, self.spent(), self.at);
        let node = self.begun.node;
        let end = match left {
            Some(left) => StepEnd::Again(Box::new(Again {
                attempts: left.attempts,
                until: at.checked_add(left.wait).unwrap_or(at),
                failure: left.failure,
            })),
            None => match self.emits() {
                Ok(emits) => return emits,
                Err(error) => {
                    let envelope = error.envelope().clone();
                    StepEnd::Failed(Box::new((envelope, NodeError::from(&error))))
                }
            },
        };
        Emits {
            end,
            step,
            spent,
            at,
            node,
        }
    }
}

impl<Step, Out> IntoIterator for Emits<Step, Out> {
    type Item = Emit<Step, Out>;
    type IntoIter = std::iter::Chain<
        std::option::IntoIter<Emit<Step, Out>>,
        std::vec::IntoIter<Emit<Step, Out>>,
    >;

    fn into_iter(self) -> Self::IntoIter {
        match self.end {
            StepEnd::Emitted(emits) => emits.into_iter(),
            StepEnd::Again(_) | StepEnd::Failed(_) => SmallList::new().into_iter(),
        }
    }
}
