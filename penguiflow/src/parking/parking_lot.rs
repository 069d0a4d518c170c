//! The parking lot of a flow and its clones: the steps that wait for a value from outside, and the
//! way by which they get it.
//!
//! A parked step is a future that waits in its trace's own task. Dropped, it is gone from here.
//! Resuming, cancelling and leaving cost the same whatever else is parked: the slots stand in the
//! order in which they came, with an index by trace. Nothing of the user's is dropped or called
//! under the lock.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use tokio::time::Instant;

use super::parked::{Parked, Payload};
use crate::graph::{AwaitInfo, Given};
use crate::message::{Headers, StepId, TraceId};

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
pub(super) type Number = u64;

/// The number of a reader of what parks.
pub(super) type Reader = u64;

#[derive(Default)]
pub(crate) struct ParkingLot(Mutex<Slots>);

#[derive(Default)]
struct Slots {
    next: Number,
    taken: BTreeMap<Number, Slot>,
    /// Those of them that wait for a value.
    waiting: BTreeSet<(TraceId, Number)>,
    next_reader: Reader,
    /// The readers that have seen all that waits.
    readers: BTreeMap<Reader, Waker>,
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
    /// It was given this, and had waited since then.
    Given(Given, Instant),
    /// Its trace was cancelled: it is given nothing any more.
    Withdrawn,
}

/// A step that waits. Many may, so that it refers to what the graph knows of the place.
pub(crate) struct Wait {
    pub(crate) trace_id: TraceId,
    pub(crate) step: StepId,
    pub(crate) place: &'static AwaitInfo,
    pub(crate) since: Instant,
    pub(crate) until: Option<Instant>,
    /// The parts that few steps have.
    pub(crate) shown: Option<Box<Shown>>,
}

/// What is shown of a step that waits.
pub(crate) struct Shown {
    pub(crate) headers: Headers,
    /// Weak: the trace takes its payload back, and none is dropped under the lock.
    pub(crate) payload: Option<Weak<dyn Any + Send + Sync>>,
}

impl Wait {
    fn parked(&self) -> Parked {
        let shown = self.shown.as_deref();
        let payload = shown.and_then(|shown| shown.payload.as_ref()?.upgrade());
        Parked {
            trace_id: self.trace_id,
            step: self.step,
            node: self.place.name,
            awaited: self.place.awaited,
            headers: shown.map_or_else(Headers::default, |shown| shown.headers.clone()),
            since: self.since,
            until: self.until,
            payload: Payload::new(payload, self.place.to_json),
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
        let readers = std::mem::take(&mut slots.readers);
        drop(slots);
        let slot = ParkingSlot { lot: self, number };
        readers.into_values().for_each(Waker::wake);
        slot
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
        let driver = slots.end_wait(trace_id, number, |wait| State::Given(given, wait.since));
        drop(slots);
        if let Some(driver) = driver {
            driver.wake();
        }
        Ok(())
    }

    /// The place where the step that is named waits, or the first of the trace that does.
    pub(crate) fn place(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
    ) -> Option<(StepId, &'static AwaitInfo)> {
        let slots = self.slots();
        let waits = slots.waiting_of(trace_id).filter_map(|number| {
            let wait = slots.taken[&number].wait()?;
            Some((wait.step, wait.place))
        });
        let mut waits = waits.filter(|(of, _)| step.is_none_or(|step| step == *of));
        waits.next()
    }

    /// All that waits, in the order in which it began to.
    pub(crate) fn parked(&self) -> Vec<Parked> {
        let slots = self.slots();
        let parked = slots.taken.values().filter_map(Slot::parked);
        parked.collect()
    }

    /// What waits of this trace, in the order in which it began to.
    pub(crate) fn parked_in(&self, trace_id: TraceId) -> Vec<Parked> {
        let slots = self.slots();
        let waits = slots.waiting_of(trace_id);
        waits
            .filter_map(|number| slots.taken[&number].parked())
            .collect()
    }

    /// A further reader of what waits.
    pub(super) fn read(&self) -> Reader {
        let mut slots = self.slots();
        slots.next_reader += 1;
        slots.next_reader
    }

    /// The first that waits from this number on, with its number; the reader is woken by the next one
    /// if there is none.
    pub(super) fn poll_read(
        &self,
        reader: Reader,
        from: Number,
        cx: &mut Context<'_>,
    ) -> Poll<(Number, Parked)> {
        // Cloned and dropped without the lock: a waker's code is the user's.
        let waker = cx.waker().clone();
        let mut slots = self.slots();
        let mut later = slots.taken.range(from..);
        let next = later.find_map(|(number, slot)| Some((*number, slot.parked()?)));
        if let Some(next) = next {
            drop(slots);
            return Poll::Ready(next);
        }
        let before = slots.readers.insert(reader, waker);
        drop(slots);
        drop(before);
        Poll::Pending
    }

    /// The reader is gone.
    pub(super) fn forget(&self, reader: Reader) {
        let waker = self.slots().readers.remove(&reader);
        drop(waker);
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
            .filter_map(|(trace_id, number)| slots.end_wait(trace_id, number, |_| State::Withdrawn))
            .collect();
        drop(slots);
        drop(drivers);
    }
}

impl Drop for ParkingLot {
    /// Nothing parks here any more: its readers come to their end.
    fn drop(&mut self) {
        let readers = std::mem::take(&mut self.slots().readers);
        readers.into_values().for_each(Waker::wake);
    }
}

impl Slots {
    fn waiting_of(&self, trace_id: TraceId) -> impl Iterator<Item = Number> {
        let range = (trace_id, Number::MIN)..=(trace_id, Number::MAX);
        self.waiting.range(range).map(|(_, number)| *number)
    }

