//! One visit of a node: attempts under its policy, cut by the message's deadline.
//!
//! This is the path that every message takes at every node, so it is one future, and what few
//! visits need (waits for a limit or a retry, a timer) is boxed when it is needed.

use std::pin::pin;

use super::attempt::Guarded;
use super::bounded::Visits;
use super::course::Course;
use super::outcome::{Advanced, can_be_borne};
use super::record::Record;
use crate::ctx::Ctx;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::host::Advancing;
use crate::message::Headers;
use crate::node::{self, Call, Exit, In, Node};
use crate::runtime::{Budgets, Runtime};
use crate::shape::{Direction, Signature};
use crate::trace_id::TraceId;

/// What an extractor can see of the attempt that it makes a parameter for.
#[derive(Debug)]
pub struct Visit<'a, S> {
    pub(super) state: &'a S,
    retries: u32,
    pub(crate) record: &'a Record<'a>,
}

impl<'a, S> Visit<'a, S> {
    #[inline]
    pub(super) fn of(record: &'a Record<'a>, state: &'a S, retries: u32) -> Self {
        Self {
            state,
            retries,
            record,
        }
    }
}

impl<S> Visit<'_, S> {
    /// The state of the flow.
    pub fn state(&self) -> &S {
        self.state
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        self.record.envelope().headers()
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.record.envelope().trace_id
    }

    /// The node's name in the flow.
    pub fn node(&self) -> &'static str {
        self.record.name()
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.record.attempt
    }

    /// Whether no attempt follows this one.
    #[doc(hidden)]
    pub fn is_last(&self) -> bool {
        self.record.attempt >= self.retries
    }

    /// The context of this attempt, as nodes are given it.
    pub fn ctx(&self) -> Ctx {
        Ctx::of(self.record)
    }
}

/// A message's way through a step: where it is, and what the flow's traces share.
#[derive(Debug)]
pub struct Walk<'a, S> {
    course: &'a mut Course,
    runtime: &'a Runtime<'a, S>,
}

impl<'a, S> Walk<'a, S> {
    #[inline]
    pub(super) fn new(course: &'a mut Course, runtime: &'a Runtime<'a, S>) -> Self {
        Self { course, runtime }
    }

    /// Goes on where no node is visited.
    #[inline]
    pub fn pass<T, U>(self, out: T, onward: fn(T, &mut Course, Budgets) -> U) -> U {
        onward(out, self.course, self.runtime.budgets())
    }
}

/// What a node gave: something to take on, or out of the flow, or nothing.
pub type Gave<N> = Direction<node::Out<N>, Exit<N>>;

/// Visits a node: the generated `advance` calls this for each step. `onward` takes on what the
/// node gave.
#[inline]
pub fn visit<'a, N, S, Step, Out>(
    node: &'a N,
    index: usize,
    input: In<N>,
    walk: Walk<'a, S>,
    onward: Onward<N, Step, Out>,
) -> impl Advancing<Step, Out>
where
    N: Call<S>,
    S: Sync,
{
    attempts(node, index, input, walk, onward, NoFallback)
}

/// Visits a node that has a fallback: if it fails in a way that the fallback can mend, `instead`
/// takes on its input, with the failure. `keep` copies the input, if the node may use it up.
#[inline]
pub fn visit_or_fall_back<'a, N, S, Step, Out>(
    node: &'a N,
    index: usize,
    input: In<N>,
    walk: Walk<'a, S>,
    onward: Onward<N, Step, Out>,
    keep: fn(&In<N>) -> Option<In<N>>,
    instead: Instead<N, Step, Out>,
) -> impl Advancing<Step, Out>
where
    N: Call<S>,
    S: Sync,
{
    attempts(node, index, input, walk, onward, FallsTo { keep, instead })
}

/// Takes on what a node gave.
type Onward<N, Step, Out> = fn(Gave<N>, &mut Course, Budgets) -> Advanced<Step, Out>;

