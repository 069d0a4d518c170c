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
use super::frontier::{Frontier, Wake};
use super::parked::Parked;
use crate::join::{AwaitInfo, Given, Meeting};
use crate::trace_id::TraceId;

#[derive(Default)]
pub(crate) struct Lot {
    spots: Mutex<Spots>,
    /// Told when a trace is left that stops waiting at some time, and when one goes.
    left: Arc<Notify>,
}

#[derive(Default)]
struct Spots {
    next: u64,
    taken: BTreeMap<u64, Entry>,
    /// Whether a task looks after the times at which traces stop waiting.
    is_kept: bool,
}

struct Entry {
    /// Whose trace it is: a started flow's, or nobody's but its driver's.
    owner: Owner,
    parked: Vec<(Parked, Takes)>,
    given: Vec<(StepId, Given)>,
    driver: Option<Waker>,
    left: Option<Left>,
}

type Takes = fn(&Given) -> bool;

/// A started flow, by its address.
pub(crate) type Owner = Option<usize>;

/// A trace without a driver: whatever its steps hold, it is woken, and goes on.
struct Left {
    ends: Option<Instant>,
    go_on: Box<dyn FnOnce(Wake) + Send>,
}

impl Lot {
    fn spots(&self) -> MutexGuard<'_, Spots> {
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
        let is_meant = |spot: &Entry| {
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
                (left.go_on)(Wake::Given(given));
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
        let due = |spot: &mut Entry| {
            let is_due = |left: &mut Left| left.ends.is_some_and(|at| at <= now);
            spot.left.take_if(is_due)
        };
        let due: Vec<_> = spots.taken.values_mut().filter_map(due).collect();
        let left = spots.taken.values().filter_map(|spot| spot.left.as_ref());
        let next = left.filter_map(|left| left.ends).min();
        spots.is_kept = next.is_some();
        drop(spots);
        for left in due {
            (left.go_on)(Wake::Late(now));
        }
        next
    }
}

/// A trace's place in the lot, given up when this is dropped.
pub(crate) struct Spot {
    lot: Arc<Lot>,
    number: u64,
}

/// Where a trace is left, for who left it.
pub(crate) struct LeftAt {
    lot: Arc<Lot>,
    number: u64,
}

impl LeftAt {
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

impl Spot {
    /// A spot for a trace that may come to one of these places.
    pub(crate) fn take(lot: &Arc<Lot>, awaits: &[AwaitInfo], owner: Owner) -> Option<Self> {
        if awaits.is_empty() {
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
    pub(super) async fn wait<Step: Meeting, Out>(&self, frontier: &mut Frontier<Step, Out>) {
        self.show(frontier);
        let wake = self.woken(frontier.next_expiry()).await;
        frontier.wake(wake);
    }

    async fn woken(&self, ends: Option<Instant>) -> Wake {
        let given = match ends {
            None => Ok(self.given().await),
            Some(at) => timeout_at(at, self.given()).await,
        };
        given.map_or_else(|_| Wake::Late(Instant::now()), Wake::Given)
    }

    /// Shows what of the trace is parked now.
    pub(super) fn show<Step: Meeting, Out>(&self, frontier: &Frontier<Step, Out>) {
        self.show_parked(frontier.parked_with().collect());
    }

    fn show_parked(&self, mut parked: Vec<(Parked, Takes)>) {
        let mut spots = self.lot.spots();
        if let Some(spot) = spots.taken.get_mut(&self.number) {
            let is_given =
                |parked: &Parked| spot.given.iter().any(|(step, _)| *step == parked.step);
            parked.retain(|(parked, _)| !is_given(parked));
            spot.parked = parked;
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

impl Spot {
    /// Leaves the trace as data, until it is given something or has waited long enough.
    pub(crate) fn leave<Step, Out>(
        self,
        mut frontier: Box<Frontier<Step, Out>>,
        go_on: impl FnOnce(Self, Box<Frontier<Step, Out>>) + Send + 'static,
    ) -> LeftAt
    where
        Step: Meeting + Send + 'static,
        Out: Send + 'static,
    {
        let (lot, number) = (Arc::clone(&self.lot), self.number);
        let left_at = LeftAt { lot, number };
        let left = Left {
            ends: frontier.next_expiry(),
            go_on: Box::new(move |wake| {
                frontier.wake(wake);
                go_on(self, frontier);
            }),
        };
        left_at.leave(left);
        left_at
    }
}

impl LeftAt {
    fn leave(&self, left: Left) {
        let lot = &self.lot;
        let mut spots = lot.spots();
        let Some(spot) = spots.taken.get_mut(&self.number) else {
            return;
        };
        let given = std::mem::take(&mut spot.given);
        if !given.is_empty() {
            drop(spots);
            return (left.go_on)(Wake::Given(given));
        }
        let ends = left.ends.is_some();
        spot.left = Some(left);
        let keep = ends && !spots.is_kept;
        spots.is_kept |= ends;
        drop(spots);
        if keep {
            tokio::spawn(keep_time(Arc::downgrade(lot), Arc::clone(&lot.left)));
        } else if ends {
            lot.left.notify_one();
        }
    }
}

impl Drop for Spot {
    fn drop(&mut self) {
        let spot = self.lot.spots().taken.remove(&self.number);
        drop(spot);
    }
}

/// One task for all traces that are left: it ends when none of them stops waiting by itself.
async fn keep_time(lot: Weak<Lot>, left: Arc<Notify>) {
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
struct Keeper(Weak<Lot>);

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(lot) = self.0.upgrade() {
            lot.spots().is_kept = false;
        }
    }
}
