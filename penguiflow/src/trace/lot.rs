//! The parked traces of a flow, in memory: who waits for what, and who is told when it comes.
//!
//! A trace that may come to an `await` has a spot here. While a future drives it, the spot takes
//! what it is given, and wakes the driver. A trace of a started flow that only waits is left
//! here as data, and holds no task.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::course::StepId;
use super::frontier::Frontier;
use super::parked::Parked;
use crate::join::{Given, Meeting};
use crate::trace_id::TraceId;

pub(crate) struct Lot<Step, Out> {
    spots: Mutex<Spots<Step, Out>>,
    /// Told when a trace is left that stops waiting at some time, and when one goes.
    left: Arc<Notify>,
}

struct Spots<Step, Out> {
    next: u64,
    taken: BTreeMap<u64, Entry<Step, Out>>,
    /// Whether a task looks after the times at which traces stop waiting.
    is_kept: bool,
}

struct Entry<Step, Out> {
    /// Whose trace it is: a started flow's, or nobody's but its driver's.
    owner: Owner,
    parked: Vec<(Parked, Takes)>,
    given: Vec<(StepId, Given)>,
    driver: Option<Waker>,
    left: Option<Left<Step, Out>>,
}

type Takes = fn(&Given) -> bool;

/// A started flow, by its address.
pub(crate) type Owner = Option<usize>;

/// A trace without a driver.
struct Left<Step, Out> {
    frontier: Box<Frontier<Step, Out>>,
    go_on: GoOn<Step, Out>,
}

/// Drives a trace on.
type GoOn<Step, Out> = Box<dyn FnOnce(Frontier<Step, Out>) + Send>;

impl<Step, Out> Lot<Step, Out> {
    pub(crate) fn new() -> Self {
        let spots = Spots {
            next: 0,
            taken: BTreeMap::new(),
            is_kept: false,
        };
        Self {
            spots: Mutex::new(spots),
            left: Arc::default(),
        }
    }

    fn spots(&self) -> MutexGuard<'_, Spots<Step, Out>> {
        self.spots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that is parked, in the order in which the traces came.
    pub(crate) fn parked(&self) -> Vec<Parked> {
        let spots = self.spots();
        let parked = spots.taken.values().flat_map(|spot| &spot.parked);
        parked.map(|(parked, _)| parked.clone()).collect()
    }

    /// Drops the traces of a started flow that are left here: all, or those with this id.
    pub(crate) fn evict(&self, owner: Owner, trace_id: Option<TraceId>) {
        let is_meant = |spot: &Entry<Step, Out>| {
            let is_its = |(parked, _): &(Parked, Takes)| Some(parked.trace_id) == trace_id;
            spot.owner == owner && (trace_id.is_none() || spot.parked.iter().any(is_its))
        };
        let evicted: Vec<_> = {
            let mut spots = self.spots();
            let left = spots.taken.values_mut().filter(|spot| is_meant(spot));
            left.filter_map(|spot| spot.left.take()).collect()
        };
        // Not under the lock: a trace that is dropped gives up its spot.
        drop(evicted);
        self.left.notify_one();
    }
}

impl<Step: Meeting, Out> Lot<Step, Out> {
    /// Gives a parked step of this trace what it waits for.
    pub(crate) fn give(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        given: Given,
    ) -> Result<(), Given> {
        let mut spots = self.spots();
        let takes = |(parked, takes): &(Parked, Takes)| {
            parked.trace_id == trace_id
                && step.is_none_or(|step| step == parked.step)
                && takes(&given)
        };
        for spot in spots.taken.values_mut() {
            let Some(place) = spot.parked.iter().position(takes) else {
                continue;
            };
            let (parked, _) = spot.parked.remove(place);
            spot.given.push((parked.step, given));
            let (left, driver) = (spot.left.take(), spot.driver.take());
            let given = match left {
                Some(_) => std::mem::take(&mut spot.given),
                None => Vec::new(),
            };
            drop(spots);
            if let Some(left) = left {
                left.go_on_with(given);
                self.left.notify_one();
            }
            if let Some(driver) = driver {
                driver.wake();
            }
            return Ok(());
        }
        Err(given)
    }

    /// Goes on with the traces that have waited long enough, and says when the next one will
    /// have.
    fn expire(&self, now: Instant) -> Option<Instant> {
        let mut spots = self.spots();
        let due = |spot: &mut Entry<Step, Out>| {
            let left = spot.left.as_ref()?;
            let is_due = left.frontier.next_expiry().is_some_and(|at| at <= now);
            is_due.then(|| spot.left.take()).flatten()
        };
        let due: Vec<_> = spots.taken.values_mut().filter_map(due).collect();
        let left = spots.taken.values().filter_map(|spot| spot.left.as_ref());
        let next = left.filter_map(|left| left.frontier.next_expiry()).min();
        spots.is_kept = next.is_some();
        drop(spots);
        for mut left in due {
            left.frontier.expire(now);
            left.go_on_with(Vec::new());
        }
        next
    }
}

impl<Step: Meeting, Out> Left<Step, Out> {
    fn go_on_with(mut self, given: Vec<(StepId, Given)>) {
        self.frontier.give_all(given);
        (self.go_on)(*self.frontier);
    }
}