/// Takes on the input of a node that failed, with the failure.
type Instead<N, Step, Out> = fn(In<N>, NodeError, &mut Course, Budgets) -> Advanced<Step, Out>;

/// The attempts of a visit, and what follows it. Where nothing is asked for but to run the node,
/// nothing else is done: this is the path that every message takes at every node.
///
/// That its future is `Send` is said here, so that it is proved here, once for all nodes.
#[inline]
fn attempts<'a, N, S, Step, Out>(
    node: &'a N,
    index: usize,
    input: In<N>,
    walk: Walk<'a, S>,
    onward: Onward<N, Step, Out>,
    fallback: impl Fallback<N, Step, Out>,
) -> impl Advancing<Step, Out>
where
    N: Call<S>,
    S: Sync,
{
    async move {
        let Walk { course, runtime } = walk;
        let kept = fallback.keep(&input);
        let mut param = None;
        let (ended, spent) = {
            let mut record = Record::new(index, course, runtime.common);
            let ended = if N::Visits::ARE_PLAIN && record.is_quiet() {
                param = Some(N::Signature::take_up(input, record.envelope()));
                let result = {
                    let visit = Visit::of(&record, runtime.state, 0);
                    let call = pin!(node.call(&mut param, &visit));
                    Guarded(call).await
                };
                result.map_err(|fault| record.fail_quietly(fault))
            } else {
                let bounded =
                    N::Visits::bounded(node, input, &mut param, &mut record, runtime.state);
                bounded.await
            };
            (ended, record.end())
        };
        course.spend(spent);
        match ended {
            Ok(returned) => {
                let gave = N::Signature::set_down(returned, &mut course.envelope);
                onward(gave, course, runtime.budgets())
            }
            Err(error) => {
                let unused = param.map(N::Signature::give_back);
                fallback.take_over(kept, unused, error, course, runtime.budgets())
            }
        }
    }
}

/// What becomes of a visit that failed.
trait Fallback<N: Node, Step, Out>: Send {
    /// What is kept of the input, in case that it is needed.
    type Kept: Send;

    /// Keeps it.
    fn keep(&self, input: &In<N>) -> Self::Kept;

    /// Takes on the input, if it was kept or is unused.
    fn take_over(
        self,
        kept: Self::Kept,
        unused: Option<In<N>>,
        error: FlowError,
        course: &mut Course,
        budgets: Budgets,
    ) -> Advanced<Step, Out>;
}

/// The failure is the step's.
struct NoFallback;

impl<N: Node, Step, Out> Fallback<N, Step, Out> for NoFallback {
    type Kept = ();

    #[inline]
    fn keep(&self, _: &In<N>) {}

    #[inline]
    fn take_over(
        self,
        (): (),
        _: Option<In<N>>,
        error: FlowError,
        _: &mut Course,
        _: Budgets,
    ) -> Advanced<Step, Out> {
        Err(error)
    }
}

/// Another node takes over, where it can mend the failure.
struct FallsTo<N: Node, Step, Out> {
    keep: fn(&In<N>) -> Option<In<N>>,
    instead: Instead<N, Step, Out>,
}

impl<N: Node, Step, Out> Fallback<N, Step, Out> for FallsTo<N, Step, Out> {
    type Kept = Option<In<N>>;

    fn keep(&self, input: &In<N>) -> Option<In<N>> {
        (self.keep)(input)
    }

    fn take_over(
        self,
        kept: Option<In<N>>,
        unused: Option<In<N>>,
        error: FlowError,
        course: &mut Course,
        budgets: Budgets,
    ) -> Advanced<Step, Out> {
        if error.kind() == ErrorKind::BudgetExhausted {
            course.exhaust();
        }
        match kept.or(unused) {
            Some(input) if can_be_borne(error.kind()) => {
                (self.instead)(input, NodeError::from(&error), course, budgets)
            }
            _ => Err(error),
        }
    }
}
