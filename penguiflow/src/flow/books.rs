//! The books of a started flow: what was emitted, what became of it, what waits to be
//! fetched. Pure bookkeeping, without task or clock; `running` locks it.

use std::collections::{BTreeMap, VecDeque};
use std::task::Waker;

use serde::Serialize;
use tokio::task::AbortHandle;

use crate::error::{ErrorKind, FlowError};
use crate::message::{Envelope, Message};
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
    fetchers: Vec<Waker>,
    /// Whether no message is taken in any more.
    pub(super) is_closed: bool,
    /// Whether answers are thrown away, since nobody can fetch them.
    pub(super) is_deaf: bool,
}

struct InFlight {
    envelope: Envelope,
    /// `None` until the task is spawned.
    task: Option<AbortHandle>,
}

struct Held<Out> {
    next: Number,
    later: BTreeMap<Number, Vec<Answer<Out>>>,
}

impl<Out> Books<Out> {
    pub(super) fn new(ordered: bool) -> Self {
        Self {
            ledger: Ledger::default(),
            in_flight: BTreeMap::new(),
            answers: VecDeque::new(),
            held: ordered.then(|| Held {
                next: 0,
                later: BTreeMap::new(),
            }),
            fetchers: Vec::new(),
            is_closed: false,
            is_deaf: false,
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Takes a message in, and gives it a number.
    pub(super) fn open(&mut self, envelope: Envelope) -> Number {
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

    /// Accounts for a message whose trace is over. Does nothing if it was accounted for
    /// before, as cancelled.
    pub(super) fn close(&mut self, trace_id: TraceId, number: Number, ending: Ending<Out>) {
        if self.in_flight.remove(&(trace_id, number)).is_some() {
            self.settle(number, ending);
        }
    }

    /// Accounts for a message whose task is gone: as cancelled, if nothing else became of
    /// it.
    pub(super) fn lose(&mut self, trace_id: TraceId, number: Number) {
        self.cancel_one((trace_id, number));
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

    /// How many answers wait to be fetched.
    pub(super) fn waiting(&self) -> usize {
        self.answers.len()
    }

    /// The next answer, if there is one.
    pub(super) fn take(&mut self) -> Option<Answer<Out>> {
        self.answers.pop_front()
    }

    /// Whether there will be no further answer.
    pub(super) fn is_over(&self) -> bool {
        self.is_closed && self.ledger.in_flight == 0 && self.answers.is_empty()
    }

    /// Throws away all that comes, and gives back what waits.
    pub(super) fn deafen(&mut self) -> VecDeque<Answer<Out>> {
        self.is_deaf = true;
        std::mem::take(&mut self.answers)
    }

    /// Remembers whom to wake at the next answer.
    pub(super) fn wait(&mut self, fetcher: &Waker) {
        if !self.fetchers.iter().any(|waker| waker.will_wake(fetcher)) {
            self.fetchers.push(fetcher.clone());
        }
    }

    pub(super) fn wake_fetchers(&mut self) {
        for fetcher in self.fetchers.drain(..) {
            fetcher.wake();
        }
    }
}
