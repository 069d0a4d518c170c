//! The books of a started flow: what was emitted, what became of it, what waits to be
//! fetched. Pure bookkeeping, without task or clock; `running` locks it.

use std::collections::{BTreeMap, VecDeque};
use std::task::Waker;

use serde::Serialize;
use tokio::task::AbortHandle;

use super::settings::Settings;
use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError};
use crate::few::Few;
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
pub(super) type Ending<Out> = Result<Few<Message<Out>>, FlowError>;

/// One answer for `fetch`.
pub(super) type Answer<Out> = Result<Message<Out>, FlowError>;

/// The number of an emit, counted from 0.
pub(super) type Number = u64;

/// A message's line in the books: where it is, and whose, for lines are used again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    place: usize,
    number: Number,
}

pub(super) struct Books<Out> {
    ledger: Ledger,
    lines: Vec<Option<InFlight>>,
    /// Lines that are not in use.
    blank: Vec<usize>,
    answers: VecDeque<Answer<Out>>,
    /// Answers that wait for those of earlier emits, if results come in order.
    held: Option<Held<Out>>,
    /// The most answers that wait at once.
    backlog: usize,
    /// Traces that are over, and wait for room for their answers.
    finished: BTreeMap<Number, Waker>,
    fetchers: Vec<Waker>,
    /// How many traces are there, also such that were cancelled and not dropped yet, and how many
    /// tasks that run them.
    alive: usize,
    /// Who is to be woken, once the books are free.
    woken: Vec<Waker>,
    /// Whether no message is taken in any more.
    is_closed: bool,
    /// Whether answers are thrown away, since nobody can fetch them.
    is_deaf: bool,
}

struct InFlight {
    number: Number,
    envelope: Cover,
    /// `None` unless it has a task of its own.
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
            lines: Vec::new(),
            blank: Vec::new(),
            answers: VecDeque::new(),
            held: settings.ordered.then(|| Held {
                next: 0,
                later: BTreeMap::new(),
            }),
            backlog: settings.backlog,
            finished: BTreeMap::new(),
            fetchers: Vec::new(),
            alive: 0,
            woken: Vec::new(),
            is_closed: false,
            is_deaf: false,
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Takes a message in.
    pub(super) fn open(&mut self, envelope: Cover) -> Line {
        let number = self.ledger.emitted;
        self.ledger.emitted += 1;
        self.ledger.in_flight += 1;
        self.alive += 1;
        let line = Some(InFlight {
            number,
            envelope,
            task: None,
        });
        let place = match self.blank.pop() {
            Some(place) => {
                self.lines[place] = line;
                place
            }
            None => {
                self.lines.push(line);
                self.lines.len() - 1
            }
        };
        Line { place, number }
    }

    /// Notes the task of a trace, which may have been cancelled, or be over, by now.
    pub(super) fn attach(&mut self, line: Line, task: AbortHandle) {
        match &mut self.lines[line.place] {
            Some(trace) if trace.number == line.number => trace.task = Some(task),
            _ => task.abort(),
        }
    }

    pub(super) fn is_in_flight(&self, line: Line) -> bool {
        let trace = self.lines[line.place].as_ref();
        trace.is_some_and(|trace| trace.number == line.number)
    }

    fn strike(&mut self, line: Line) -> Option<InFlight> {
        let is_its = |trace: &mut InFlight| trace.number == line.number;
        let trace = self.lines[line.place].take_if(is_its)?;
        self.blank.push(line.place);
        Some(trace)
    }

    /// Accounts for a message whose trace is over; does nothing if it was accounted for before, as
    /// cancelled. Gives its ending back if there is no room for its answers.
    pub(super) fn close(&mut self, line: Line, ending: Ending<Out>) -> Option<Ending<Out>> {
        if !self.is_in_flight(line) {
            return None;
        }
        if answers(&ending) && !self.has_room(line.number) {
            return Some(ending);
        }
        self.lines[line.place] = None;
        self.blank.push(line.place);
        self.settle(line.number, ending);
        None
    }

    /// Lets a trace that is over wait for room. Only one that is in flight: a wake would be lost
    /// on a task that is gone.
    pub(super) fn wait_for_room(&mut self, line: Line, waker: &Waker) {
        self.finished.insert(line.number, waker.clone());
    }

