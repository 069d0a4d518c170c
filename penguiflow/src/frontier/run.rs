//! Begins a trace that a host keeps, and runs its steps. Here alone the clock is read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;

use tokio::time::Instant;
use tracing::Span;

use super::Frontier;
use super::advance::{Advance, Durable};
use super::cursor::{Cursor, PendingStep};
use super::outcome::{Emits, Outcome, StepDone, StepResult, StepStart};
use super::step_cx::StepCx;
use super::step_joins::StepJoins;
use crate::error::FlowError;
use crate::message::Message;
use crate::visit::{CatchPanics, FlowContext, KeptVisit, TraceContext};

/// Where a trace begins, at this time.
pub(crate) fn begin<F: Durable>(input: Message<F::In>, now: Instant) -> Frontier<F::Step, F::Out> {
    let (payload, mut cursor) = Cursor::start(input);
    match catch_unwind(AssertUnwindSafe(|| F::enter(payload, &mut cursor))) {
        Ok(came) => Frontier::of(came, cursor, now),
        Err(panic) => {
            let entry = F::GRAPH
                .entries
                .first()
                .map(|entry| &F::GRAPH.nodes[*entry]);
            Frontier::of_panic(entry.map_or("", |entry| entry.name), cursor, panic)
        }
    }
}

/// How many attempts of a step are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempts {
    /// All that are left to it.
    All,
    /// One: the host runs the next one, if another may follow.
    One,
}

/// Runs a step, in this span, and returns what it emits. One function for both hosts: what it holds is
/// moved once more by a future around it.
///
/// # Errors
///
/// Its failure, if no join tolerates it. One attempt has none: its failure is what it came to.
pub(crate) async fn run<F, S>(
    (flow, state, context): (&F, &S, &Arc<FlowContext>),
    (span, attempts): (Option<Span>, Attempts),
    pending: PendingStep<F::Step>,
) -> Result<Emits<F::Step, F::Out>, FlowError>
where
    F: Advance<S>,
{
    let PendingStep { mut cursor, step } = pending;
    let mut begun = StepStart::at(&cursor);
    let visit = KeptVisit::after(cursor.attempts, attempts == Attempts::One);
    cursor.attempts = 0;
    let came = {
        let envelope = cursor.envelope.clone();
        let trace = TraceContext::new(context, &envelope).having_spent(cursor.spent);
        let trace = trace.kept(&visit).in_span(span);
        let steps = pin!(run_to_emits(
            flow,
            state,
            &trace,
            (&mut begun, &mut cursor),
            step
        ));
        CatchPanics::new(steps, &trace).await
    };
    let done = StepDone {
        begun,
        cursor,
        came,
        at: Instant::now(),
    };
    match attempts {
        Attempts::All => done.emits(),
        Attempts::One => Ok(done.emits_of_attempt(visit.into_left())),
    }
}

/// A full join, or an item of a map, only passes on what it holds: so the step that follows runs
/// at once.
async fn run_to_emits<F, S>(
    flow: &F,
    state: &S,
    trace: &TraceContext<'_>,
    (begun, cursor): (&mut StepStart, &mut Cursor),
    mut step: F::Step,
) -> StepResult<F::Step, F::Out>
where
    F: Advance<S>,
{
    while step.input().is_none() && step.parked().is_none() {
        let node = F::Step::GRAPH.nodes.get(step.number());
        begun.node = node.map(|node| node.name);
        let cx = StepCx {
            trace,
            state,
            cursor: &mut *cursor,
        };
        match flow.advance(cx, step).await? {
            Outcome::Passed(next) => step = next,
            came => return Ok(came),
        }
    }
    Ok(Outcome::Step(step))
}
