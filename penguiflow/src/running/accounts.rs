//! The accounts of a started flow: the messages that were emitted, how each ended, and the results
//! that wait to be fetched. Plain bookkeeping, without task or clock; `started` locks it.
//!
//! Nothing of the user's is dropped or called in here, since it could ask for the ledger: what is
//! to be dropped, and who is to be woken, is noted in `Afterwards`, for when the lock is free. The
//! wakers of workers are tokio's, and may be.

use std::task::Waker;

use super::afterwards::Afterwards;
use super::in_flight::{InFlight, InFlightTable, MessageKey};
use super::inbox::Inbox;
use super::ledger::Ledger;
use super::places::Places;
use super::results::{Answer, Ending, Results};
use crate::error::{ErrorKind, FlowError};
use crate::flow::Settings;
use crate::message::{Envelope, TraceId};

pub(super) struct Accounts<In, Out> {
    pub(super) ledger: Ledger,
    pub(super) inbox: Inbox<In>,
    pub(super) results: Results<Out>,
    pub(super) places: Places,
    in_flight: InFlightTable,
    /// The calls that were begun, and those that are not over.
    calls: (u64, usize),
    /// Whether no message is taken in any more.
    is_closed: bool,
    pub(super) afterwards: Afterwards<In, Out>,
}

impl<In, Out> Accounts<In, Out> {
    pub(super) fn new(settings: Settings, threads: usize) -> Self {
        Self {
            ledger: Ledger::default(),
            inbox: Inbox::new(threads),
            results: Results::new(settings),
            places: Places::new(settings.capacity),
            in_flight: InFlightTable::new(),
            calls: (0, 0),
            is_closed: false,
            afterwards: Afterwards::new(),
        }
    }

    /// Takes in a message that has a place of the capacity.
    #[inline]
    pub(super) fn emit(&mut self, input: In, envelope: Envelope) {
        let (calls, _) = self.calls;
        let message = InFlight::new(self.ledger.emitted - calls, envelope);
        self.ledger.emitted += 1;
        self.ledger.in_flight += 1;
        let key = self.in_flight.insert(message);
        self.inbox.push(key, input);
    }

    /// Takes in a message that has a place of the capacity, and that its caller runs.
    pub(super) fn begin_call(&mut self, envelope: Envelope) -> MessageKey {
        self.places.set_holder(tokio::task::try_id);
        let (begun, running) = &mut self.calls;
        let message = InFlight::of_call(*begun, envelope);
        *begun += 1;
        *running += 1;
        self.ledger.emitted += 1;
        self.ledger.in_flight += 1;
        self.in_flight.insert(message)
    }

    /// Accounts for a call that is over, and returns its line, to be dropped with the lock free. `None`
    /// if it was cancelled.
    pub(super) fn settle_call(
        &mut self,
        key: MessageKey,
        ending: Result<(), ErrorKind>,
    ) -> Option<InFlight> {
        let message = self.in_flight.remove(key)?;
        self.count(&message, ending);
        Some(message)
    }

    /// The next message to run. Those that were cancelled in the inbox are passed over.
    #[inline]
    pub(super) fn next(&mut self) -> Option<(MessageKey, In, Envelope)> {
        while let Some((key, input)) = self.inbox.pop() {
            match self.in_flight.get(key) {
                Some(message) => {
                    self.places.set_holder(tokio::task::try_id);
                    return Some((key, input, message.envelope.clone()));
                }
                None => self.afterwards.drop_input(input),
            }
        }
        None
    }

    pub(super) fn in_flight(&self) -> impl Iterator<Item = &InFlight> {
        self.in_flight.iter()
    }

    pub(super) fn is_in_flight(&self, key: MessageKey) -> bool {
        self.in_flight.get(key).is_some()
    }

    /// The message's trace waits, and has a task of its own from now on. Says whether the message
    /// is still in flight.
    pub(super) fn set_task(&mut self, key: MessageKey, task: &Waker) -> bool {
        let message = self.in_flight.get_mut(key);
        message
            .map(|message| message.task = Some(task.clone()))
            .is_some()
    }

    /// The same for a call, whose waker may be anybody's: the old one is left in its place.
    pub(super) fn swap_task(&mut self, key: MessageKey, task: &mut Option<Waker>) -> bool {
        let message = self.in_flight.get_mut(key);
        message
            .map(|message| std::mem::swap(&mut message.task, task))
            .is_some()
    }

    /// A parked trace holds no place of the capacity.
    pub(super) fn park(&mut self, key: MessageKey) {
        let Some(message) = self.in_flight.get_mut(key) else {
            return;
        };
        message.is_parked = true;
        if std::mem::take(&mut message.has_place) {
            let next = self.places.give_back();
            self.afterwards.wake(next);
        }
    }

    /// A trace that goes on takes a place if there is one. It does not wait for one: newer
    /// messages may hold them all, and wait for this one.
    pub(super) fn resume(&mut self, key: MessageKey) {
        if let Some(message) = self.in_flight.get_mut(key) {
            message.is_parked = false;
            message.has_place = message.has_place || self.places.try_take();
        }
    }

