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

/// Runs a step with all the attempts that are left to it, and returns what it emits.
///
/// # Errors
///
/// Its failure, if no join tolerates it.
pub(crate) async fn run<F, S>(
    flow: (&F, &S, &Arc<FlowContext>),
    pending: PendingStep<F::Step>,
) -> Result<Emits<F::Step, F::Out>, FlowError>
where
    F: Advance<S>,
{
    let visit = KeptVisit::after(pending.cursor.attempts);
    visit_step(flow, None, &visit, pending).await.emits()
}

/// Runs one attempt of a step, in this span, and returns what came of it.
pub(crate) async fn attempt<F, S>(
    flow: (&F, &S, &Arc<FlowContext>),
    span: Option<Span>,
    pending: PendingStep<F::Step>,
) -> Emits<F::Step, F::Out>
where
    F: Advance<S>,
{
    let visit = KeptVisit::after(pending.cursor.attempts).one_attempt();
    let done = visit_step(flow, span, &visit, pending).await;
    done.emits_of_attempt(visit.into_left())
}

async fn visit_step<F, S>(
    (flow, state, context): (&F, &S, &Arc<FlowContext>),
    span: Option<Span>,
    visit: &KeptVisit,
    pending: PendingStep<F::Step>,
) -> StepDone<F::Step, F::Out>
where
    F: Advance<S>,
{
    let PendingStep { mut cursor, step } = pending;
    let begun = StepStart::at(&cursor);
    cursor.attempts = 0;
    let came = {
        let envelope = cursor.envelope.clone();
        let trace = TraceContext::new(context, &envelope).having_spent(cursor.spent);
        let trace = trace.kept(visit).in_span(span);
        let steps = pin!(run_to_emits(flow, state, &trace, &mut cursor, step));
        CatchPanics::new(steps, &trace).await
    };
    StepDone {
        begun,
        cursor,
        came,
        at: Instant::now(),
    }
}

/// A full join, or an item of a map, only passes on what it holds: so the step that follows runs
/// at once.
async fn run_to_emits<F, S>(
    flow: &F,
    state: &S,
    trace: &TraceContext<'_>,
    cursor: &mut Cursor,
    mut step: F::Step,
) -> StepResult<F::Step, F::Out>
where
    F: Advance<S>,
{
    while step.input().is_none() && step.parked().is_none() {
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
