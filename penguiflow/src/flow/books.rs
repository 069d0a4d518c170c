//! The books of a started flow: what was emitted, what became of it, what waits to be
//! fetched. Pure bookkeeping, without task or clock; `running` locks it.

use std::collections::{BTreeMap, VecDeque};
use std::task::{Context, Poll, Waker};

use serde::Serialize;
use tokio::task::AbortHandle;

use super::settings::Settings;
use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError};
use crate::message::Message;
use crate::trace_id::TraceId;

/// What became of all messages that were emitted. At every moment,
/// `emitted = completed + failed + cancelled + filtered + in_flight`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Messages that were taken in.
    pub emitted: u64,
    /// Messages whose traces gave their outputs.
    pub completed: u64,
    /// Messages whose traces ended in an error.
    pub failed: u64,
    /// Messages whose traces were cancelled.
    pub cancelled: u64,
    /// Messages whose traces ended in `None` on every path.
    pub filtered: u64,
    /// Messages whose traces are not over.
    pub in_flight: u64,
}

/// What a trace gave: its outputs, or why there are none.
pub(super) type Ending<Out> = Result<Vec<Message<Out>>, FlowError>;

/// One answer for `fetch`.
pub(super) type Answer<Out> = Result<Message<Out>, FlowError>;

/// The number of an emit, counted from 0.
pub(super) type Number = u64;

pub(super) struct Books<Out> {
    ledger: Ledger,
    in_flight: BTreeMap<(TraceId, Number), InFlight>,
    answers: VecDeque<Answer<Out>>,
    /// Answers that wait for those of earlier emits, if results come in order.
    held: Option<Held<Out>>,
    /// The most answers that wait at once.
    backlog: usize,
    /// Traces that are over, and wait for room for their answers.
    finished: BTreeMap<Number, Waker>,
    fetchers: Vec<Waker>,
    /// How many tasks there are, also of traces that were cancelled and not dropped yet.
    pub(super) tasks: usize,
    /// Whether no message is taken in any more.
    is_closed: bool,
    /// Whether answers are thrown away, since nobody can fetch them.
    is_deaf: bool,
}

struct InFlight {
    envelope: Cover,
    /// `None` until the task is spawned.
    task: Option<AbortHandle>,
}

struct Held<Out> {
    next: Number,
    later: BTreeMap<Number, Vec<Answer<Out>>>,
}

impl<Out> Books<Out> {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            ledger: Ledger::default(),
            in_flight: BTreeMap::new(),
            answers: VecDeque::new(),
            held: settings.ordered.then(|| Held {
                next: 0,
                later: BTreeMap::new(),
            }),
            backlog: settings.backlog,
            finished: BTreeMap::new(),
            fetchers: Vec::new(),
            tasks: 0,
            is_closed: false,
            is_deaf: false,
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Takes a message in, and gives it a number.
    pub(super) fn open(&mut self, envelope: Cover) -> Number {
        let number = self.ledger.emitted;
        let key = (envelope.trace_id, number);
        self.in_flight.insert(
            key,
            InFlight {
                envelope,
                task: None,
            },
        );
        self.ledger.emitted += 1;
        self.ledger.in_flight += 1;
        number
    }

    /// Notes the task of a trace, which may have been cancelled, or be over, by now.
    pub(super) fn attach(&mut self, trace_id: TraceId, number: Number, task: AbortHandle) {
        match self.in_flight.get_mut(&(trace_id, number)) {
            Some(trace) => trace.task = Some(task),
            None => task.abort(),
        }
    }

    pub(super) fn is_in_flight(&self, trace_id: TraceId, number: Number) -> bool {
        self.in_flight.contains_key(&(trace_id, number))
    }

    /// Accounts for a message whose trace is over, once there is room for its answers.
    /// Does nothing if it was accounted for before, as cancelled.
    pub(super) fn poll_close(
        &mut self,
        trace_id: TraceId,
        number: Number,
        ending: &mut Option<Ending<Out>>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let key = (trace_id, number);
        if !self.in_flight.contains_key(&key) {
            return Poll::Ready(());
        }
        // Only who is in flight may wait for room: a wake would be lost on a task that is
        // gone.
        if !self.has_room(number) && ending.as_ref().is_some_and(answers) {
            self.finished.insert(number, cx.waker().clone());
            return Poll::Pending;
        }
        self.in_flight.remove(&key);
        // It may have come here by another wake than that for room.
        self.finished.remove(&number);
        if let Some(ending) = ending.take() {
            self.settle(number, ending);
        }
        Poll::Ready(())
    }

    /// Whether answers may be added. Those whose turn it is wait only for fetches, never
    /// for the later ones that they hold up.
    fn has_room(&self, number: Number) -> bool {
        let (held, is_next) = match &self.held {
            None => (0, true),
            Some(held) => (held.later.len(), held.next == number),
        };
        let ahead = self.answers.len() + if is_next { 0 } else { held };
        ahead < self.backlog || self.is_closed || self.is_deaf
    }

