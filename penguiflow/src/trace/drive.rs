//! The host in memory: moves a trace from its entry to its end inside one future.

use std::time::{Duration, SystemTime};

use futures_util::future::{AbortHandle, Abortable, Aborted};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::course::{Course, Floe};
use super::frontier::{Frontier, filtered};
use super::outcome::{Emits, Halt, Outcome};
use crate::clock;
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventKind, Note, Place};
use crate::host::{Advance, Host, Meeting, Memory, Topology};
use crate::message::{Envelope, Message};
use crate::runtime::{Common, Runtime};
use crate::trace_id::TraceId;

/// Where a trace begins, for hosts that keep its frontier themselves.
pub(crate) fn begin<F: Topology>(input: Message<F::In>) -> Emits<F::Step, F::Out> {
    let (payload, envelope) = input.split();
    let mut course = Course::start(envelope);
    let outcome = F::enter(payload, &mut course);
    Emits::new(outcome, course, 0)
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
    if is_kept(&step) {
        // Running it is keeping it.
        let spent = course.spent;
        return Ok(Emits::new(Outcome::Step(step), course, spent));
    }
    let spent = course.spent;
    let outcome = topology.advance(runtime, &mut course, step, host).await;
    match outcome.or_else(Halt::outcome) {
        Ok(outcome) => Ok(Emits::new(outcome, course, spent)),
        Err(error) => Emits::failed(error, course, spent),
    }
}

/// Runs a message to the end of its trace. Each output comes with its envelope, to take.
/// A trace without output is an error.
pub(crate) async fn drive<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    input: Message<F::In>,
    output: impl FnMut(F::Out, &mut Envelope),
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let _events = TraceEvents::start(runtime.common, &input);
    let (payload, envelope) = input.split();
    run(topology, runtime, payload, Course::start(envelope), output).await
}

/// The same, from a course that may lie within another trace.
pub(crate) async fn run<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    input: F::In,
    mut course: Course,
    mut output: impl FnMut(F::Out, &mut Envelope),
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let mut outcome = F::enter(input, &mut course);
    // A straight line stays in this loop. At the first fork the branches take over.
    loop {
        match outcome {
            Outcome::Step(step) if !is_kept(&step) => {
                let next = topology.advance(runtime, &mut course, step, &Memory).await;
                outcome = next.or_else(Halt::outcome)?;
            }
            Outcome::Output(out) => {
                output(out, &mut course.envelope);
                return Ok(());
            }
            Outcome::End => return Err(filtered(&course.envelope)),
            Outcome::Step(_) | Outcome::Branches(_) => {
                let frontier = Frontier::of(Emits::new(outcome, course, 0));
                return run_branches(topology, runtime, frontier, output).await;
            }
        }
    }
}

/// Runs the steps of a frontier at once, in this task, and the steps that they emit, until
/// none is left. The first failure that no join bears drops the others.
async fn run_branches<F, S>(
    topology: &F,
    runtime: &Runtime<'_, S>,
    mut frontier: Frontier<F::Step, F::Out>,
    mut output: impl FnMut(F::Out, &mut Envelope),
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let mut running = FuturesUnordered::new();
    let mut droppable = Vec::new();
    let mut any = false;
    loop {
        for floe in frontier.next_steps() {
            let (handle, registration) = AbortHandle::new_pair();
            if floe.course.may_be_dropped::<F::Step>() {
                droppable.push((floe.course.awaited.clone(), handle));
            }
            let items = floe.course.items::<F::Step>();
            let step = Abortable::new(step(topology, runtime, floe, &Memory), registration);
            running.push(async move { (items, step.await) });
        }
        let Some((items, emits)) = running.next().await else {
            break;
        };
        match emits {
            Ok(emits) => frontier.absorb(emits?),
            Err(Aborted) => frontier.step_ended(&items),
        }
        if frontier.has_failed() {
            break;
        }
        for dropped in frontier.take_dropped() {
            droppable.retain(|(awaited, handle): &(Vec<_>, AbortHandle)| {
                let holds = dropped.holds(awaited);
                if holds {
                    handle.abort();
                }
                !holds
            });
        }
        for message in frontier.outputs.drain(..) {
            any = true;
            let (out, mut envelope) = message.split();
            output(out, &mut envelope);
        }
    }
    match frontier.finish() {
        Err(error) if any && error.kind() == ErrorKind::Filtered => Ok(()),
        end => end.map(drop),
    }
}

/// Tells of a trace's start, and of its end however it comes.
struct TraceEvents<'a> {
    common: &'a Common,
    trace_id: TraceId,
    made: SystemTime,
}

impl<'a> TraceEvents<'a> {
    fn start<T>(common: &'a Common, input: &Message<T>) -> Self {
        let events = Self {
            common,
            trace_id: input.trace_id,
            made: input.ts,
        };
        events.tell(EventKind::TraceStart, || None);
        events
    }

    fn tell(&self, kind: EventKind, latency: impl FnOnce() -> Option<Duration>) {
        if self.common.is_observed() {
            self.common.tell(&Note::of(kind).at(Place {
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

impl Drop for TraceEvents<'_> {
    fn drop(&mut self) {
        self.tell(EventKind::TraceEnd, || Some(clock::since(self.made)));
    }
}
