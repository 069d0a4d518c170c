//! The host of one flow on a store: it begins traces, takes them up as there is room, and lets them be
//! changed from outside. A trace that is taken up has a task (`driver`), which runs its steps
//! (`attempts`) and commits what they came to (`changes`). Traces that wait for room or for a time are
//! in the `backlog`, known by their ids alone.

mod attempts;
mod backlog;
mod changes;
mod commands;
mod dead;
mod driver;
mod history;
mod live;
mod loading;
mod results;
mod row;
mod schedules;
mod versions;
mod watchers;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use penguiflow::host::{DurableFlow, DurableTrace, StepId};
use penguiflow::{FlowError, Message, TraceId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::timeout;

use crate::error::Error;
use crate::store::{Emitted, FlowId, Millis, NewTrace, State, Store};
use backlog::Backlog;
use driver::Driver;
use live::{Live, Order, Orders};
use row::{Row, position};
use schedules::Schedules;

pub(crate) use live::Obeyed;
pub(crate) use results::Results;
pub(crate) use versions::{Unreadable, reconcile};
pub(crate) use watchers::{Item, Watchers};

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
enum Stop {
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
    room: Arc<Semaphore>,
    live: Live,
    backlog: Backlog,
    schedules: Schedules,
    stop: watch::Sender<Stop>,
}

impl Host {
    /// Takes the flow's traces up from where they were.
    pub(crate) async fn start(
        store: Store,
        flow: DurableFlow,
        id: FlowId,
        settings: Settings,
    ) -> Result<Arc<Self>, Error> {
        let host = Arc::new(Self {
            store,
            flow,
            id,
            settings,
            results: Results::default(),
            watchers: Watchers::default(),
            room: Arc::new(Semaphore::new(settings.capacity)),
            live: Live::default(),
            backlog: Backlog::default(),
            schedules: Schedules::default(),
            stop: watch::Sender::new(Stop::No),
        });
        host.backlog.find(&host).await?;
        // Before anything runs: what is to be cancelled may be what the process died of.
        let seen = commands::obey_all(&host, 0).await;
        tokio::spawn(backlog::take_up(Arc::clone(&host)));
        tokio::spawn(backlog::watch_times(Arc::clone(&host)));
        tokio::spawn(commands::obey(Arc::clone(&host), seen));
        tokio::spawn(schedules::tick(Arc::clone(&host)));
        Ok(host)
    }

    /// Begins a trace and stores it. From then on it runs, whatever becomes of the caller.
    pub(crate) async fn emit<In: Send + 'static>(
        self: &Arc<Self>,
        message: Message<In>,
        key: Option<String>,
        at: Option<SystemTime>,
    ) -> Result<Emitted, Error> {
        let created = SystemTime::now();
        let begin = || self.flow.begin(message, created);
        self.emit_begun(begin, created, key, at).await
    }

    /// The same with a payload that is a JSON document.
    pub(crate) async fn emit_json(
        self: &Arc<Self>,
        message: Message<Vec<u8>>,
        key: Option<String>,
    ) -> Result<Emitted, Error> {
        let created = SystemTime::now();
        let begin = || self.flow.begin_json(message, created);
        self.emit_begun(begin, created, key, None).await
    }

    async fn emit_begun(
        self: &Arc<Self>,
        begin: impl FnOnce() -> Result<DurableTrace, FlowError>,
        created: SystemTime,
        key: Option<String>,
        at: Option<SystemTime>,
    ) -> Result<Emitted, Error> {
        if self.has_stopped() {
            return Err(Error::Stopped);
        }
        let trace = begin()?;
        let mut new = self.new_trace(&trace, created)?;
        new.key = key;
        if let Some(at) = at.filter(|at| *at > created) {
            (new.state, new.due) = (State::Retrying, Some(row::millis(at)));
        }
        let host = Arc::clone(self);
        // A task, so that a caller that is dropped leaves no trace that is stored and not run.
        let begun = tokio::spawn(async move { host.store_new(trace, new).await });
        begun.await.map_err(|_| Error::Stopped)?
    }

    fn new_trace(&self, trace: &DurableTrace, created: SystemTime) -> Result<NewTrace, Error> {
        let position = position(trace);
        Ok(NewTrace {
            id: trace.trace_id(),
            flow: self.id,
            key: None,
            state: position.state,
            due: position.due,
            waits: position.waits,
            frontier: trace.store()?,
            created: row::millis(created),
        })
    }

    async fn store_new(
        self: Arc<Self>,
        trace: DurableTrace,
        new: NewTrace,
    ) -> Result<Emitted, Error> {
        let at = (new.state, new.due);
        let emitted = self.store.emit(new).await?;
        if emitted.is_new {
            self.stored(trace, &emitted, at);
        }
        Ok(emitted)
    }

    /// A trace was just stored: it runs, or waits for its time.
    fn stored(
        self: &Arc<Self>,
        trace: DurableTrace,
        emitted: &Emitted,
        (state, due): (State, Option<Millis>),
    ) {
        trace.report_start();
        match state {
            State::Running => self.begin(Row::new(emitted), trace),
            _ => self.backlog.wait_until(due, emitted.id),
        }
    }

    /// Runs a trace that was just stored, if there is room.
    fn begin(self: &Arc<Self>, row: Row, trace: DurableTrace) {
        let place = match self.backlog.is_empty() {
            true => Arc::clone(&self.room).try_acquire_owned().ok(),
            false => None,
        };
        match place {
            None => self.backlog.push(row.id),
            Some(place) => {
                let Some(orders) = self.live.enter(row.id) else {
                    return;
                };
                let driver = Driver::new(Arc::clone(self), row, trace, orders);
                let host = Arc::clone(self);
                tokio::spawn(loading::run(host, row.id, driver, Some(place)));
            }
        }
    }

    /// Takes up a trace that is stored.
    fn load(self: &Arc<Self>, id: TraceId, place: Option<OwnedSemaphorePermit>) {
        if let Some(orders) = self.live.enter(id) {
            tokio::spawn(loading::load_and_run(Arc::clone(self), id, orders, place));
        }
    }

    /// A task leaves its trace, unless there is an order for it.
    fn leave(&self, id: TraceId, orders: &mut Orders) -> Result<(), Order> {
        if self.live.leave(id, orders)? {
            self.backlog.push(id);
        }
        Ok(())
    }

    /// Lets a trace be changed by its task, which takes it up if it is not, and answers when the
    /// change is stored.
    pub(crate) async fn order(
        self: &Arc<Self>,
        id: TraceId,
        order: impl FnOnce(&mut DurableTrace) -> Obeyed + Send + 'static,
    ) -> Result<(), Error> {
        let (reply, replied) = oneshot::channel();
        let order = Order {
            change: Box::new(order),
            reply,
        };
        if let Some(orders) = self.live.give(id, order) {
            tokio::spawn(loading::load_and_run(Arc::clone(self), id, orders, None));
        }
        replied.await.unwrap_or(Err(Error::Stopped))
    }

    /// Gives a parked step what it waits for, from JSON.
    pub(crate) async fn resume_json(
        self: &Arc<Self>,
        id: TraceId,
        step: Option<StepId>,
        json: Vec<u8>,
    ) -> Result<(), Error> {
        let resume = move |trace: &mut DurableTrace| match trace.resume_json(step, json) {
            Ok(()) => Obeyed::Changed,
            Err(error) => Obeyed::Refused(error.into()),
        };
        self.order(id, resume).await
    }

    /// Starts traces by a schedule, or changes it.
    pub(crate) async fn schedule(
        &self,
        name: String,
        cron: String,
        input: Vec<u8>,
    ) -> Result<(), Error> {
        self.store.put_schedule(self.id, name, cron, input).await?;
        self.schedules.change();
        Ok(())
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
        self.results.wake();
    }

    /// Lets a step that has failed for good begin anew, with another input if one is given.
    pub(crate) async fn revive(&self, id: TraceId, input: Option<&[u8]>) -> Result<(), Error> {
        let trace = dead::renewed(self, id, input).await?;
        let (frontier, position) = (trace.store()?, position(&trace));
        drop(trace);
        self.store.revive(id, Some(frontier)).await?;
        match position.state {
            State::Running => self.backlog.push(id),
            _ => dead::wait_again(self, id, position).await?,
        }
        Ok(())
    }

    /// Completes when the host is stopped so far.
    async fn until(&self, stop: Stop) {
        let mut stopped = self.stop.subscribe();
        let _ = stopped.wait_for(|at| *at >= stop).await;
    }
}

/// The error of a trace, as a store keeps it.
fn error_json(error: &FlowError) -> Vec<u8> {
    serde_json::to_vec(error).unwrap_or_default()
}

/// The same where a row has a text.
fn error_text(error: &FlowError) -> String {
    String::from_utf8_lossy(&error_json(error)).into_owned()
}
