//! One visit of a node: attempts under its policy, cut by the message's deadline.

use super::chunk::OpenStreams;
use super::course::Course;
use super::outcome::{Advanced, can_be_borne};
use super::record::Record;
use crate::ctx::{Ctx, Shared};
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::host::Advancing;
use crate::message::Headers;
use crate::node::{self, Call, Exit, In, Param, Success};
use crate::runtime::{Budgets, Common, Runtime};
use crate::shape::{Direction, Signature};
use crate::trace_id::TraceId;

/// What an extractor can see of the attempt that it makes a parameter for.
#[derive(Debug)]
pub struct Visit<'a, S> {
    pub(super) state: &'a S,
    pub(crate) common: &'a Common,
    pub(crate) course: &'a Course,
    pub(crate) index: usize,
    pub(crate) attempt: u32,
    pub(super) retries: u32,
    pub(crate) shared: &'a Shared,
    pub(crate) streams: &'a OpenStreams,
}

impl<S> Visit<'_, S> {
    /// The state of the flow.
    pub fn state(&self) -> &S {
        self.state
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        &self.course.envelope.headers
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.course.envelope.trace_id
    }

    /// The node's name in the flow.
    pub fn node(&self) -> &'static str {
        self.common.graph.nodes[self.index].name
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether no attempt follows this one.
    #[doc(hidden)]
    pub fn is_last(&self) -> bool {
        self.attempt >= self.retries
    }

    /// The context of this attempt, as nodes are given it.
    pub fn ctx(&self) -> Ctx {
        Ctx::of(self)
    }
}

/// A message's way through a step: where it is, and what the flow's traces share.
#[derive(Debug)]
pub struct Walk<'a, S> {
    course: &'a mut Course,
    runtime: &'a Runtime<'a, S>,
}

impl<'a, S> Walk<'a, S> {
    pub(super) fn new(course: &'a mut Course, runtime: &'a Runtime<'a, S>) -> Self {
        Self { course, runtime }
    }

    /// Goes on where no node is visited.
    pub fn pass<T, U>(self, out: T, onward: fn(T, &mut Course, Budgets) -> U) -> U {
        onward(out, self.course, self.runtime.budgets())
    }
}

/// What a node gave: something to take on, or out of the flow, or nothing.
pub type Gave<N> = Direction<node::Out<N>, Exit<N>>;

/// Visits a node: the generated `advance` calls this for each step. `onward` takes on what the
/// node gave.
///
/// That its future is `Send` is said here, so that it is proved here, once for all nodes.
pub fn visit<'a, N, S, Step, Out>(
    node: &'a N,
    index: usize,
    input: In<N>,
    walk: Walk<'a, S>,
    onward: fn(Gave<N>, &mut Course, Budgets) -> Advanced<Step, Out>,
) -> impl Advancing<Step, Out>
where
    N: Call<S>,
    S: Sync,
{
    async move {
        let Walk { course, runtime } = walk;
        let returned = attempts(node, index, input, &mut None, course, runtime).await?;
        let gave = N::Signature::set_down(returned, &mut course.envelope);
        onward(gave, course, runtime.budgets())
    }
}

/// Visits a node that has a fallback: if it fails in a way that the fallback can mend, `instead`
/// takes on its input, with the failure. `keep` copies the input, if the node may use it up.
pub fn visit_or_fall_back<'a, N, S, Step, Out>(
    node: &'a N,
    index: usize,
    input: In<N>,
    walk: Walk<'a, S>,
    onward: fn(Gave<N>, &mut Course, Budgets) -> Advanced<Step, Out>,
    keep: fn(&In<N>) -> Option<In<N>>,
    instead: fn(In<N>, NodeError, &mut Course, Budgets) -> Advanced<Step, Out>,
) -> impl Advancing<Step, Out>
where
    N: Call<S>,
    S: Sync,
{
    async move {
        let Walk { course, runtime } = walk;
        let kept = keep(&input);
        let mut param = None;
        let error = match attempts(node, index, input, &mut param, course, runtime).await {
            Ok(returned) => {
                let gave = N::Signature::set_down(returned, &mut course.envelope);
                return onward(gave, course, runtime.budgets());
            }
            Err(error) => error,
        };
        if error.kind() == ErrorKind::BudgetExhausted {
            course.exhaust();
        }
        let unused = || param.map(N::Signature::give_back);
        match kept.or_else(unused) {
            Some(input) if can_be_borne(error.kind()) => {
                instead(input, NodeError::from(&error), course, runtime.budgets())
            }
            _ => Err(error),
        }
    }
}

/// The attempts of a visit. What was not used up of its input stays in `param`.
async fn attempts<N, S>(
    node: &N,
    index: usize,
    input: In<N>,
    param: &mut Option<Param<N>>,
    course: &mut Course,
    runtime: &Runtime<'_, S>,
) -> Result<Success<N>, FlowError>
where
    N: Call<S>,
    S: Sync,
{
    let mut record = Record::new(index, course, runtime);
    let returned = recorded(&mut record, node, input, param).await;
    let spent = record.spent();
    drop(record);
    course.spent = course.spent.saturating_add(spent);
    returned
}

async fn recorded<N, S>(
    record: &mut Record<'_, S>,
    node: &N,
    input: In<N>,
    param: &mut Option<Param<N>>,
) -> Result<Success<N>, FlowError>
where
    N: Call<S>,
    S: Sync,
{
    #[cfg(feature = "validate")]
    let admitted = record.admit(|| N::check_input(&input));
    *param = Some(N::Signature::take_up(input, record.envelope()));
    #[cfg(feature = "validate")]
    admitted?;
    let returned = loop {
        match record.attempt(node, param).await {
            Ok(returned) => break returned,
            Err(fault) => record.recover(fault, N::INFO.policy).await?,
        }
    };
    record.end();
    Ok(returned)
}