/// A trace's place in the lot, given up when this is dropped.
pub(crate) struct Spot<Step, Out> {
    lot: Arc<Lot<Step, Out>>,
    number: u64,
}

/// Where a trace is left, for who left it.
pub(crate) struct LeftAt<Step, Out> {
    lot: Arc<Lot<Step, Out>>,
    number: u64,
}

impl<Step, Out> LeftAt<Step, Out> {
    /// Drops the trace, if it is still left there.
    pub(crate) fn clear(self) {
        let mut spots = self.lot.spots();
        let spot = spots.taken.get_mut(&self.number);
        let left = spot.and_then(|spot| spot.left.take());
        // Not under the lock: a trace that is dropped gives up its spot.
        drop(spots);
        drop(left);
    }
}

impl<Step: Meeting, Out> Spot<Step, Out> {
    /// A spot for a trace that may come to an `await`.
    pub(crate) fn take(lot: &Arc<Lot<Step, Out>>, owner: Owner) -> Option<Self> {
        if Step::AWAITS.is_empty() {
            return None;
        }
        let mut spots = lot.spots();
        let number = spots.next;
        spots.next += 1;
        let entry = Entry {
            owner,
            parked: Vec::new(),
            given: Vec::new(),
            driver: None,
            left: None,
        };
        spots.taken.insert(number, entry);
        let lot = Arc::clone(lot);
        drop(spots);
        Some(Self { lot, number })
    }

    /// Waits until a parked step of the trace can go on, or has waited long enough, and lets
    /// it.
    pub(super) async fn wait(&self, frontier: &mut Frontier<Step, Out>) {
        self.show(frontier);
        let given = match frontier.next_expiry() {
            None => Ok(self.given().await),
            Some(at) => timeout_at(at, self.given()).await,
        };
        match given {
            Ok(given) => frontier.give_all(given),
            Err(_) => frontier.expire(Instant::now()),
        }
    }

    /// Shows what of the trace is parked now.
    pub(super) fn show(&self, frontier: &Frontier<Step, Out>) {
        let mut spots = self.lot.spots();
        if let Some(spot) = spots.taken.get_mut(&self.number) {
            let is_given =
                |parked: &Parked| spot.given.iter().any(|(step, _)| *step == parked.step);
            let parked = frontier.parked_with();
            spot.parked = parked.filter(|(parked, _)| !is_given(parked)).collect();
        }
    }

    /// What the trace was given, once there is something.
    async fn given(&self) -> Vec<(StepId, Given)> {
        poll_fn(|cx| self.poll_given(cx)).await
    }

    fn poll_given(&self, cx: &mut Context<'_>) -> Poll<Vec<(StepId, Given)>> {
        let mut spots = self.lot.spots();
        let Some(spot) = spots.taken.get_mut(&self.number) else {
            return Poll::Pending;
        };
        if spot.given.is_empty() {
            spot.driver = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(std::mem::take(&mut spot.given))
    }
}

impl<Step, Out> Spot<Step, Out>
where
    Step: Meeting + Send + 'static,
    Out: Send + 'static,
{
    /// Leaves the trace as data, until it is given something or has waited long enough.
    pub(crate) fn leave(
        self,
        frontier: Frontier<Step, Out>,
        go_on: impl FnOnce(Self, Frontier<Step, Out>) + Send + 'static,
    ) -> LeftAt<Step, Out> {
        let left_at = LeftAt {
            lot: Arc::clone(&self.lot),
            number: self.number,
        };
        let lot = &left_at.lot;
        let ends = frontier.next_expiry().is_some();
        let left = Left {
            frontier: Box::new(frontier),
            go_on: Box::new(move |frontier| go_on(self, frontier)),
        };
        let mut spots = lot.spots();
        let Some(spot) = spots.taken.get_mut(&left_at.number) else {
            drop(spots);
            return left_at;
        };
        let given = std::mem::take(&mut spot.given);
        if !given.is_empty() {
            drop(spots);
            left.go_on_with(given);
            return left_at;
        }
        spot.left = Some(left);
        let keep = ends && !spots.is_kept;
        spots.is_kept |= ends;
        drop(spots);
        if keep {
            tokio::spawn(keep_time(Arc::downgrade(lot), Arc::clone(&lot.left)));
        } else if ends {
            lot.left.notify_one();
        }
        left_at
    }
}

impl<Step, Out> Drop for Spot<Step, Out> {
    fn drop(&mut self) {
        let spot = self.lot.spots().taken.remove(&self.number);
        drop(spot);
    }
}

/// One task for all traces that are left: it ends when none of them stops waiting by itself.
async fn keep_time<Step: Meeting, Out>(lot: Weak<Lot<Step, Out>>, left: Arc<Notify>) {
    let _keeper = Keeper(Weak::clone(&lot));
    loop {
        let Some(next) = lot.upgrade().and_then(|lot| lot.expire(Instant::now())) else {
            return;
        };
        let _ = tokio::time::timeout_at(next, left.notified()).await;
    }
}

/// Tells the lot that nobody keeps its times any more, also where the task was dropped with its
/// tokio runtime.
struct Keeper<Step, Out>(Weak<Lot<Step, Out>>);

impl<Step, Out> Drop for Keeper<Step, Out> {
    fn drop(&mut self) {
        if let Some(lot) = self.0.upgrade() {
            lot.spots().is_kept = false;
        }
    }
}
