//! Stand-in: see the branch `running`.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::parked::Parked;
use crate::join::Given;
use crate::step_id::StepId;
use crate::trace_id::TraceId;

/// Is told when a branch of a trace parks, and when it goes on.
pub(crate) trait ParkHook: Sync {
    /// One more branch has parked.
    fn parked(&self);

    /// A branch that was parked goes on, or was dropped.
    fn resumed(&self);
}

#[derive(Default)]
pub(crate) struct ParkingLot(Mutex<(u64, BTreeMap<u64, Slot>)>);

struct Slot {
    parked: Parked,
    takes: fn(&Given) -> bool,
    given: Option<Given>,
    waker: Option<Waker>,
}

pub(crate) struct ParkingSlot<'a>(&'a ParkingLot, u64);

impl ParkingLot {
    fn slots(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Slot>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn park(&self, parked: Parked, takes: fn(&Given) -> bool) -> ParkingSlot<'_> {
        let mut slots = self.slots();
        slots.0 += 1;
        let number = slots.0;
        slots.1.insert(number, Slot { parked, takes, given: None, waker: None });
        ParkingSlot(self, number)
    }

    pub(crate) fn parked(&self) -> Vec<Parked> {
        let slots = self.slots();
        slots.1.values().filter(|slot| slot.given.is_none()).map(|slot| slot.parked.clone()).collect()
    }

    pub(crate) fn give(&self, trace_id: TraceId, step: Option<StepId>, given: Given) -> Result<(), Given> {
        let mut slots = self.slots();
        let found = slots.1.values_mut().find(|slot| {
            slot.given.is_none() && slot.parked.trace_id == trace_id && step.is_none_or(|step| step == slot.parked.step) && (slot.takes)(&given)
        });
        let Some(slot) = found else { return Err(given) };
        slot.given = Some(given);
        let waker = slot.waker.take();
        drop(slots);
        if let Some(waker) = waker { waker.wake() }
        Ok(())
    }
}

impl Future for ParkingSlot<'_> {
    type Output = Given;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Given> {
        let mut slots = self.0.slots();
        let Some(slot) = slots.1.get_mut(&self.1) else { return Poll::Pending };
        match slot.given.take() {
            Some(given) => { slots.1.remove(&self.1); Poll::Ready(given) }
            None => { slot.waker = Some(cx.waker().clone()); Poll::Pending }
        }
    }
}

impl Drop for ParkingSlot<'_> {
    fn drop(&mut self) {
        let gone = self.0.slots().1.remove(&self.1);
        drop(gone);
    }
}
