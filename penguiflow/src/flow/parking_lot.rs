//! The parking lot of a flow and its clones: which steps wait for a value from outside, and where
//! they are given it.
//!
//! A parked step is a future that waits in its trace's own task. Dropped, it is gone from here.
//! Resuming, cancelling and leaving cost the same whatever else is parked: the slots stand in the
//! order in which they came, with an index by trace. Nothing of the user's is dropped or called
//! under the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::join::Given;
use crate::trace::{Parked, StepId};
use crate::trace_id::TraceId;

/// Whether a step waits for such a value: a function of ours, called under the lock.
pub(crate) type Takes = fn(&Given) -> bool;

/// A started flow, among all that were started from the same flow and its clones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowId(usize);

impl FlowId {
    /// By its address: it is there for as long as it has traces.
    pub(crate) fn of<T>(started: &T) -> Self {
        Self(std::ptr::from_ref(started).addr())
    }
}

/// Whoever has to know when a trace only waits.
pub(crate) trait ParkHook: Sync {
    /// The started flow that the trace runs in.
    fn flow_id(&self) -> FlowId;

    /// The trace's first step is parked.
    fn parked(&self);

    /// No step of the trace is parked any more.
    fn resumed(&self);
}

/// The number of a slot: they are counted in the order in which they are taken.
type Number = u64;

#[derive(Default)]
pub(crate) struct ParkingLot(Mutex<Slots>);

#[derive(Default)]
struct Slots {
    next: Number,
    taken: BTreeMap<Number, Slot>,
    /// Those of them that wait for a value.
    waiting: BTreeSet<(TraceId, Number)>,
}

struct Slot {
    flow: Option<FlowId>,
    state: State,
}

enum State {
    Waiting {
        parked: Parked,
        takes: Takes,
        driver: Option<Waker>,
    },
    Given(Given),
    /// Its trace was cancelled: it is given nothing any more.
    Withdrawn,
}

/// A parked step, for who drives its trace: the future of what it waits for.
pub(crate) struct ParkingSlot<'a> {
    lot: &'a ParkingLot,
    number: Number,
}

impl ParkingLot {
    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parks a step of a trace, which may be a started flow's.
    pub(crate) fn park(
        &self,
        parked: Parked,
        takes: Takes,
        flow: Option<FlowId>,
    ) -> ParkingSlot<'_> {
        let mut slots = self.slots();
        let number = slots.next;
        slots.next += 1;
        slots.waiting.insert((parked.trace_id, number));
        let state = State::Waiting {
            parked,
            takes,
            driver: None,
        };
        slots.taken.insert(number, Slot { flow, state });
        ParkingSlot { lot: self, number }
    }

    /// Gives a parked step of this trace what it waits for: the step that is named, or the first
    /// that waits for such a value.
    ///
    /// # Errors
    ///
    /// The value, if no step waits for it.
    pub(crate) fn give(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        given: Given,
    ) -> Result<(), Given> {
        let mut slots = self.slots();
        let is_meant = |number: &Number| slots.taken[number].takes(step, &given);
        let Some(number) = slots.waiting_of(trace_id).find(is_meant) else {
            drop(slots);
            return Err(given);
        };
        let driver = slots.end_wait(trace_id, number, State::Given(given));
        drop(slots);
        if let Some(driver) = driver {
            driver.wake();
        }
        Ok(())
    }

    /// All that waits, in the order in which it began to.
    pub(crate) fn parked(&self) -> Vec<Parked> {
        let slots = self.slots();
        let parked = slots.taken.values().filter_map(|slot| match &slot.state {
            State::Waiting { parked, .. } => Some(parked.clone()),
            State::Given(_) | State::Withdrawn => None,
        });
        parked.collect()
    }

    /// Lets nobody give anything to the traces of a started flow any more: to those of this id, or
    /// to all. Their tasks are about to drop them.
    pub(crate) fn withdraw(&self, flow: FlowId, trace_id: Option<TraceId>) {
        let mut slots = self.slots();
        let waiting: Vec<_> = match trace_id {
            Some(trace_id) => slots
                .waiting_of(trace_id)
                .map(|number| (trace_id, number))
                .collect(),
            None => slots.waiting.iter().copied().collect(),
        };
        let is_its = |(_, number): &(TraceId, Number)| slots.taken[number].flow == Some(flow);
        let its: Vec<_> = waiting.into_iter().filter(is_its).collect();
        let drivers: Vec<_> = its
            .into_iter()
            .filter_map(|(trace_id, number)| slots.end_wait(trace_id, number, State::Withdrawn))
            .collect();
        drop(slots);
        drop(drivers);
    }
}

impl Slots {
    fn waiting_of(&self, trace_id: TraceId) -> impl Iterator<Item = Number> {
        let range = (trace_id, Number::MIN)..=(trace_id, Number::MAX);
        self.waiting.range(range).map(|(_, number)| *number)
    }

    /// Ends the wait of a slot, and returns who waited.
    fn end_wait(&mut self, trace_id: TraceId, number: Number, state: State) -> Option<Waker> {
        self.waiting.remove(&(trace_id, number));
        let slot = self.taken.get_mut(&number)?;
        match std::mem::replace(&mut slot.state, state) {
            State::Waiting { driver, .. } => driver,
            State::Given(_) | State::Withdrawn => None,
        }
    }
}

impl Slot {
    fn takes(&self, step: Option<StepId>, given: &Given) -> bool {
        match &self.state {
            State::Waiting { parked, takes, .. } => {
                step.is_none_or(|step| step == parked.step) && takes(given)
            }
            State::Given(_) | State::Withdrawn => false,
        }
    }
}

impl Future for ParkingSlot<'_> {
    type Output = Given;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Given> {
        // Cloned, and dropped, with the lock free: it may be anybody's waker.
        let mut waker = Some(cx.waker().clone());
        let mut slots = self.lot.slots();
        let Some(slot) = slots.taken.get_mut(&self.number) else {
            return Poll::Pending;
        };
        match &mut slot.state {
            State::Waiting { driver, .. } => std::mem::swap(driver, &mut waker),
            State::Withdrawn => {}
            State::Given(_) => {
                let slot = slots.taken.remove(&self.number);
                if let Some(State::Given(given)) = slot.map(|slot| slot.state) {
                    return Poll::Ready(given);
                }
            }
        }
        drop(slots);
        drop(waker);
        Poll::Pending
    }
}

impl Drop for ParkingSlot<'_> {
    fn drop(&mut self) {
        let mut slots = self.lot.slots();
        let slot = slots.taken.remove(&self.number);
        if let Some(State::Waiting { parked, .. }) = slot.as_ref().map(|slot| &slot.state) {
            slots.waiting.remove(&(parked.trace_id, self.number));
        }
        // A value that was given, and not taken any more, is the user's.
        drop(slots);
        drop(slot);
    }
}
