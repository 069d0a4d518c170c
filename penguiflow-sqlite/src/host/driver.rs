//! The task of a trace that is taken up. It runs the trace's steps, and stores what they come to. One
//! commit is under way at a time, and what completes meanwhile is in the next one. A step begins when
//! the commit is over that stores it, or at once where `checkpoints` leaves that commit out.

use std::sync::Arc;

use penguiflow::host::{DurableTrace, QueuedStep, StepId, TraceState};
use penguiflow::{ErrorKind, FlowError, NodeError};
use tokio::sync::watch;
use tokio::time::Instant;

use super::attempts::{Attempt, Attempts};
use super::changes::{Changes, Commit, End};
use super::checkpoints::{Checkpoints, is_soon};
use super::live::{Obeyed, Order, Orders};
use super::row::{Row, at};
use super::shared::{Host, Stop};
use super::waits::{Answer, PAUSE, answered, pause_after, until};
use super::watchers::Item;
use crate::error::Error;
use crate::store::{Committed, StoreError};

/// How many attempts may be over before items of a map wait for the commit that stores them.
const AHEAD: usize = 64;

pub(super) struct Driver {
    host: Arc<Host>,
    row: Row,
    trace: DurableTrace,
    attempts: Attempts,
    changes: Changes,
    orders: Orders,
    /// The steps to begin when the commit that is under way is over.
    next: Vec<StepId>,
    commit: Option<Answer>,
    committing: Option<Commit>,
    /// When the commit that the store has not taken is tried again.
    again: Option<Instant>,
    checkpoints: Checkpoints,
    /// The steps that are parked by the commit that is under way.
    parks: Vec<StepId>,
    stop: watch::Receiver<Stop>,
}

/// Why a task leaves its trace.
enum Left {
    /// It has ended, and that is stored.
    Ended,
    /// It waits, or there is no room for it.
    PutAway,
    /// The store has not taken what was changed: the trace is loaded as the store has it.
    Lost(StoreError),
}

impl Driver {
    pub(super) fn new(host: Arc<Host>, row: Row, trace: DurableTrace, orders: Orders) -> Self {
        Self {
            checkpoints: Checkpoints::new(&host.flow, &trace),
            stop: host.stop.subscribe(),
            host,
            row,
            trace,
            attempts: Attempts::default(),
            changes: Changes::default(),
            orders,
            next: Vec::new(),
            commit: None,
            committing: None,
            again: None,
            parks: Vec::new(),
        }
    }

    /// Runs a trace until it ends or is put away; or until the store has not taken a commit: then it is
    /// to be loaded as the store has it.
    pub(super) async fn run(mut self, has_place: bool) -> Option<Orders> {
        self.send_chunks();
        loop {
            match self.drive(has_place).await {
                Left::Lost(error) => {
                    let orders = self.orders;
                    drop(self.trace);
                    pause_after(&error).await;
                    return Some(orders);
                }
                Left::Ended => {
                    self.leave();
                    return None;
                }
                Left::PutAway => match self.put_away() {
                    Some(driver) => self = driver,
                    None => return None,
                },
            }
        }
    }

    /// The trace has ended: orders that still come find none.
    fn leave(mut self) {
        let id = self.row.id;
        while let Err(order) = self.host.leave(id, &mut self.orders) {
            let _ = order.reply.send(Err(Error::NotThere(id)));
        }
        self.host.results.wake();
    }

    /// The trace waits, unless there is an order for it by now.
    fn put_away(mut self) -> Option<Self> {
        let id = self.row.id;
        if let Err(order) = self.host.leave(id, &mut self.orders) {
            self.obey(order);
            return Some(self);
        }
        match self.trace.state() {
            TraceState::Active => self.host.backlog.push(id),
            TraceState::Waiting(Some(until)) => {
                let due = at(until);
                self.host.backlog.wait_until(Some(due), id);
            }
            _ => {}
        }
        self.host.results.wake();
        None
    }

