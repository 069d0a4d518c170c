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
            is_closed: false,
            afterwards: Afterwards::new(),
        }
    }

    /// Takes in a message that has a place of the capacity.
    #[inline]
    pub(super) fn emit(&mut self, input: In, envelope: Envelope) {
        let message = InFlight::new(self.ledger.emitted, envelope);
        self.ledger.emitted += 1;
        self.ledger.in_flight += 1;
        let key = self.in_flight.insert(message);
        self.inbox.push(key, input);
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
        self.ledger
            .count(ending.as_ref().map(|_| ()).map_err(FlowError::kind));
        if message.has_place {
            let next = self.places.give_back();
            self.afterwards.wake(next);
        }
        if let Some(unanswered) = self.results.add(message.number, ending) {
            self.afterwards.drop_ending(unanswered);
        }
        self.wake_fetchers();
        self.wake_finished();
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
        self.wake_finished();
    }

    /// A task is over.
    pub(super) fn task_is_over(&mut self) {
        self.inbox.task_is_over();
        if self.is_idle() {
            self.afterwards.is_idle = true;
            self.afterwards.is_due = true;
        }
    }

    /// Whether no trace is there, and no task that runs some.
    pub(super) fn is_idle(&self) -> bool {
        !self.inbox.has_tasks() && self.inbox.is_empty()
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
mod tests {
    use super::{Accounts, Answer, Ending, Envelope, MessageKey, Settings};
    use crate::message::Message;
    use crate::small_list::SmallList;

    fn accounts(settings: Settings) -> Accounts<u8, u8> {
        Accounts::new(settings, 1)
    }

    /// Emits a message and takes it out of the inbox.
    fn begin(accounts: &mut Accounts<u8, u8>, input: u8) -> MessageKey {
        assert!(accounts.places.try_take(), "there is capacity");
        accounts.emit(input, Envelope::of(Message::new(())).1);
        let (key, _, _) = accounts.next().expect("it was emitted");
        key
    }

    fn output(value: u8) -> Ending<u8> {
        Ok(SmallList::from((value, Envelope::of(Message::new(())).1)))
    }

    fn value(answer: Option<Answer<u8>>) -> Option<u8> {
        answer?.ok().map(|(value, _)| value)
    }

    #[test]
    fn a_cancelled_message_is_settled_once() {
        let mut accounts = accounts(Settings::default());
        let key = begin(&mut accounts, 1);
        assert_eq!(accounts.cancel(None), (1, false));
        assert!(accounts.settle(key, output(1)).is_ok());
        let ledger = accounts.ledger;
        assert_eq!(
            (ledger.emitted, ledger.cancelled, ledger.completed),
            (1, 1, 0)
        );
        let afterwards = accounts.afterwards.take().expect("an output to drop");
        assert_eq!(afterwards.answers.len(), 1);
    }

    #[test]
    fn what_was_cancelled_in_the_inbox_is_passed_over() {
        let mut accounts = accounts(Settings::default());
        accounts.emit(1, Envelope::of(Message::new(())).1);
        accounts.cancel(None);
        accounts.emit(2, Envelope::of(Message::new(())).1);
        assert_eq!(accounts.next().map(|(_, input, _)| input), Some(2));
        let afterwards = accounts.afterwards.take().expect("an input to drop");
        assert_eq!(afterwards.inputs, [1]);
    }

    #[test]
    fn an_ending_waits_for_room_and_is_woken_by_a_fetch() {
        let mut accounts = accounts(Settings {
            backlog: 1,
            ..Settings::default()
        });
        let (first, second) = (begin(&mut accounts, 1), begin(&mut accounts, 2));
        assert!(accounts.settle(first, output(1)).is_ok());
        let ending = accounts.settle(second, output(2)).expect_err("it is full");
        let waker = std::task::Waker::noop();
        assert!(accounts.waits_for_room(second, &ending, waker));
        assert_eq!(accounts.ledger.in_flight, 1);
        assert_eq!(value(accounts.take()), Some(1));
        assert!(accounts.afterwards.take().is_some(), "it is woken");
        assert!(!accounts.waits_for_room(second, &ending, waker));
        assert!(accounts.settle(second, ending).is_ok());
        assert_eq!(value(accounts.take()), Some(2));
    }

    #[test]
    fn ordered_answers_keep_the_order_of_the_emits() {
        let mut accounts = accounts(Settings {
            ordered: true,
            ..Settings::default()
        });
        let keys: Vec<_> = (0..4).map(|n| begin(&mut accounts, n)).collect();
        for place in [3, 1, 0, 2] {
            let number = u8::try_from(place).expect("a few");
            assert!(accounts.settle(keys[place], output(number)).is_ok());
        }
        let values: Vec<_> = std::iter::from_fn(|| value(accounts.take())).collect();
        assert_eq!(values, [0, 1, 2, 3]);
    }

    #[test]
    fn a_parked_message_frees_its_place() {
        let mut accounts = accounts(Settings {
            capacity: 1,
            ..Settings::default()
        });
        let parked = begin(&mut accounts, 1);
        accounts.park(parked);
        let other = begin(&mut accounts, 2);
        accounts.resume(parked);
        assert!(accounts.settle(parked, output(1)).is_ok());
        assert!(!accounts.places.try_take(), "the other one holds it");
        assert!(accounts.settle(other, output(2)).is_ok());
        assert!(accounts.places.try_take());
    }
}
