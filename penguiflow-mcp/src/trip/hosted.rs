//! Calls of a started flow. In memory a trace that waits is held here; on a durable host it stays there,
//! and its id is all that is put away.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use penguiflow::host::{
    FlowSignature, HostError, HostFuture, HostTrace, HostedState, ParkedStep, StepId,
};
use penguiflow::{ErasedRunning, Message, ResumeJsonError, TraceId, TraceItem};
use serde_json::Value;

use super::held::Held;
use super::{Event, Resuming, Trip, Trips, no_output};

/// A started flow.
#[derive(Clone)]
pub(crate) struct HostedTrips {
    running: ErasedRunning,
    held: Arc<Held<HostedTrip>>,
}

impl HostedTrips {
    pub(crate) fn new(running: ErasedRunning) -> Self {
        Self {
            running,
            held: Arc::default(),
        }
    }

    fn trip(&self, trace: HostTrace) -> HostedTrip {
        HostedTrip {
            running: self.running.clone(),
            held: Arc::downgrade(&self.held),
            trace,
            reported: HashSet::new(),
            answered: HashSet::new(),
            events: VecDeque::new(),
            output: None,
        }
    }

    /// What became of a trace that a durable host has ended meanwhile.
    async fn ended(&self, id: TraceId) -> Result<Ended, HostError> {
        let mut detail = self.running.trace_detail(id).await?;
        let ended = match detail.summary.state {
            HostedState::Completed if !detail.outputs.is_empty() => Ok(detail.outputs.remove(0)),
            HostedState::Completed => {
                let reason = "the flow has ended meanwhile, and its output was taken elsewhere";
                Err(HostError::Refused(reason.into()))
            }
            _ => match detail.summary.error {
                Some(fault) => Err(HostError::Refused(fault.message.into())),
                None => Err(HostError::UnknownTrace(id)),
            },
        };
        Ok(Ended(Some(ended)))
    }
}

impl Trips for HostedTrips {
    fn signature(&self) -> &FlowSignature {
        self.running.signature()
    }

    fn begin(&self, message: Message<Vec<u8>>) -> HostFuture<Box<dyn Trip>> {
        let begun = self.running.trace(message);
        let trips = self.clone();
        Box::pin(async move { Ok(Box::new(trips.trip(begun.await?)) as Box<dyn Trip>) })
    }

    fn take_up(&self, put_away: Vec<u8>) -> HostFuture<Box<dyn Trip>> {
        let trips = self.clone();
        Box::pin(async move {
            let text = String::from_utf8_lossy(&put_away);
            let id = text.parse::<TraceId>();
            let id = id.map_err(|error| HostError::Internal(error.into()))?;
            if !trips.running.is_durable() {
                let held = trips.held.take(id).await;
                let (mut trip, events) = held.ok_or(HostError::UnknownTrace(id))?;
                trip.go_on(events);
                return Ok(Box::new(trip) as Box<dyn Trip>);
            }
            match trips.running.watch(id).await {
                Ok(trace) => Ok(Box::new(trips.trip(trace)) as Box<dyn Trip>),
                Err(HostError::UnknownTrace(id)) => {
                    Ok(Box::new(trips.ended(id).await?) as Box<dyn Trip>)
                }
                Err(error) => Err(error),
            }
        })
    }

    fn can_be_replayed(&self) -> bool {
        false
    }
}

struct HostedTrip {
    running: ErasedRunning,
    /// Weak: a trace that is held does not keep the place where it is.
    held: Weak<Held<Self>>,
    trace: HostTrace,
    reported: HashSet<StepId>,
    /// The steps that were given values: the host may still list them as waiting.
    answered: HashSet<StepId>,
    /// What is to be reported first.
    events: VecDeque<Event>,
    output: Option<Value>,
}

impl HostedTrip {
    fn trace_id(&self) -> TraceId {
        self.trace.trace_id()
    }

    /// Goes on after it was held. What waits is reported anew.
    fn go_on(&mut self, events: Vec<Event>) {
        self.reported.clear();
        let events = events.into_iter();
        let others = events.filter(|event| !matches!(event, Event::Waits(_)));
        self.events.extend(others);
    }

    /// The steps that wait, if one was not reported.
    fn new_waits(&mut self) -> Option<Vec<ParkedStep>> {
        let waits = self.waits();
        if waits.iter().all(|wait| self.reported.contains(&wait.step)) {
            return None;
        }
        self.reported = waits.iter().map(|wait| wait.step).collect();
        Some(waits)
    }
}

impl Trip for HostedTrip {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if let Some(event) = self.events.pop_front() {
            return Poll::Ready(event);
        }
        loop {
            let ended = match self.trace.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(TraceItem::Chunk(chunk)))) => {
                    return Poll::Ready(Event::Chunk(chunk));
                }
                Poll::Ready(Some(Ok(TraceItem::Output(message)))) => {
                    match serde_json::from_str(&message.payload) {
                        Ok(output) => {
                            self.output.get_or_insert(output);
                            continue;
                        }
                        Err(error) => Err(HostError::Internal(error.into())),
                    }
                }
                // Another kind of item is no output.
                Poll::Ready(Some(Ok(_))) => continue,
                Poll::Ready(Some(Err(error))) => Err(error),
                Poll::Ready(None) => self.output.take().ok_or_else(no_output),
                Poll::Pending => {
                    let waits = self.new_waits();
                    return waits.map_or(Poll::Pending, |waits| Poll::Ready(Event::Waits(waits)));
                }
            };
            return Poll::Ready(Event::Ended(ended));
        }
    }

    fn waits(&self) -> Vec<ParkedStep> {
        let mut waits = self.trace.waits();
        waits.retain(|wait| !self.answered.contains(&wait.step));
        waits
    }

    fn resume(&mut self, step: StepId, json: Vec<u8>) -> Resuming<'_> {
        let resumed = self.running.resume(self.trace_id(), Some(step), json);
        Box::pin(async move {
            resumed.await?;
            self.answered.insert(step);
            Ok(())
        })
    }

    fn put_away(self: Box<Self>, time: Duration) -> Result<Vec<u8>, HostError> {
        let id = self.trace_id();
        match self.running.is_durable() {
            true => self.trace.leave()?,
            false => {
                let held = self.held.upgrade().ok_or(HostError::Stopped)?;
                held.keep(id, *self, time)?;
            }
        }
        Ok(id.to_string().into_bytes())
    }
}

/// A trace that has ended while nobody watched it.
struct Ended(Option<Result<Value, HostError>>);

impl Trip for Ended {
    fn poll_event(&mut self, _: &mut Context<'_>) -> Poll<Event> {
        let ended = self.0.take().unwrap_or_else(|| Err(no_output()));
        Poll::Ready(Event::Ended(ended))
    }

    fn waits(&self) -> Vec<ParkedStep> {
        Vec::new()
    }

    fn resume(&mut self, step: StepId, _: Vec<u8>) -> Resuming<'_> {
        let refused = HostError::Resume(ResumeJsonError::StepNotParked(step));
        Box::pin(std::future::ready(Err(refused)))
    }

    fn put_away(self: Box<Self>, _: Duration) -> Result<Vec<u8>, HostError> {
        Err(HostError::Unsupported("put away a trace that has ended"))
    }
}
