//! The messages that no worker has taken yet, and the decision whether another worker is needed for
//! them.
//!
//! While there are messages, at least one worker is free. So a message never waits for a node that
//! keeps its thread: the worker that takes a message has the next one called before it runs it.

use std::collections::VecDeque;

use super::in_flight::MessageKey;

/// How many empty places a drained inbox keeps.
const KEPT: usize = 64;

pub(super) struct Inbox<In> {
    messages: VecDeque<(MessageKey, In)>,
    /// The workers that are at no message: they are about to look here.
    free: usize,
    /// The threads that could run workers.
    threads: usize,
    /// All tasks that are workers, or were until their traces waited.
    tasks: usize,
}

impl<In> Inbox<In> {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            free: 0,
            threads,
            tasks: 0,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, key: MessageKey, input: In) {
        self.messages.push_back((key, input));
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(MessageKey, In)> {
        let next = self.messages.pop_front();
        if self.messages.is_empty() && self.messages.capacity() > KEPT {
            self.messages = VecDeque::new();
        }
        next
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Whether a task is there that is a worker, or was.
    pub(super) fn has_tasks(&self) -> bool {
        self.tasks > 0
    }

    /// Whether a worker has to come so that each message, or each thread, has one.
    #[inline]
    pub(super) fn calls_for_each(&mut self) -> bool {
        self.calls(self.messages.len().min(self.threads))
    }

    /// Whether a worker has to come so that there is one.
    #[inline]
    pub(super) fn calls_for_one(&mut self) -> bool {
        self.calls(self.messages.len().min(1))
    }

    #[inline]
    fn calls(&mut self, wanted: usize) -> bool {
        let calls = self.free < wanted;
        self.free += usize::from(calls);
        self.tasks += usize::from(calls);
        calls
    }

    /// A worker is, or is not, free from now on.
    #[inline]
    pub(super) fn set_free(&mut self, is_free: &mut bool, now: bool) {
        self.free = self.free + usize::from(now) - usize::from(*is_free);
        *is_free = now;
    }

    /// A task is over.
    pub(super) fn task_is_over(&mut self) {
        self.tasks -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::in_flight::{InFlight, InFlightTable, MessageKey};
    use super::Inbox;
    use crate::message::{Envelope, Message};

    fn key() -> MessageKey {
        let (_, envelope) = Envelope::of(Message::new(()));
        InFlightTable::new().insert(InFlight::new(0, envelope))
    }

    #[test]
    fn a_burst_calls_a_worker_for_each_thread() {
        let mut inbox = Inbox::new(2);
        let called = (0..10).filter(|n| {
            inbox.push(key(), *n);
            inbox.calls_for_each()
        });
        assert_eq!(called.count(), 2);
    }

    #[test]
    fn while_there_are_messages_a_worker_is_free() {
        let mut inbox = Inbox::new(2);
        let mut called = 0;
        for n in 0..6 {
            inbox.push(key(), n);
            called += usize::from(inbox.calls_for_each());
        }
        while inbox.pop().is_some() {
            // The worker runs the message, and does not return here.
            inbox.set_free(&mut true, false);
            called += usize::from(inbox.calls_for_one());
            assert!(inbox.is_empty() || inbox.free > 0);
        }
        assert_eq!(called, 6, "at most a task per message");
    }

    #[test]
    fn a_drained_inbox_gives_its_memory_back() {
        let mut inbox = Inbox::new(1);
        (0..1000).for_each(|n| inbox.push(key(), n));
        while inbox.pop().is_some() {}
        assert_eq!(inbox.messages.capacity(), 0);
    }
}