    /// It waits no more: it may have come by another wake than that for room.
    pub(super) fn has_come(&mut self, line: Line) {
        self.finished.remove(&line.number);
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

    /// Accounts for a message whose trace is gone, if nothing else became of it: as failed if
    /// it panicked outside a node, as in a payload's `Clone`, and else as cancelled.
    pub(super) fn lose(&mut self, line: Line, panicked: bool) {
        if !panicked {
            self.cancel_one(line);
        } else if let Some(trace) = self.strike(line) {
            let reason = "the trace panicked between two nodes";
            let error = FlowError::new(ErrorKind::Panicked, &trace.envelope, reason);
            self.settle(line.number, Err(error));
        }
    }

    /// A task is there that runs traces.
    pub(super) fn runner_comes(&mut self) {
        self.alive += 1;
    }

    /// A trace, or such a task, is there no more. Says whether it was the last.
    pub(super) fn one_is_gone(&mut self) -> bool {
        self.alive -= 1;
        self.is_idle()
    }

    /// Whether no trace is there, and no task that runs some.
    pub(super) fn is_idle(&self) -> bool {
        self.alive == 0
    }

    /// Ends all traces of this id, or all, and says whether there was one. It looks at every
    /// trace in flight: that costs who cancels, and not who emits.
    pub(super) fn cancel(&mut self, trace_id: Option<TraceId>) -> bool {
        let is_meant = |trace: &InFlight| trace_id.is_none_or(|id| id == trace.envelope.trace_id);
        let lines = self.lines.iter().enumerate();
        let meant = lines.filter_map(|(place, trace)| {
            let trace = trace.as_ref().filter(|trace| is_meant(trace))?;
            let number = trace.number;
            Some(Line { place, number })
        });
        let mut meant: Vec<_> = meant.collect();
        meant.sort_by_key(|line| line.number);
        for line in &meant {
            self.cancel_one(*line);
        }
        !meant.is_empty()
    }

    fn cancel_one(&mut self, line: Line) {
        if let Some(trace) = self.strike(line) {
            if let Some(task) = &trace.task {
                task.abort();
            }
            self.finished.remove(&line.number);
            let reason = "the trace was cancelled";
            let error = FlowError::new(ErrorKind::Cancelled, &trace.envelope, reason);
            self.settle(line.number, Err(error));
        }
    }

    fn settle(&mut self, number: Number, ending: Ending<Out>) {
        self.ledger.in_flight -= 1;
        match ending {
            Ok(messages) => {
                self.ledger.completed += 1;
                self.answer(number, messages.into_iter().map(Ok));
            }
            Err(error) if error.kind() == ErrorKind::Filtered => {
                self.ledger.filtered += 1;
                self.answer(number, []);
            }
            Err(error) => {
                let cancelled = error.kind() == ErrorKind::Cancelled;
                self.ledger.cancelled += u64::from(cancelled);
                self.ledger.failed += u64::from(!cancelled);
                self.answer(number, [Err(error)]);
            }
        }
        self.wake_fetchers();
        self.wake_finished();
    }

    fn answer(&mut self, number: Number, answers: impl IntoIterator<Item = Answer<Out>>) {
        if self.is_deaf {
            return;
        }
        let Some(held) = &mut self.held else {
            self.answers.extend(answers);
            return;
        };
        held.later.insert(number, answers.into_iter().collect());
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
        self.woken.append(&mut self.fetchers);
    }

    /// Wakes the first trace that waits for room, if there is some. It wakes the next.
    fn wake_finished(&mut self) {
        let Some((first, _)) = self.finished.first_key_value() else {
            return;
        };
        if self.has_room(*first)
            && let Some((_, waker)) = self.finished.pop_first()
        {
            self.woken.push(waker);
        }
    }

    /// Whom to wake, now that the books are free.
    pub(super) fn take_woken(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.woken)
    }
}

/// Whether `fetch` gives anything out for a trace that ended so.
fn answers<Out>(ending: &Ending<Out>) -> bool {
    !matches!(ending, Err(error) if error.kind() == ErrorKind::Filtered)
}
