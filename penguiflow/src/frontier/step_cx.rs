//! One visit of a node whose trace a host keeps: as in a trace in memory, on a cursor that is made
//! of the stored one.

use std::fmt;
use std::pin::pin;

use super::cursor::Cursor;
use super::outcome::{RunningStep, StepResult};
use crate::error::{FlowError, NodeError};
use crate::node::signature::Direction;
use crate::node::{Exit, In, Node, Out};
use crate::visit::{self, Budgets, Call, TraceContext, VisitsNode, guarded, keep, unwrap};

/// The context of a step: its cursor, which moves on, and the context of the flow.
#[doc(hidden)]
pub struct StepCx<'a, S> {
    pub(super) trace: &'a TraceContext<'a>,
    pub(super) state: &'a S,
    pub(super) cursor: &'a mut Cursor,
}

/// The output of a node: a value for its edges, for Rookery, or nothing.
#[doc(hidden)]
pub type NodeOutput<N> = Direction<Out<N>, Exit<N>>;

/// Goes on with what a node returned.
type Onward<T, Step, Out> = fn(T, &mut Cursor, Budgets) -> StepResult<Step, Out>;

/// Takes on the input of a node that failed, with the failure.
type Instead<N, Step, Out> = fn(In<N>, NodeError, &mut Cursor, Budgets) -> StepResult<Step, Out>;

/// The output of a node with a fallback; or its input, with the failure that the fallback can mend.
type OrFailed<N> = Result<NodeOutput<N>, (In<N>, NodeError)>;

impl<'a, S: Sync> StepCx<'a, S> {
    /// Visits a node. `onward` goes on with what it returned.
    pub fn visit<N: Call<S, Visits: VisitsNode>, Step: Send + 'a, Out: Send + 'a>(
        self,
        node: &'a N,
        index: u32,
        input: In<N>,
        onward: Onward<NodeOutput<N>, Step, Out>,
    ) -> RunningStep<'a, Step, Out> {
        Box::pin(async move {
            let budgets = self.trace.flow.budgets;
            let (cursor, ended) = self.run::<N>(node, index, input).await;
            onward(ended.map_err(|(_, error)| error)?, cursor, budgets)
        })
    }

    /// Visits a node that has a fallback: if it fails in a way that the fallback can mend,
    /// `instead` takes on its input, with the failure. `copy` copies the input, if the node may
    /// use it up.
    pub fn visit_or_fall_back<N: Call<S, Visits: VisitsNode>, Step: Send + 'a, Out: Send + 'a>(
        self,
        node: &'a N,
        index: u32,
        input: In<N>,
        onward: Onward<NodeOutput<N>, Step, Out>,
        copy: fn(&In<N>) -> Option<In<N>>,
        instead: Instead<N, Step, Out>,
    ) -> RunningStep<'a, Step, Out> {
        Box::pin(async move {
            let budgets = self.trace.flow.budgets;
            self.trace.set_about(index);
            let copy = copy(&input);
            let trace = self.trace;
            let (cursor, ended) = self.run::<N>(node, index, input).await;
            match fallen_back::<N>(trace, cursor, copy, ended)? {
                Ok(gave) => onward(gave, cursor, budgets),
                Err((input, error)) => instead(input, error, cursor, budgets),
            }
        })
    }

    /// Runs a node. What it did to the envelope, and what it spent, is in the cursor then; if it
    /// failed, what is left of its input stays with the failure.
    async fn run<N: Call<S, Visits: VisitsNode>>(
        self,
        node: &'a N,
        index: u32,
        input: In<N>,
    ) -> (
        &'a mut Cursor,
        Result<NodeOutput<N>, (Option<In<N>>, FlowError)>,
    ) {
        let Self {
            trace,
            state,
            cursor,
        } = self;
        let mut at = visit::Cursor::at(trace, cursor.id, cursor.hops);
        let (mut kept, moved) = at.wrap::<N>(input);
        let success = match at.is_quiet::<N>() {
            true => {
                let visit = visit::visit(node, &mut kept, moved, at.visit(state, index));
                let returned = guarded(pin!(visit)).await;
                at.judge::<N, S>(index, returned)
            }
            false => {
                at.watch::<N, S>((index, node), &mut kept, moved, state)
                    .await
            }
        };
        cursor.spent = trace.spent();
        trace.set_about(index);
        let ended = match success {
            Ok(success) => Ok(unwrap::<N>(success, &mut at)),
            Err(error) => Err((keep::<N>(kept), error)),
        };
        cursor.envelope = at.copy_envelope();
        (cursor, ended)
    }

    /// Goes on where no node is visited.
    pub fn pass<T, Step: Send + 'a, Out: Send + 'a>(
        self,
        index: u32,
        out: T,
        onward: Onward<T, Step, Out>,
    ) -> RunningStep<'a, Step, Out> {
        self.trace.set_about(index);
        let came = onward(out, self.cursor, self.trace.flow.budgets);
        Box::pin(std::future::ready(came))
    }
}

/// The result of a visit that a fallback may take over from, by the rule of a trace in memory.
fn fallen_back<N: Node>(
    trace: &TraceContext<'_>,
    cursor: &mut Cursor,
    copy: Option<In<N>>,
    ended: Result<NodeOutput<N>, (Option<In<N>>, FlowError)>,
) -> Result<OrFailed<N>, FlowError> {
    let (unused, error) = match ended {
        Ok(gave) => return Ok(Ok(gave)),
        // Not over yet: the host runs its next attempt.
        Err((_, error)) if trace.leaves_retry() => return Err(error),
        Err(failed) => failed,
    };
    let mut at = visit::Cursor::at(trace, cursor.id, cursor.hops);
    let failed = at.fall_back(copy.or(unused), error);
    cursor.hops = at.hops();
    failed.map(Err)
}

impl<S> fmt::Debug for StepCx<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepCx")
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
