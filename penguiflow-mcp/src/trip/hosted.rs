//! Calls of a started flow. In memory a trace that waits is held here; on a durable host it stays there,
//! and its id is all that is put away.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use penguiflow::host::{
    FlowSignature, HostError, HostFuture, HostTrace, HostedState, ParkedStep, StepId,
};
use penguiflow::{ErasedRunning, Message, TraceId, TraceItem};
use serde_json::Value;

use super::held::Held;
use super::{Event, Trip, Trips, no_output};

/// A started flow.
pub(crate) struct HostedTrips {
    running: ErasedRunning,
    held: Arc<Held>,
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
            held: Arc::clone(&self.held),
            trace,
            reported: HashSet::new(),
            events: VecDeque::new(),
            output: None,
        }
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
                let mut trip = held.ok_or(HostError::UnknownTrace(id))?;
                // This call reports what waits anew.
                trip.reported.clear();
                return Ok(Box::new(trip) as Box<dyn Trip>);
            }
            match trips.running.watch(id).await {
                Ok(trace) => Ok(Box::new(trips.trip(trace)) as Box<dyn Trip>),
                Err(HostError::UnknownTrace(id)) => Ok(Box::new(trips.ended(id).await?)),
                Err(error) => Err(error),
            }
        })
    }

    fn can_be_replayed(&self) -> bool {
        false
    }
}
