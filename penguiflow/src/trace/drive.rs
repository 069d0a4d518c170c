//! The host in memory: moves a trace from its entry to its end inside one future.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::future::{AbortHandle, Abortable, Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::course::{Course, Floe};
use super::frontier::{Frontier, filtered};
use super::lot::{Lot, Spot};
use super::outcome::{Begun, Emits, Outcome};
use super::visit::Walk;
use crate::clock;
use crate::error::FlowError;
use crate::event::{EventKind, Note, Place};
use crate::host::{Advance, Host, Meeting, Memory, Topology};
use crate::message::{Envelope, Message};
use crate::runtime::{Common, Runtime};
use crate::trace_id::TraceId;

/// Takes an output, with its envelope. Behind a pointer, so that a flow is compiled once for all
/// that is done with its outputs.
pub(crate) type TakeOutput<'a, Out> = dyn FnMut(Out, &mut Envelope) + Send + 'a;

/// Where a trace begins, for hosts that keep its frontier themselves.
pub(crate) fn begin<F: Topology>(input: Message<F::In>) -> Emits<F::Step, F::Out> {
    let (payload, envelope) = input.split();
    let mut course = Course::start(envelope);
    let outcome = F::enter(payload, &mut course);
    Emits::new(Begun::TRACE, outcome, course)
}

/// Whether it waits at a join, or is parked.
fn is_kept(step: &impl Meeting) -> bool {
    step.arrival().is_some() || step.parked().is_some()
}

/// Runs a step, for hosts that keep the frontier themselves.
pub(crate) async fn step<F: Advance<S>, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    floe: Floe<F::Step>,
    host: &impl Host,
) -> Result<Emits<F::Step, F::Out>, FlowError> {
    let Floe { mut course, step } = floe;
    let begun = Begun::at(&course);
    if is_kept(&step) {
        // Running it is keeping it.
        return Ok(Emits::new(begun, Outcome::Step(step), course));
    }
    let mut next = step;
    loop {
        let walk = Walk::new(&mut course, runtime);
        next = match topology.advance(walk, next).await {
            Ok(Outcome::Passed(step)) => step,
            Ok(Outcome::Step(step)) if host.goes_on() && !is_kept(&step) => step,
            Ok(outcome) => return Ok(Emits::new(begun, outcome, course)),
            Err(error) => return Emits::failed(begun, error, course),
        };
    }
}

/// Runs a message to the end of its trace. Each output comes with its envelope, to take.
/// A trace without output is an error.
pub(crate) async fn drive<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    input: Message<F::In>,
    output: &mut TakeOutput<'_, F::Out>,
    lot: &Arc<Lot>,
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let _events = TraceEvents::start(runtime.common, &input);
    let (payload, envelope) = input.split();
    let course = Course::start(envelope);
    run(topology, runtime, payload, course, output, Some(lot)).await
}

/// The same, from a course that may lie within another trace. A trace that only waits has its
/// spot in the lot.
pub(crate) async fn run<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    input: F::In,
    course: Course,
    output: &mut TakeOutput<'_, F::Out>,
    lot: Option<&Arc<Lot>>,
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let Some(mut frontier) = run_line(topology, runtime, input, course, output).await? else {
        return Ok(());
    };
    let spot = lot.and_then(|lot| Spot::take(lot, F::Step::AWAITS, None));
    let spot = spot.as_ref();
    while !run_branches(topology, runtime, &mut frontier, output, spot).await?
        && let Some(spot) = spot
    {
        spot.wait(&mut frontier).await;
    }
    frontier.finish().map(drop)
}

/// A trace that only waits: it needs no task until it is given something.
pub(crate) struct Left<Step, Out> {
    pub(crate) frontier: Frontier<Step, Out>,
    pub(crate) events: TraceEvents<Common>,
}

/// A trace that is over, or only waits.
pub(crate) type Halted<Step, Out> = Result<Option<Left<Step, Out>>, FlowError>;

/// Runs a message for as long as there is something to run.
pub(crate) async fn set_out<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    input: Message<F::In>,
    output: &mut TakeOutput<'_, F::Out>,
    spot: Option<&Spot>,
) -> Halted<F::Step, F::Out>
where
    F: Advance<S>,
    S: Sync,
{
    let events = TraceEvents::start(runtime.common, &input);
    let (payload, envelope) = input.split();
    let course = Course::start(envelope);
    let Some(mut frontier) = run_line(topology, runtime, payload, course, output).await? else {
        return Ok(None);
    };
    if run_branches(topology, runtime, &mut frontier, output, spot).await? {
        return frontier.finish().map(|_| None);
    }
    let events = events.owned();
    Ok(Some(Left { frontier, events }))
}

/// Goes on with a trace that was given something.
pub(crate) async fn go_on<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    left: Left<F::Step, F::Out>,
    output: &mut TakeOutput<'_, F::Out>,
    spot: Option<&Spot>,
) -> Halted<F::Step, F::Out>
where
    F: Advance<S>,
    S: Sync,
{
    let Left {
        mut frontier,
        events,
    } = left;
    if run_branches(topology, runtime, &mut frontier, output, spot).await? {
        return frontier.finish().map(|_| None);
    }
    Ok(Some(Left { frontier, events }))
}

