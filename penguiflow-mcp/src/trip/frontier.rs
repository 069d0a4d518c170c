//! Calls of a durable flow in memory, without a host: the trace is run step by step, and put away as its
//! whole frontier.

use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use futures_util::stream::{AbortHandle, Abortable, FuturesUnordered};
use penguiflow::Message;
use penguiflow::host::{
    Chunks, DurableFlow, DurableTrace, FlowSignature, HostError, HostFuture, ParkedStep, RunStep,
    StepEmits, StepId, TraceState,
};
use serde_json::Value;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Event, Resuming, Trip, Trips, no_output};

/// A durable flow, whose traces are put away whole.
pub(crate) struct FrontierTrips {
    flow: DurableFlow,
    signature: FlowSignature,
}

impl FrontierTrips {
    pub(crate) fn new(flow: DurableFlow) -> Self {
        let signature = flow.signature();
        Self { flow, signature }
    }
}

impl Trips for FrontierTrips {
    fn signature(&self) -> &FlowSignature {
        &self.signature
    }

    fn begin(&self, message: Message<Vec<u8>>) -> HostFuture<Box<dyn Trip>> {
        let begun = self.flow.begin_json(message, SystemTime::now());
        let begun = begun.map(|trace| {
            trace.report_start();
            FrontierTrip::new(trace).boxed()
        });
        Box::pin(ready(begun.map_err(HostError::from)))
    }

    fn take_up(&self, put_away: Vec<u8>) -> HostFuture<Box<dyn Trip>> {
        let loaded = self.flow.load(&put_away);
        let taken_up = loaded.map(|mut trace| {
            // What has waited too long meanwhile goes on before it is given anything.
            trace.expire(Instant::now());
            FrontierTrip::new(trace).boxed()
        });
        Box::pin(ready(taken_up.map_err(HostError::from)))
    }

    fn can_be_replayed(&self) -> bool {
        true
    }
}

struct FrontierTrip {
    /// `None` once it is over or put away.
    trace: Option<DurableTrace>,
    chunks: Chunks,
    running: FuturesUnordered<Abortable<RunStep>>,
    handles: HashMap<StepId, AbortHandle>,
    reported: HashSet<StepId>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl FrontierTrip {
    fn new(mut trace: DurableTrace) -> Self {
        Self {
            chunks: trace.chunks(),
            trace: Some(trace),
            running: FuturesUnordered::new(),
            handles: HashMap::new(),
            reported: HashSet::new(),
            timer: None,
        }
    }

    fn boxed(self) -> Box<dyn Trip> {
        Box::new(self)
    }

    fn trace(&mut self) -> &mut DurableTrace {
        let trace = self.trace.as_mut();
        trace.expect("a trace that is over or put away is not polled")
    }

    fn begin_steps(&mut self) {
        for step in self.trace().steps() {
            if let Some(run) = self.trace().run(step.id) {
                let (handle, registration) = AbortHandle::new_pair();
                self.running.push(Abortable::new(run, registration));
                self.handles.insert(step.id, handle);
            }
        }
    }

    fn absorb(&mut self, emits: StepEmits) {
        self.handles.remove(&emits.step());
        let dropped = self.trace().absorb(emits);
        self.stop(dropped);
    }

    /// Stops steps that nobody waits for any more.
    fn stop(&mut self, steps: Vec<StepId>) {
        for step in steps {
            if let Some(handle) = self.handles.remove(&step) {
                handle.abort();
            }
            self.trace().stopped(step);
        }
    }

    /// Lets go on what has waited long enough.
    fn poll_expiry(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.trace().next_expiry() else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if timer.deadline() != at {
            timer.as_mut().reset(at);
        }
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        let dropped = self.trace().expire(Instant::now().max(at));
        self.stop(dropped);
        Poll::Ready(())
    }

    /// The steps that wait for values, once nothing else is left to do, and one was not reported.
    fn new_waits(&mut self) -> Option<Vec<ParkedStep>> {
        if !self.running.is_empty() || !self.trace().retried().is_empty() {
            return None;
        }
        let waits = self.waits();
        if waits.iter().all(|wait| self.reported.contains(&wait.step)) {
            return None;
        }
        self.reported = waits.iter().map(|wait| wait.step).collect();
        Some(waits)
    }

    fn end(&mut self) -> Result<Value, HostError> {
        let mut trace = self.trace.take().expect("a trace ends once");
        let outputs = trace.take_outputs();
        trace.finish()?;
        let output = outputs?.into_iter().next().ok_or_else(no_output)?;
        let output: Message<Value> =
            serde_json::from_slice(&output).map_err(|error| HostError::Internal(error.into()))?;
        Ok(output.payload)
    }
}

impl Trip for FrontierTrip {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        loop {
            if let Poll::Ready(Some(chunk)) = self.chunks.poll_next_unpin(cx) {
                return Poll::Ready(Event::Chunk(chunk));
            }
            self.begin_steps();
            match self.running.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(emits))) => {
                    self.absorb(emits);
                    continue;
                }
                // It was stopped.
                Poll::Ready(Some(Err(_))) => continue,
                Poll::Ready(None) | Poll::Pending => {}
            }
            if self.trace().state() == TraceState::Over {
                return Poll::Ready(Event::Ended(self.end()));
            }
            if self.poll_expiry(cx).is_ready() {
                continue;
            }
            return match self.new_waits() {
                Some(waits) => Poll::Ready(Event::Waits(waits)),
                None => Poll::Pending,
            };
        }
    }

    fn waits(&self) -> Vec<ParkedStep> {
        let trace = self.trace.as_ref();
        trace.map(DurableTrace::parked_steps).unwrap_or_default()
    }

    fn resume(&mut self, step: StepId, json: Vec<u8>) -> Resuming<'_> {
        let resumed = self.trace().resume_json(Some(step), json);
        Box::pin(ready(resumed.map_err(HostError::Resume)))
    }

    fn put_away(mut self: Box<Self>, _time: Duration) -> Result<Vec<u8>, HostError> {
        let stored = self.trace().store()?;
        // Not cancelled: it is taken up again.
        self.trace = None;
        Ok(stored)
    }
}

impl Drop for FrontierTrip {
    fn drop(&mut self) {
        self.running.clear();
        if let Some(trace) = self.trace.take() {
            trace.cancel();
        }
    }
}