    /// Accounts for a message whose task is gone, if nothing else became of it: as failed if
    /// the task panicked outside a node, as in a payload's `Clone`, and else as cancelled.
    pub(super) fn lose(&mut self, trace_id: TraceId, number: Number, panicked: bool) {
        let key = (trace_id, number);
        if !panicked {
            return self.cancel_one(key);
        }
        if let Some(trace) = self.in_flight.remove(&key) {
            let reason = "the trace panicked between two nodes";
            let error = FlowError::new(ErrorKind::Panicked, &trace.envelope, reason);
            self.settle(number, Err(error));
        }
    }

    /// Ends all traces of this id, and says whether there was one.
    pub(super) fn cancel(&mut self, trace_id: TraceId) -> bool {
        let range = (trace_id, Number::MIN)..=(trace_id, Number::MAX);
        let numbers: Vec<_> = self.in_flight.range(range).map(|(key, _)| *key).collect();
        for key in &numbers {
            self.cancel_one(*key);
        }
        !numbers.is_empty()
    }

    /// Ends all traces.
    pub(super) fn cancel_all(&mut self) {
        while let Some((key, _)) = self.in_flight.first_key_value() {
            self.cancel_one(*key);
        }
    }

    fn cancel_one(&mut self, key: (TraceId, Number)) {
        if let Some(trace) = self.in_flight.remove(&key) {
            if let Some(task) = &trace.task {
                task.abort();
            }
            self.finished.remove(&key.1);
            let reason = "the trace was cancelled";
            let error = FlowError::new(ErrorKind::Cancelled, &trace.envelope, reason);
            self.settle(key.1, Err(error));
        }
    }

    fn settle(&mut self, number: Number, ending: Ending<Out>) {
        self.ledger.in_flight -= 1;
        let answers = match ending {
            Ok(messages) => {
                self.ledger.completed += 1;
                messages.into_iter().map(Ok).collect()
            }
            Err(error) if error.kind() == ErrorKind::Filtered => {
                self.ledger.filtered += 1;
                Vec::new()
            }
            Err(error) => {
                let cancelled = error.kind() == ErrorKind::Cancelled;
                self.ledger.cancelled += u64::from(cancelled);
                self.ledger.failed += u64::from(!cancelled);
                vec![Err(error)]
            }
        };
        self.answer(number, answers);
        self.wake_fetchers();
        self.wake_finished();
    }

    fn answer(&mut self, number: Number, answers: Vec<Answer<Out>>) {
        if self.is_deaf {
            return;
        }
        let Some(held) = &mut self.held else {
            self.answers.extend(answers);
            return;
        };
        held.later.insert(number, answers);
        while let Some(answers) = held.later.remove(&held.next) {
            self.answers.extend(answers);
            held.next += 1;
        }
    }

    /// The next answer, if there is one.
    pub(super) fn take(&mut self) -> Option<Answer<Out>> {
        let answer = self.answers.pop_front()?;
        self.wake_finished();
        Some(answer)
    }

    /// Takes no more messages.
    pub(super) fn shut(&mut self) {
        self.is_closed = true;
        self.wake_fetchers();
        self.wake_finished();
    }

    pub(super) fn is_shut(&self) -> bool {
        self.is_closed
    }

    pub(super) fn is_deaf(&self) -> bool {
        self.is_deaf
    }

    /// Whether there will be no further answer.
    pub(super) fn is_over(&self) -> bool {
        self.is_closed && self.ledger.in_flight == 0 && self.answers.is_empty()
    }

    /// Throws away all that comes, and gives back what waits.
    pub(super) fn deafen(&mut self) -> VecDeque<Answer<Out>> {
        self.is_deaf = true;
        self.wake_finished();
        std::mem::take(&mut self.answers)
    }

    /// Remembers whom to wake at the next answer.
    pub(super) fn wait(&mut self, fetcher: &Waker) {
        if !self.fetchers.iter().any(|waker| waker.will_wake(fetcher)) {
            self.fetchers.push(fetcher.clone());
        }
    }

    fn wake_fetchers(&mut self) {
        for fetcher in self.fetchers.drain(..) {
            fetcher.wake();
        }
    }

    /// Wakes the first trace that waits for room, if there is some. It wakes the next.
    fn wake_finished(&mut self) {
        let first = self.finished.keys().next().copied();
        if let Some(first) = first.filter(|first| self.has_room(*first))
            && let Some(waker) = self.finished.remove(&first)
        {
            waker.wake();
        }
    }
}

/// Whether `fetch` gives anything out for a trace that ended so.
fn answers<Out>(ending: &Ending<Out>) -> bool {
    !matches!(ending, Err(error) if error.kind() == ErrorKind::Filtered)
}