    /// Accounts for a message whose trace is over, unless it was cancelled.
    ///
    /// # Errors
    ///
    /// Gives the ending back if there is no room for its answers.
    #[inline]
    pub(super) fn settle(
        &mut self,
        key: MessageKey,
        ending: Ending<Out>,
    ) -> Result<(), Ending<Out>> {
        if !self.is_in_flight(key) {
            self.afterwards.drop_ending(ending);
            return Ok(());
        }
        if !self.results.has_room(key.number, &ending) {
            return Err(ending);
        }
        if let Some(message) = self.in_flight.remove(key) {
            self.account(&message, ending);
        }
        Ok(())
    }

    /// Lets a trace that is over wait for room, if there is none, and returns whether it waits.
    /// Only one that is in flight: a wake would be lost on a task that is gone.
    pub(super) fn waits_for_room(
        &mut self,
        key: MessageKey,
        ending: &Ending<Out>,
        worker: &Waker,
    ) -> bool {
        // It may have come by another wake than that for room.
        self.results.leave(key.number);
        let waits = !self.results.has_room(key.number, ending) && self.set_task(key, worker);
        if waits {
            self.results.wait_for_room(key.number, worker.clone());
        }
        waits
    }

    /// Accounts for a message whose trace is gone: as failed if it panicked outside a node, as in
    /// a payload's `Clone`, and else as cancelled.
    pub(super) fn lose(&mut self, key: MessageKey, panicked: bool) {
        let (kind, reason) = match panicked {
            true => (ErrorKind::Panicked, "the trace panicked between two nodes"),
            false => (ErrorKind::Cancelled, "the trace was cancelled"),
        };
        if let Some(message) = self.in_flight.remove(key) {
            self.results.leave(key.number);
            let error = FlowError::new(kind, &message.envelope, reason);
            self.account(&message, Err(error));
            self.afterwards.wake(message.task);
        }
    }

    /// Ends all messages of this trace, or all. Returns how many there were, and whether one was
    /// parked.
    pub(super) fn cancel(&mut self, trace_id: Option<TraceId>) -> (usize, bool) {
        let keys = self.in_flight.keys_of(trace_id);
        let mut is_parked = false;
        for key in &keys {
            let message = self.in_flight.get(*key);
            is_parked |= message.is_some_and(|message| message.is_parked);
            self.lose(*key, false);
        }
        (keys.len(), is_parked)
    }

    /// Takes all messages out of the inbox: no worker comes any more.
    pub(super) fn lose_inbox(&mut self) {
        while let Some((key, input)) = self.inbox.pop() {
            self.lose(key, false);
            self.afterwards.drop_input(input);
        }
    }

    #[inline]
    fn account(&mut self, message: &InFlight, ending: Ending<Out>) {
        self.count(
            message,
            ending.as_ref().map(|_| ()).map_err(FlowError::kind),
        );
        if message.is_call || self.results.is_closed() {
            self.afterwards.drop_ending(ending);
        } else if self.results.are_ordered() {
            self.results.add_in_order(message.number, ending);
        } else {
            self.results.add(ending);
        }
        self.afterwards.hold_input_of(&message.envelope);
        self.drop_unanswered();
        self.wake_fetchers();
        self.wake_finished();
    }

    #[inline]
    fn drop_unanswered(&mut self) {
        if let Some(errors) = self.results.take_unanswered() {
            self.afterwards.drop_answers(errors.into_iter().map(Err));
        }
    }

    /// A message is in flight no more.
    #[inline]
    fn count(&mut self, message: &InFlight, ending: Result<(), ErrorKind>) {
        self.ledger.count(ending);
        if message.has_place {
            let next = self.places.give_back();
            self.afterwards.wake(next);
        }
        if message.is_call {
            self.call_is_over();
        }
    }

    fn call_is_over(&mut self) {
        let (_, running) = &mut self.calls;
        *running -= 1;
        self.notice_idle();
        if self.is_over() {
            self.wake_fetchers();
        }
    }

    /// The next answer, if there is one.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Answer<Out>> {
        let answer = self.results.take()?;
        self.wake_finished();
        Some(answer)
    }

    /// Whether there will be no further answer.
    pub(super) fn is_over(&self) -> bool {
        self.is_closed && self.ledger.in_flight == 0 && self.results.is_empty()
    }

    /// Takes no more messages.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.results.lift_backlog();
        for waker in self.places.send_away() {
            self.afterwards.wake(Some(waker));
        }
        self.wake_fetchers();
        self.wake_finished();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Throws away all answers from now on, and those that wait.
    pub(super) fn close_output(&mut self) {
        let unread = self.results.close();
        self.afterwards.drop_answers(unread);
        self.drop_unanswered();
        self.wake_finished();
    }

    /// A task is over.
    pub(super) fn task_is_over(&mut self) {
        self.inbox.task_is_over();
        self.notice_idle();
    }

    fn notice_idle(&mut self) {
        if self.is_idle() {
            self.afterwards.is_idle = true;
            self.afterwards.is_due = true;
        }
    }

    /// Whether no trace is there, and no task that runs some.
    pub(super) fn is_idle(&self) -> bool {
        let (_, calls) = self.calls;
        calls == 0 && !self.inbox.has_tasks() && self.inbox.is_empty()
    }

    #[inline]
    fn wake_fetchers(&mut self) {
        if let Some(fetchers) = self.results.take_fetchers() {
            self.afterwards.wake(fetchers);
        }
    }

    #[inline]
    fn wake_finished(&mut self) {
        let finished = self.results.next_finished();
        self.afterwards.wake(finished);
    }
}

#[cfg(test)]
mod tests;
