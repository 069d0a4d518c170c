//! The host in memory: moves a trace from its entry to its end inside one future.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};

use tokio::task::yield_now;

use super::course::{Course, Floe};
use super::frontier::{Frontier, filtered};
use super::lot::Spot;
use super::outcome::{Begun, Outcome, Ran};
use super::steps::{Came, Steps};
use super::visit::Walk;
use crate::clock;
use crate::cover::Cover;
use crate::error::FlowError;
use crate::event::{EventKind, Note, Place};
use crate::flow::{ParkHook, ParkingLot};
use crate::host::{Advance, Host, Meeting, Memory, Topology};
use crate::message::Message;
use crate::runtime::{Common, Runtime};
use crate::trace_id::TraceId;

/// Takes an output, with its envelope. Behind a pointer, so that a flow is compiled once for all
/// that is done with its outputs.
pub(crate) type TakeOutput<'a, Out> = dyn FnMut(Out, Cover) + Send + 'a;

/// Where a trace begins, for hosts that keep its frontier themselves.
pub(crate) fn begin<F: Topology>(input: Message<F::In>) -> Frontier<F::Step, F::Out> {
    let (payload, mut course) = Course::start(input);
    let came = F::enter(payload, &mut course);
    Frontier::of(came, course)
}

/// Whether it waits at a join, or is parked.
fn is_kept(step: &impl Meeting) -> bool {
    step.arrival().is_some() || step.parked().is_some()
}

/// Runs a flow's traces.
pub(crate) struct Engine<'a, F, S> {
    pub(crate) topology: &'a F,
    pub(crate) runtime: Runtime<'a, S>,
    /// Where its traces park, if they may.
    pub(crate) parking_lot: Option<&'a ParkingLot>,
    /// Who is told when a trace only waits.
    pub(crate) hook: Option<&'a dyn ParkHook>,
}

impl<F: Advance<S>, S> Engine<'_, F, S> {
    /// Runs a step, and those that follow on a straight line, for as long as the host says so.
    ///
    /// It is no `async fn`, for that would hold the step twice.
    #[inline]
    pub(crate) fn step(
        &self,
        floe: Floe<F::Step>,
        host: &impl Host,
    ) -> impl Future<Output = Ran<F::Step, F::Out>> {
        let Floe { mut course, step } = floe;
        async move {
            let begun = Begun::at(&course);
            let mut came = Ok(Outcome::Passed(step));
            loop {
                let step = match came {
                    // Running a step that is kept is keeping it.
                    Ok(Outcome::Passed(step)) if !is_kept(&step) => step,
                    Ok(Outcome::Step(step)) if host.goes_on() && !is_kept(&step) => step,
                    came => {
                        return Ran {
                            begun,
                            course,
                            came,
                        };
                    }
                };
                let walk = Walk::new(&mut course, &self.runtime);
                came = self.topology.advance(walk, step).await;
            }
        }
    }
}