    /// Ends the wait of a slot, and returns who waited.
    fn end_wait(
        &mut self,
        trace_id: TraceId,
        number: Number,
        state: impl FnOnce(&Wait) -> State,
    ) -> Option<Waker> {
        self.waiting.remove(&(trace_id, number));
        let slot = self.taken.get_mut(&number)?;
        match std::mem::replace(&mut slot.state, State::Withdrawn) {
            State::Waiting { wait, driver } => {
                slot.state = state(&wait);
                driver
            }
            ended => {
                slot.state = ended;
                None
            }
        }
    }
}

impl Slot {
    /// What waits in it, if something does.
    fn wait(&self) -> Option<&Wait> {
        match &self.state {
            State::Waiting { wait, .. } => Some(wait),
            State::Given(..) | State::Withdrawn => None,
        }
    }

    fn parked(&self) -> Option<Parked> {
        self.wait().map(Wait::parked)
    }

    fn takes(&self, step: Option<StepId>, given: &Given) -> bool {
        // `takes` is a function of ours: it may be called under the lock.
        self.wait().is_some_and(|wait| {
            step.is_none_or(|step| step == wait.step) && (wait.place.takes)(given)
        })
    }
}

impl Future for ParkingSlot<'_> {
    /// What it was given, and since when it waited.
    type Output = (Given, Instant);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Cloned and dropped without the lock: a waker's code is the user's.
        let mut waker = Some(cx.waker().clone());
        let mut slots = self.lot.slots();
        let Some(slot) = slots.taken.get_mut(&self.number) else {
            return Poll::Pending;
        };
        match &mut slot.state {
            State::Waiting { driver, .. } => std::mem::swap(driver, &mut waker),
            State::Withdrawn => {}
            State::Given(..) => {
                let slot = slots.taken.remove(&self.number);
                if let Some(State::Given(given, since)) = slot.map(|slot| slot.state) {
                    return Poll::Ready((given, since));
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
        if let Some(wait) = slot.as_ref().and_then(Slot::wait) {
            slots.waiting.remove(&(wait.trace_id, self.number));
        }
        // Dropped without the lock: the value is the user's, and nobody takes it any more.
        drop(slots);
        drop(slot);
    }
}

#[cfg(test)]
mod tests;
