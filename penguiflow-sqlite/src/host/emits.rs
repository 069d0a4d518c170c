//! Traces that begin: stored first, and then run where there is room.

use std::sync::Arc;
use std::time::SystemTime;

use penguiflow::host::DurableTrace;
use penguiflow::{FlowError, Message};

use super::driver::Driver;
use super::row::{self, Row, position};
use super::shared::Host;
use super::taken_up;
use crate::error::Error;
use crate::store::{Emitted, Millis, NewTrace, State};

impl Host {
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

    pub(super) fn new_trace(
        &self,
        trace: &DurableTrace,
        created: SystemTime,
    ) -> Result<NewTrace, Error> {
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
    pub(super) fn stored(
        self: &Arc<Self>,
        trace: DurableTrace,
        emitted: &Emitted,
        (state, due): (State, Option<Millis>),
    ) {
        trace.report_start();
        let parks: Vec<_> = trace.parked().iter().map(|parked| parked.step).collect();
        self.parkings.add(emitted.id, &parks);
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
                tokio::spawn(taken_up::run(host, row.id, driver, Some(place)));
            }
        }
    }
}