/// What few traces need, branches and waits, is boxed here: the future of a straight line is
/// little more than that of its largest node.
impl<F: Advance<S>, S: Sync> Engine<'_, F, S> {
    /// Runs a message to the end of its trace. Each output comes with its envelope, to take.
    /// A trace without output is an error.
    #[inline]
    pub(crate) async fn run(
        &self,
        input: F::In,
        course: &mut Course,
        output: &mut TakeOutput<'_, F::Out>,
    ) -> Result<(), FlowError> {
        let _events = Told::start(self.runtime.common, course);
        match self.run_line(input, course, output).await? {
            None => Ok(()),
            Some(frontier) => Box::pin(self.run_on(frontier, output)).await,
        }
    }

    /// Goes on with a trace to its end. One that only waits has its spot in the lot.
    async fn run_on(
        &self,
        mut frontier: Box<Frontier<F::Step, F::Out>>,
        output: &mut TakeOutput<'_, F::Out>,
    ) -> Result<(), FlowError> {
        let mut spot = Spot::new(self.parking_lot, self.hook);
        while !self.run_branches(&mut frontier, output, &mut spot).await?
            && self.parking_lot.is_some()
        {
            spot.wait_alone(&mut frontier).await;
        }
        frontier.finish().map(drop)
    }

    /// Runs a trace along a straight line, up to its end, or to its first fork or `await`.
    #[inline]
    async fn run_line(
        &self,
        input: F::In,
        course: &mut Course,
        output: &mut TakeOutput<'_, F::Out>,
    ) -> Result<Option<Box<Frontier<F::Step, F::Out>>>, FlowError> {
        let mut outcome = F::enter(input, course);
        loop {
            match outcome {
                Outcome::Step(step) if !is_kept(&step) => {
                    let walk = Walk::new(course, &self.runtime);
                    outcome = self.topology.advance(walk, step).await?;
                }
                Outcome::Output(out) => {
                    output(out, course.envelope.take());
                    return Ok(None);
                }
                Outcome::End => return Err(filtered(&course.envelope)),
                Outcome::Step(_) | Outcome::Passed(_) | Outcome::Branches(_) => {
                    return Ok(Some(fork(outcome, course.take())));
                }
            }
        }
    }

    /// Runs the steps of a frontier at once, in this task, and the steps that they emit, until
    /// none is left. The first failure that no join bears drops the others. Says whether the trace
    /// is over: if not, what is left is parked.
    async fn run_branches(
        &self,
        frontier: &mut Frontier<F::Step, F::Out>,
        output: &mut TakeOutput<'_, F::Out>,
        spot: &mut Spot<'_>,
    ) -> Result<bool, FlowError> {
        let mut steps = Steps::new();
        let run = |floe| self.step(floe, &Memory);
        loop {
            let waits = poll_fn(|cx| Poll::Ready(steps.begin(frontier, run, cx))).await?;
            for message in frontier.take_outputs() {
                let (out, envelope) = Cover::of(message);
                output(out, envelope);
            }
            if frontier.has_failed() {
                return Ok(true);
            }
            if steps.is_empty() {
                spot.show(frontier);
                return Ok(!frontier.is_parked());
            }
            if waits {
                // Those that wait are polled again at once, to be known by their own wakers: not
                // before all else had its turn.
                yield_now().await;
            }
            if let Some(came) = next_came(&mut steps, frontier, spot).await {
                steps.absorb(came, frontier)?;
            }
        }
    }
}

/// The frontier of a trace that leaves the straight line. Boxed, for most have none.
#[cold]
fn fork<Step: Meeting, Out>(
    outcome: Outcome<Step, Out>,
    course: Course,
) -> Box<Frontier<Step, Out>> {
    Box::new(Frontier::of(outcome, course))
}

/// What the next of the steps that wait came to; nothing, if a parked one went on before that.
async fn next_came<Step: Meeting, Out, Run>(
    steps: &mut Steps<Step, Run>,
    frontier: &mut Frontier<Step, Out>,
    spot: &mut Spot<'_>,
) -> Option<Came<Step, Out>>
where
    Run: Future<Output = Ran<Step, Out>>,
{
    if !frontier.is_parked() {
        return steps.next().await;
    }
    match select(pin!(steps.next()), pin!(spot.wait(frontier))).await {
        Either::Left((came, _)) => came,
        Either::Right(((), _)) => None,
    }
}

/// Tells of a trace's end, however it comes, if somebody listens.
pub(crate) struct Told {
    common: Common,
    trace_id: TraceId,
    made: SystemTime,
}

impl Told {
    /// Tells of its start, unless it is only a part of a trace: a playbook's.
    #[inline]
    fn start(common: &Common, course: &Course) -> Option<Box<Self>> {
        let is_told = common.hears(EventKind::TraceStart) && course.is_at_start();
        is_told.then(|| Self::new(common, &course.envelope))
    }

    fn new(common: &Common, envelope: &Cover) -> Box<Self> {
        let told = Self {
            common: common.clone(),
            trace_id: envelope.trace_id,
            made: envelope.ts,
        };
        told.tell(EventKind::TraceStart, None);
        Box::new(told)
    }

    fn tell(&self, kind: EventKind, latency: Option<Duration>) {
        self.common.tell(&Note::of(kind).at(Place {
            trace_id: self.trace_id,
            node: None,
            playbook: None,
            attempt: 0,
            latency,
            waiting: 0,
        }));
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.tell(EventKind::TraceEnd, Some(clock::since(self.made)));
    }
}