/// Runs a trace along a straight line, up to its end, or to its first fork or `await`.
async fn run_line<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    input: F::In,
    mut course: Course,
    output: &mut TakeOutput<'_, F::Out>,
) -> Result<Option<Frontier<F::Step, F::Out>>, FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let mut outcome = F::enter(input, &mut course);
    loop {
        match outcome {
            Outcome::Step(step) if !is_kept(&step) => {
                outcome = topology
                    .advance(Walk::new(&mut course, runtime), step)
                    .await?;
            }
            Outcome::Output(out) => {
                output(out, &mut course.envelope);
                return Ok(None);
            }
            Outcome::End => return Err(filtered(&course.envelope)),
            Outcome::Step(_) | Outcome::Passed(_) | Outcome::Branches(_) => {
                let emits = Emits::new(Begun::TRACE, outcome, course);
                return Ok(Some(Frontier::of(emits)));
            }
        }
    }
}

/// Runs the steps of a frontier at once, in this task, and the steps that they emit, until
/// none is left. The first failure that no join bears drops the others. Says whether the trace
/// is over: if not, what is left is parked.
async fn run_branches<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    frontier: &mut Frontier<F::Step, F::Out>,
    output: &mut TakeOutput<'_, F::Out>,
    spot: Option<&Spot>,
) -> Result<bool, FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let mut running = FuturesUnordered::new();
    let mut droppable = BTreeMap::new();
    loop {
        for message in frontier.take_outputs() {
            let (out, mut envelope) = message.split();
            output(out, &mut envelope);
        }
        for floe in frontier.take_steps() {
            let (handle, registration) = AbortHandle::new_pair();
            if floe.course.may_be_dropped(F::Step::JOINS) {
                droppable.insert(floe.course.id, handle);
            }
            let none = Emits::none(Begun::at(&floe.course));
            let step = Abortable::new(step(topology, runtime, floe, &Memory), registration);
            running.push(async move { step.await.unwrap_or(Ok(none)) });
        }
        if running.is_empty() {
            if let Some(spot) = spot {
                spot.show(frontier);
            }
            return Ok(!frontier.is_parked());
        }
        if let Some(emits) = next_emits(&mut running, frontier, spot).await {
            let emits = emits?;
            droppable.remove(&emits.step);
            frontier.absorb(emits);
        }
        if frontier.has_failed() {
            return Ok(true);
        }
        for step in frontier.take_dropped() {
            if let Some(handle) = droppable.remove(&step) {
                handle.abort();
            }
        }
    }
}

/// What the next of the running steps emits; nothing, if a parked one went on before that.
async fn next_emits<Fut, Step, Out>(
    running: &mut FuturesUnordered<Fut>,
    frontier: &mut Frontier<Step, Out>,
    spot: Option<&Spot>,
) -> Option<Fut::Output>
where
    Fut: Future,
    Step: Meeting,
{
    let Some(spot) = spot.filter(|_| frontier.is_parked()) else {
        return running.next().await;
    };
    match select(running.next(), pin!(spot.wait(frontier))).await {
        Either::Left((emits, _)) => emits,
        Either::Right(((), _)) => None,
    }
}

/// Tells of a trace's start, and of its end however it comes.
pub(crate) struct TraceEvents<C: Borrow<Common>> {
    common: C,
    trace_id: TraceId,
    made: SystemTime,
    /// Whether somebody else tells of the end.
    is_moved: bool,
}

impl TraceEvents<&Common> {
    /// For a trace that outlives its task.
    fn owned(mut self) -> TraceEvents<Common> {
        self.is_moved = true;
        TraceEvents {
            common: self.common.clone(),
            trace_id: self.trace_id,
            made: self.made,
            is_moved: false,
        }
    }
}

impl<'a> TraceEvents<&'a Common> {
    fn start<T>(common: &'a Common, input: &Message<T>) -> Self {
        let events = Self {
            common,
            trace_id: input.trace_id,
            made: input.ts,
            is_moved: false,
        };
        events.tell(EventKind::TraceStart, || None);
        events
    }
}

impl<C: Borrow<Common>> TraceEvents<C> {
    fn tell(&self, kind: EventKind, latency: impl FnOnce() -> Option<Duration>) {
        if self.common.borrow().is_observed() {
            self.common.borrow().tell(&Note::of(kind).at(Place {
                trace_id: self.trace_id,
                node: None,
                playbook: None,
                attempt: 0,
                latency: latency(),
                waiting: 0,
            }));
        }
    }
}

impl<C: Borrow<Common>> Drop for TraceEvents<C> {
    fn drop(&mut self) {
        if !self.is_moved {
            self.tell(EventKind::TraceEnd, || Some(clock::since(self.made)));
        }
    }
}
