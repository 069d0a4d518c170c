//! Where the parked steps of a frontier wait in memory: each has a slot in the flow's parking lot.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, timeout_at};

use super::course::StepId;
use super::frontier::{Frontier, Wake};
use crate::flow::{ParkHook, ParkingLot, ParkingSlot};
use crate::join::{Given, Meeting};

/// The slots of one trace.
pub(super) struct Spot<'a> {
    lot: Option<&'a ParkingLot>,
    hook: Option<&'a dyn ParkHook>,
    slots: Vec<(StepId, ParkingSlot<'a>)>,
}

impl<'a> Spot<'a> {
    pub(super) fn new(lot: Option<&'a ParkingLot>, hook: Option<&'a dyn ParkHook>) -> Self {
        Self {
            lot,
            hook,
            slots: Vec::new(),
        }
    }

    /// Waits until a parked step of the trace can go on, or has waited long enough, and lets
    /// it.
    pub(super) async fn wait<Step: Meeting, Out>(&mut self, frontier: &mut Frontier<Step, Out>) {
        self.show(frontier);
        let given = poll_fn(|cx| self.poll_given(cx));
        let wake = match frontier.next_expiry() {
            None => Wake::Given(given.await),
            Some(at) => timeout_at(at, given)
                .await
                .map_or_else(|_| Wake::Late(Instant::now()), Wake::Given),
        };
        frontier.wake(wake);
    }

    /// The same, where nothing else of the trace runs.
    pub(super) async fn wait_alone<Step: Meeting, Out>(
        &mut self,
        frontier: &mut Frontier<Step, Out>,
    ) {
        if let Some(hook) = self.hook {
            hook.parked();
        }
        self.wait(frontier).await;
        if let Some(hook) = self.hook {
            hook.resumed();
        }
    }

    /// Shows what of the trace is parked now.
    pub(super) fn show<Step: Meeting, Out>(&mut self, frontier: &Frontier<Step, Out>) {
        let Some(lot) = self.lot else { return };
        let flow = self.hook.map(|hook| hook.flow_id());
        let parked: Vec<_> = frontier.parked_with().collect();
        let is_parked = |step: &StepId| parked.iter().any(|(parked, _)| parked.step == *step);
        self.slots.retain(|(step, _)| is_parked(step));
        for (parked, takes) in parked {
            if self.slots.iter().all(|(step, _)| *step != parked.step) {
                let slot = lot.park(parked.clone(), takes, flow);
                self.slots.push((parked.step, slot));
            }
        }
    }

    fn poll_given(&mut self, cx: &mut Context<'_>) -> Poll<Vec<(StepId, Given)>> {
        let mut given = Vec::new();
        for (step, slot) in &mut self.slots {
            if let Poll::Ready(value) = Pin::new(slot).poll(cx) {
                given.push((*step, value));
            }
        }
        match given.is_empty() {
            true => Poll::Pending,
            false => Poll::Ready(given),
        }
    }
}
