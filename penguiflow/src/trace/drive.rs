//! The host in memory: moves a trace from its entry to its end inside one future.

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::frontier::{Course, Emit, Emits, Floe};
use crate::error::{ErrorKind, FlowError};
use crate::event::{EventKind, Note, Place};
use crate::flow::Runtime;
use crate::host::{Advance, Memory, Topology, advance};
use crate::message::{Envelope, Message};
use crate::trace_id::TraceId;

/// The first steps of a trace.
pub(crate) fn enter<F: Topology>(input: Message<F::In>) -> Emits<F::Step, F::Out> {
    let (payload, envelope) = input.split();
    F::enter(payload, Course::start(envelope))
}

/// Runs a message to the end of its trace. A trace without output is an error.
pub(crate) async fn drive<F, S>(
    topology: &F,
    runtime: &Runtime<S>,
    input: Message<F::In>,
    output: impl FnMut(Message<F::Out>),
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
{
    let _events = TraceEvents::start(runtime, input.trace_id);
    let mut outlet = Outlet::to(output);
    let mut emits = enter::<F>(input);
    // A straight line stays in this loop. At the first fork the branches take over.
    let branches = loop {
        match emits.into_sole_step() {
            Ok(floe) => emits = advance(topology, runtime, floe, &Memory).await?,
            Err(emits) => break outlet.land(emits),
        }
    };
    if !branches.is_empty() {
        run_branches(topology, runtime, branches, &mut outlet).await?;
    }
    outlet.close()
}

/// Runs steps at once, in this task, and the steps that they emit, until none is left.
/// The first failure drops the others.
async fn run_branches<F, S, O>(
    topology: &F,
    runtime: &Runtime<S>,
    steps: Vec<Floe<F::Step>>,
    outlet: &mut Outlet<O>,
) -> Result<(), FlowError>
where
    F: Advance<S>,
    S: Sync,
    O: FnMut(Message<F::Out>),
{
    let run = |step| advance(topology, runtime, step, &Memory);
    let mut running: FuturesUnordered<_> = steps.into_iter().map(run).collect();
    while let Some(emits) = running.next().await {
        running.extend(outlet.land(emits?).into_iter().map(run));
    }
    Ok(())
}

/// Where outputs go, and what a trace without any ends as.
struct Outlet<O> {
    output: O,
    any: bool,
    ended: Option<Envelope>,
}

impl<O> Outlet<O> {
    fn to(output: O) -> Self {
        Self {
            output,
            any: false,
            ended: None,
        }
    }

    /// Lets outputs out, and gives back the steps.
    fn land<Step, Out>(&mut self, emits: Emits<Step, Out>) -> Vec<Floe<Step>>
    where
        O: FnMut(Message<Out>),
    {
        let mut steps = Vec::new();
        for emit in emits {
            match emit {
                Emit::Step(floe) => steps.push(floe),
                Emit::End(envelope) => self.ended = Some(envelope),
                Emit::Output(message) => {
                    self.any = true;
                    (self.output)(message);
                }
            }
        }
        steps
    }

    fn close(self) -> Result<(), FlowError> {
        match self.ended {
            Some(envelope) if !self.any => {
                let reason = "gave no output: every path of the trace ended in `None`";
                Err(FlowError::new(ErrorKind::Filtered, &envelope, reason))
            }
            _ => Ok(()),
        }
    }
}

/// Tells of a trace's start, and of its end however it comes.
struct TraceEvents<'a, S> {
    runtime: &'a Runtime<S>,
    trace_id: TraceId,
}

impl<'a, S> TraceEvents<'a, S> {
    fn start(runtime: &'a Runtime<S>, trace_id: TraceId) -> Self {
        let events = Self { runtime, trace_id };
        events.tell(EventKind::TraceStart);
        events
    }

    fn tell(&self, kind: EventKind) {
        if self.runtime.is_observed() {
            self.runtime.tell(&Note::of(kind).at(Place {
                trace_id: self.trace_id,
                node: None,
                attempt: 0,
                latency: None,
                waiting: 0,
            }));
        }
    }
}

impl<S> Drop for TraceEvents<'_, S> {
    fn drop(&mut self) {
        self.tell(EventKind::TraceEnd);
    }
}