    async fn drive(&mut self, has_place: bool) -> Left {
        loop {
            let stop = *self.stop.borrow_and_update();
            let may_run = has_place && stop == Stop::No;
            if let Err(error) = self.store_changes(may_run) {
                self.changes.end(End::Over(Err(error)));
                continue;
            }
            if self.committing.is_none() {
                if may_run && self.begin_all() {
                    continue;
                }
                if let Some(left) = self.is_left(may_run) {
                    return left;
                }
            }
            if stop == Stop::Now {
                self.attempts.clear();
                return Left::PutAway;
            }
            let expiry = self.expiry(may_run);
            tokio::select! {
                biased;
                answer = answered(&mut self.commit) => match answer {
                    Ok(committed) => {
                        if self.committed(committed) {
                            return Left::Ended;
                        }
                        if has_place && !self.host.has_stopped() {
                            self.begin_next();
                        }
                    }
                    Err(error) if self.may_commit_again(&error) => {
                        self.again = Some(Instant::now() + PAUSE);
                    }
                    Err(error) => return self.lost(error),
                },
                () = until(self.again) => self.commit_again(),
                attempt = self.attempts.next() => self.absorb_all(attempt),
                Some(order) = self.orders.recv() => self.obey(order),
                () = until(expiry) => self.expire(),
                _ = self.stop.changed() => {}
            }
        }
    }

    /// Whether there is nothing to do for this task.
    fn is_left(&self, may_run: bool) -> Option<Left> {
        if !self.changes.are_none() || !self.attempts.is_empty() {
            return None;
        }
        match self.trace.state() {
            TraceState::Over => None,
            state if may_run && is_soon(state) => None,
            _ => Some(Left::PutAway),
        }
    }

    /// Begins the steps that the last commit has stored.
    fn begin_next(&mut self) {
        let mut steps = self.trace.steps();
        let next = std::mem::take(&mut self.next);
        steps.retain(|step| next.contains(&step.id));
        self.begin(steps);
    }

    /// Begins all steps, since nothing of the trace is to be stored before. Returns whether there was one.
    fn begin_all(&mut self) -> bool {
        let steps = self.trace.steps();
        let has_any = !steps.is_empty();
        self.begin(steps);
        has_any
    }

    fn begin(&mut self, steps: Vec<QueuedStep>) {
        for step in steps {
            if let Some(run) = self.trace.run(step.id) {
                self.attempts.begin(step, run);
            }
        }
    }

    /// All that are over by now go into one commit.
    fn absorb_all(&mut self, first: Attempt) {
        self.absorb(first);
        while let Some(attempt) = self.attempts.try_next() {
            self.absorb(attempt);
        }
    }

    fn absorb(&mut self, attempt: Attempt) {
        if self.changes.has_end() {
            return;
        }
        if let Err(error) = self.changes.absorb(&self.row, &attempt) {
            return self.end(End::Over(Err(error)));
        }
        let step = attempt.step.id;
        if let (Some(failure), Some(error)) = (attempt.emits.failure(), attempt.emits.error()) {
            let input = self.trace.input_json(step).and_then(Result::ok);
            let end = End::of_failure(failure, error, step.to_string(), input);
            return self.end(end);
        }
        let dropped = self.trace.absorb(attempt.emits);
        self.stop(dropped);
        self.begin_next_items();
    }

    /// The next items of a map are stored, as ones that wait: they need not wait for the commit of the one
    /// that made room for them.
    fn begin_next_items(&mut self) {
        if self.changes.attempts() >= AHEAD || self.host.has_stopped() {
            return;
        }
        let items = self.trace.next_items();
        self.begin(items);
    }

    fn stop(&mut self, dropped: Vec<StepId>) {
        for step in dropped {
            self.attempts.stop(step);
            self.trace.stopped(step);
        }
    }

    fn end(&mut self, end: End) {
        self.attempts.clear();
        self.changes.end(end);
    }

    fn expiry(&self, may_run: bool) -> Option<Instant> {
        match self.trace.next_expiry() {
            _ if !may_run || self.changes.has_end() => None,
            expiry => expiry,
        }
    }

    fn expire(&mut self) {
        let dropped = self.trace.expire(Instant::now());
        self.stop(dropped);
        self.changes.change();
    }

