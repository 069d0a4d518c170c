//! What the tasks of a host share: the flow and its store, the traces that are taken up, those that are
//! not, and how far the host is stopped.

use std::sync::Arc;
use std::time::Duration;

use penguiflow::TraceId;
use penguiflow::host::DurableFlow;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::timeout;

use super::backlog::Backlog;
use super::live::{Live, Order, Orders};
use super::parkings::Parkings;
use super::results::Results;
use super::watchers::Watchers;
use crate::error::Error;
use crate::store::{FlowId, Store, StoredResult};

/// How a flow is run on a store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How many traces are taken up at a time.
    pub(crate) capacity: usize,
    /// How often a trace is taken up after the death of its process, without progress in between.
    pub(crate) recoveries: i64,
}

/// How far a host is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    No,
    /// It takes no more, and runs no further steps.
    Drain,
    /// It drops the steps that run.
    Now,
}

/// A flow that runs on a store.
pub(crate) struct Host {
    pub(crate) store: Store,
    pub(crate) flow: DurableFlow,
    pub(crate) id: FlowId,
    pub(crate) settings: Settings,
    pub(crate) results: Results,
    pub(crate) watchers: Watchers,
    pub(crate) parkings: Parkings,
    pub(super) room: Arc<Semaphore>,
    pub(super) live: Live,
    pub(super) backlog: Backlog,
    /// A schedule was added or removed.
    pub(super) schedules_changed: Notify,
    pub(super) stop: watch::Sender<Stop>,
}

impl Host {
    pub(super) fn new(store: Store, flow: DurableFlow, id: FlowId, settings: Settings) -> Self {
        Self {
            store,
            flow,
            id,
            settings,
            results: Results::default(),
            watchers: Watchers::default(),
            parkings: Parkings::default(),
            room: Arc::new(Semaphore::new(settings.capacity)),
            live: Live::default(),
            backlog: Backlog::default(),
            schedules_changed: Notify::new(),
            stop: watch::Sender::new(Stop::No),
        }
    }

    /// A task leaves its trace, unless there is an order for it.
    pub(super) fn leave(&self, id: TraceId, orders: &mut Orders) -> Result<(), Order> {
        if self.live.leave(id, orders)? {
            self.backlog.push(id);
        }
        Ok(())
    }

    /// The next result that the store has now.
    pub(crate) async fn try_fetch(&self) -> Result<Option<StoredResult>, Error> {
        Ok(self.results.try_next(&self.store, self.id).await?)
    }

    /// The next result; `None` once the host has stopped, and the store has none.
    pub(crate) async fn fetch(&self) -> Result<Option<StoredResult>, Error> {
        let is_over = || self.has_stopped() && self.live.is_empty();
        Ok(self.results.next(&self.store, self.id, is_over).await?)
    }

    /// How many traces may be taken up at a time, how many are, and how many wait for that.
    pub(crate) fn places(&self) -> (usize, usize, usize) {
        let capacity = self.settings.capacity;
        let taken = capacity.saturating_sub(self.room.available_permits());
        (capacity, taken, self.backlog.len())
    }

    pub(crate) fn has_stopped(&self) -> bool {
        *self.stop.borrow() > Stop::No
    }

    /// Begins no more steps, and waits until those that run are over and stored.
    pub(crate) async fn stop(&self) {
        self.stop.send_replace(Stop::Drain);
        self.stop_now().await;
    }

    /// The same, and drops the steps that still run after this time: they are to run again.
    pub(crate) async fn stop_within(&self, limit: Duration) {
        if timeout(limit, self.stop()).await.is_err() {
            self.stop.send_replace(Stop::Now);
            self.stop_now().await;
        }
    }

    async fn stop_now(&self) {
        self.live.until_empty().await;
        self.watchers.clear();
        self.parkings.close();
        self.results.wake();
    }

    /// Completes when the host is stopped so far.
    pub(super) async fn until(&self, stop: Stop) {
        let mut stopped = self.stop.subscribe();
        let _ = stopped.wait_for(|at| *at >= stop).await;
    }
}
