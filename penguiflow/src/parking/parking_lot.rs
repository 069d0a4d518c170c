//! The parking lot of a flow and its clones: the steps that wait for a value from outside, and the
//! way by which they get it.
//!
//! A parked step is a future that waits in its trace's own task. Dropped, it is gone from here.
//! Resuming, cancelling and leaving cost the same whatever else is parked: the slots stand in the
//! order in which they came, with an index by trace. Nothing of the user's is dropped or called
//! under the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::time::Instant;

use super::parked::Parked;
use crate::graph::{AwaitInfo, Given};
use crate::message::{StepId, TraceId};

/// A started flow, among all that were started from the same flow and its clones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowId(NonZeroUsize);

impl FlowId {
    /// By its address: it is there for as long as it has traces.
    pub(crate) fn of<T>(started: &T) -> Self {
        Self(NonNull::from(started).addr())
    }
}

/// The listener for traces that only wait.
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
        wait: Wait,
        driver: Option<Waker>,
    },
    Given(Given),
    /// Its trace was cancelled: it is given nothing any more.
    Withdrawn,
}

/// A step that waits. Many may, so that it refers to what the graph knows of the place.
#[derive(Clone, Copy)]
pub(crate) struct Wait {
    pub(crate) trace_id: TraceId,
    pub(crate) step: StepId,
    pub(crate) place: &'static AwaitInfo,
    pub(crate) until: Option<Instant>,
}

impl Wait {
    fn parked(self) -> Parked {
        Parked {
            trace_id: self.trace_id,
            step: self.step,
            node: self.place.name,
            awaited: self.place.awaited,
            until: self.until,
        }
    }
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
    pub(crate) fn park(&self, wait: Wait, flow: Option<FlowId>) -> ParkingSlot<'_> {
        let mut slots = self.slots();
        let number = slots.next;
        slots.next += 1;
        slots.waiting.insert((wait.trace_id, number));
        let state = State::Waiting { wait, driver: None };
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
            State::Waiting { wait, .. } => Some(wait.parked()),
            State::Given(_) | State::Withdrawn => None,
        });
        parked.collect()
    }

    /// Withdraws the traces of a started flow, of this id or all: they accept no value any more.
    /// Their tasks are about to drop them.
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
            // A function of ours: it may be called under the lock.
            State::Waiting { wait, .. } => {
                step.is_none_or(|step| step == wait.step) && (wait.place.takes)(given)
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
        if let Some(State::Waiting { wait, .. }) = slot.as_ref().map(|slot| &slot.state) {
            slots.waiting.remove(&(wait.trace_id, self.number));
        }
        // A value that was given, and not taken any more, is the user's.
        drop(slots);
        drop(slot);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::{AwaitInfo, FlowId, ParkingLot, ParkingSlot, StepId, TraceId, Wait};
    use crate::graph::{Given, given_back};

    fn id(bits: u128) -> TraceId {
        TraceId::from_u128(bits).expect("it is not zero")
    }

    fn step(number: u64) -> StepId {
        serde_json::from_value(number.into()).expect("an id is a number")
    }

    fn park(lot: &ParkingLot, trace: u128, number: u64, flow: Option<FlowId>) -> ParkingSlot<'_> {
        static PLACE: AwaitInfo = AwaitInfo::of::<u8>("await u8");
        let wait = Wait {
            trace_id: id(trace),
            step: step(number),
            place: &PLACE,
            until: None,
        };
        lot.park(wait, flow)
    }

    fn poll(slot: &mut ParkingSlot<'_>) -> Option<u8> {
        let mut cx = Context::from_waker(Waker::noop());
        match pin!(slot).poll(&mut cx) {
            Poll::Ready(given) => Some(given_back(given)),
            Poll::Pending => None,
        }
    }

    fn steps(lot: &ParkingLot) -> Vec<StepId> {
        lot.parked().iter().map(|parked| parked.step).collect()
    }

    fn give(lot: &ParkingLot, trace: u128, step: Option<StepId>, value: u8) -> Result<(), u8> {
        lot.give(id(trace), step, Box::new(value))
            .map_err(given_back)
    }

    #[test]
    fn a_value_goes_to_the_first_step_of_its_trace_that_waits_for_it() {
        let lot = ParkingLot::default();
        let [mut other, mut first, mut second] =
            [(1, 1), (2, 2), (2, 3)].map(|(trace, number)| park(&lot, trace, number, None));
        assert_eq!(steps(&lot), [step(1), step(2), step(3)]);
        assert_eq!(give(&lot, 2, None, 7), Ok(()));
        assert_eq!(steps(&lot), [step(1), step(3)], "it waits no more");
        assert_eq!(give(&lot, 2, None, 8), Ok(()));
        assert_eq!(give(&lot, 2, None, 9), Err(9));
        assert_eq!((poll(&mut first), poll(&mut second)), (Some(7), Some(8)));
        assert_eq!(poll(&mut other), None);
    }

    #[test]
    fn a_value_goes_to_the_step_that_is_named() {
        let lot = ParkingLot::default();
        let [mut first, mut second] = [1, 2].map(|number| park(&lot, 1, number, None));
        assert_eq!(give(&lot, 1, Some(step(2)), 7), Ok(()));
        assert_eq!(give(&lot, 1, Some(step(2)), 8), Err(8));
        assert_eq!(give(&lot, 1, Some(step(3)), 9), Err(9));
        assert_eq!((poll(&mut first), poll(&mut second)), (None, Some(7)));
    }

    #[test]
    fn who_waits_for_another_type_is_passed_over() {
        let lot = ParkingLot::default();
        let _slot = park(&lot, 1, 1, None);
        let given: Given = Box::new("seven");
        let back = lot.give(id(1), None, given).expect_err("it waits for a u8");
        assert_eq!(given_back::<&str>(back), "seven");
    }

    #[test]
    fn a_dropped_slot_leaves_nothing_behind() {
        let lot = ParkingLot::default();
        let (waits, given) = (park(&lot, 1, 1, None), park(&lot, 1, 2, None));
        assert_eq!(give(&lot, 1, Some(step(2)), 7), Ok(()));
        drop((waits, given));
        assert_eq!(give(&lot, 1, None, 8), Err(8));
        let slots = lot.slots();
        assert!(slots.taken.is_empty() && slots.waiting.is_empty());
    }

    /// A flow that was started twice may have the same trace in both.
    #[test]
    fn a_withdrawn_step_is_given_nothing_and_others_are() {
        let lot = ParkingLot::default();
        let (one, other) = (FlowId::of(&1), FlowId::of(&2));
        let mut slots = [
            park(&lot, 1, 1, Some(one)),
            park(&lot, 1, 2, Some(other)),
            park(&lot, 2, 3, Some(one)),
            park(&lot, 2, 4, None),
        ];
        lot.withdraw(one, Some(id(1)));
        assert_eq!(steps(&lot), [step(2), step(3), step(4)]);
        assert_eq!(give(&lot, 1, None, 7), Ok(()));
        assert_eq!(give(&lot, 1, None, 8), Err(8));
        lot.withdraw(one, None);
        assert_eq!(steps(&lot), [step(4)]);
        let given: Vec<_> = slots.iter_mut().map(poll).collect();
        assert_eq!(given, [None, Some(7), None, None]);
    }
}