    fn obey(&mut self, order: Order) {
        if self.changes.has_end() {
            let _ = order.reply.send(Err(Error::NotThere(self.row.id)));
            return;
        }
        match (order.change)(&mut self.trace) {
            Obeyed::Changed => {
                self.changes.change();
                self.changes.reply(order.reply);
            }
            Obeyed::Cancelled => {
                let reason = "the trace was cancelled";
                let failure = NodeError::new(ErrorKind::Cancelled, reason);
                let error = self.host.flow.failed(self.row.id, failure);
                self.end(End::Cancelled(error));
                self.changes.reply(order.reply);
            }
            Obeyed::Refused(error) => drop(order.reply.send(Err(error))),
            Obeyed::Unchanged => drop(order.reply.send(Ok(()))),
        }
    }

    /// Begins a commit of what has changed and is to be stored, if none is under way.
    fn store_changes(&mut self, may_run: bool) -> Result<(), FlowError> {
        if self.committing.is_some() {
            return Ok(());
        }
        if self.trace.state() == TraceState::Over {
            self.changes.end(End::Over(self.trace.ended()));
        }
        if self.changes.are_none() || !self.is_due(may_run) {
            return Ok(());
        }
        self.parks = self.checkpoints.store(&self.trace);
        let commit = self.changes.take(&self.host, &self.row, &mut self.trace)?;
        self.next = self.trace.steps().iter().map(|step| step.id).collect();
        let transition = Arc::clone(&commit.transition);
        self.committing = Some(commit);
        self.commit = Some(self.host.store.begin_commit(transition));
        Ok(())
    }

    /// Whether what has changed is to be stored now. A trace that this task is about to leave is.
    fn is_due(&self, may_run: bool) -> bool {
        !may_run || self.changes.are_awaited() || self.checkpoints.is_due(&self.trace)
    }

    /// A commit is on disk. Returns whether the trace has ended by it.
    fn committed(&mut self, committed: Committed) -> bool {
        let Some(commit) = self.committing.take() else {
            return false;
        };
        self.row.commit(&commit.transition.frontier);
        self.host.parkings.add(self.row.id, &self.parks);
        if !committed.results.is_empty() {
            self.host.results.wake();
        }
        for reply in commit.replies {
            let _ = reply.send(Ok(()));
        }
        let watchers = &self.host.watchers;
        watchers.show(self.row.id, &self.trace, commit.outputs);
        match commit.end {
            None => false,
            Some(end) => {
                self.ended(end);
                true
            }
        }
    }

    fn ended(&mut self, end: End) {
        let watcher = self.host.watchers.remove(self.row.id);
        match &end {
            End::Cancelled(_) => self.trace.report_cancelled(),
            end => self.trace.report_end(end.error()),
        }
        let ended = match end {
            End::Over(ended) => ended,
            End::Dead(dead) => Err(dead.error),
            End::Cancelled(error) => Err(error),
        };
        if let Some(watcher) = watcher {
            let _ = watcher.items.send(Item::End(ended));
        }
    }

    /// Whether the same commit can be tried again: the steps whose outcome it stores need not run again
    /// for it. If it was taken after all, it is stale. Where somebody waits for it, that one is told.
    fn may_commit_again(&self, error: &StoreError) -> bool {
        let committing = self.committing.as_ref();
        let is_awaited = committing.is_some_and(|commit| !commit.replies.is_empty());
        !is_awaited && !matches!(error, StoreError::Stale | StoreError::Closed)
    }

    fn commit_again(&mut self) {
        self.again = None;
        if let Some(commit) = &self.committing {
            let transition = Arc::clone(&commit.transition);
            self.commit = Some(self.host.store.begin_commit(transition));
        }
    }

    /// The store has not taken a commit. Who waits for it is told; nothing of it has happened.
    fn lost(&mut self, error: StoreError) -> Left {
        self.commit = None;
        let replies = self
            .committing
            .take()
            .into_iter()
            .flat_map(|commit| commit.replies);
        for reply in replies {
            let _ = reply.send(Err(error.clone().into()));
        }
        self.attempts.clear();
        self.changes = Changes::default();
        Left::Lost(error)
    }

    /// Sends the chunks of the steps to who reads them.
    fn send_chunks(&mut self) {
        let watcher = self.host.watchers.get(self.row.id);
        if let Some(watcher) = watcher.filter(|watcher| watcher.takes_chunks) {
            watcher.send_chunks(&mut self.trace);
        }
    }
}
