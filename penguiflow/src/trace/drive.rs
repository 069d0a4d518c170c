//! The host in memory: moves a trace from its entry to its end inside one future.

use std::time::{Duration, SystemTime};

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::frontier::{Course, Emit, Emits, Floe, Halt, Outcome};
use crate::clock;
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventKind, Note, Place};
use crate::flow::Runtime;
use crate::host::{Advance, Host, Memory, Topology};
use crate::message::{Envelope, Message};
use crate::trace_id::TraceId;

/// Where a trace begins, for hosts that keep its frontier themselves.
pub(crate) fn begin<F: Topology>(input: Message<F::In>) -> Emits<F::Step, F::Out> {
    let (payload, envelope) = input.split();
    let mut course = Course::start(envelope);
    Emits::new(F::enter(payload, &mut course), course)
}

/// Runs a step, for hosts that keep the frontier themselves.
pub(crate) async fn step<F: Advance<S>, S>(
    topology: &F,
    runtime: &Runtime<S>,
    floe: Floe<F::Step>,
    host: &impl Host,
) -> Result<Emits<F::Step, F::Out>, FlowError> {
    let Floe { mut course, step } = floe;
    let outcome = topology.advance(runtime, &mut course, step, host).await;
    let outcome = outcome.or_else(Halt::outcome)?;
    Ok(Emits::new(outcome, course))
}

/// Runs a message to the end of its trace. Each output comes with its envelope, to take.
/// A trace without output is an error.
pub(crate) async fn drive<F, S>(
    topology: &F,
    runtime: &Runtime<S>,
    input: Message<F::In>,
    mut output: impl FnMut(F::Out, &mut Envelope),
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let _events = TraceEvents::start(runtime, &input);
    let (payload, envelope) = input.split();
    let mut course = Course::start(envelope);
    let mut outcome = F::enter(payload, &mut course);
    // A straight line stays in this loop. At the first fork the branches take over.
    loop {
        match outcome {
            Outcome::Step(step) => {
                let next = topology.advance(runtime, &mut course, step, &Memory).await;
                outcome = next.or_else(Halt::outcome)?;
            }
            Outcome::Output(out) => {
                output(out, &mut course.envelope);
                return Ok(());
            }
            Outcome::End => return Err(filtered(&course.envelope)),
            Outcome::Branches(floes) => {
                return run_branches(topology, runtime, floes, output).await;
            }
        }
    }
}

/// Runs steps at once, in this task, and the steps that they emit, until none is left.
/// The first failure drops the others.
async fn run_branches<F, S>(
    topology: &F,
    runtime: &Runtime<S>,
    floes: Vec<Floe<F::Step>>,
    mut output: impl FnMut(F::Out, &mut Envelope),
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let run = |floe| step(topology, runtime, floe, &Memory);
    let mut running: FuturesUnordered<_> = floes.into_iter().map(run).collect();
    let mut ended = None;
    let mut any = false;
    while let Some(emits) = running.next().await {
        for emit in emits? {
            match emit {
                Emit::Step(floe) => running.push(run(floe)),
                Emit::End(envelope) => ended = Some(envelope),
                Emit::Output(message) => {
                    any = true;
                    let (out, mut envelope) = message.split();
                    output(out, &mut envelope);
                }
            }
        }
    }
    ended
        .filter(|_| !any)
        .map_or(Ok(()), |envelope| Err(filtered(&envelope)))
}

fn filtered(envelope: &Envelope) -> FlowError {
    let reason = "the trace gave no output: every path of it ended in `None`";
    FlowError::new(ErrorKind::Filtered, envelope, reason)
}

/// Tells of a trace's start, and of its end however it comes.
struct TraceEvents<'a, S> {
    runtime: &'a Runtime<S>,
    trace_id: TraceId,
    made: SystemTime,
}

impl<'a, S> TraceEvents<'a, S> {
    fn start<T>(runtime: &'a Runtime<S>, input: &Message<T>) -> Self {
        let events = Self {
            runtime,
            trace_id: input.trace_id,
            made: input.ts,
        };
        events.tell(EventKind::TraceStart, || None);
        events
    }

    fn tell(&self, kind: EventKind, latency: impl FnOnce() -> Option<Duration>) {
        if self.runtime.is_observed() {
            self.runtime.tell(&Note::of(kind).at(Place {
                trace_id: self.trace_id,
                node: None,
                attempt: 0,
                latency: latency(),
                waiting: 0,
            }));
        }
    }
}

impl<S> Drop for TraceEvents<'_, S> {
    fn drop(&mut self) {
        self.tell(EventKind::TraceEnd, || Some(clock::since(self.made)));
    }
}
