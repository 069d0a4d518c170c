//! The results of a started flow: their order, the fetches that wait for them, and the traces that
//! wait for room. Pure: wakers to wake and values to drop are returned.

use std::collections::{BTreeMap, VecDeque};
use std::task::Waker;

use super::in_flight::Number;
use crate::error::{ErrorKind, FlowError};
use crate::flow::Settings;
use crate::message::Envelope;
use crate::small_list::SmallList;

/// The ending of a trace: its outputs, or the reason why there are none.
pub(super) type Ending<Out> = Result<SmallList<(Out, Envelope)>, FlowError>;

/// One answer for `fetch`.
pub(super) type Answer<Out> = Result<(Out, Envelope), FlowError>;

/// How many empty answers a drained queue keeps room for.
const KEPT: usize = 64;

pub(super) struct Results<Out> {
    answers: VecDeque<Answer<Out>>,
    /// Answers that wait for those of earlier emits, if results come in order.
    held: Option<Held<Out>>,
    /// The most answers that wait at once.
    backlog: usize,
    /// Whether a trace that gave no output has an answer, too.
    answers_filtered: bool,
    /// Errors that are no answers and hold an input, which is not dropped under the lock.
    unanswered: Vec<FlowError>,
    /// Traces that are over, and wait for room for their answers.
    finished: BTreeMap<Number, Waker>,
    fetchers: SmallList<Waker>,
    /// Nobody can fetch any more.
    is_closed: bool,
}

struct Held<Out> {
    next: Number,
    later: BTreeMap<Number, Ending<Out>>,
}

impl<Out> Held<Out> {
    /// The next ending, if it has come already.
    fn next(&mut self) -> Option<Ending<Out>> {
        let next = self.later.remove(&self.next)?;
        self.next += 1;
        Some(next)
    }
}

impl<Out> Results<Out> {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            answers: VecDeque::new(),
            held: settings.ordered.then(|| Held {
                next: 0,
                later: BTreeMap::new(),
            }),
            backlog: settings.backlog,
            answers_filtered: settings.filtered,
            unanswered: Vec::new(),
            finished: BTreeMap::new(),
            fetchers: SmallList::new(),
            is_closed: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Whether an ending may be added. One whose turn it is waits only for fetches, never for the
    /// later ones that it holds up.
    #[inline]
    pub(super) fn has_room(&self, number: Number, ending: &Ending<Out>) -> bool {
        self.has_room_for_answer(number) || !self.is_answered(ending)
    }

    #[inline]
    fn has_room_for_answer(&self, number: Number) -> bool {
        let (held, is_next) = match &self.held {
            None => (0, true),
            Some(held) => (held.later.len(), held.next == number),
        };
        let ahead = self.answers.len() + if is_next { 0 } else { held };
        ahead < self.backlog || self.is_closed
    }

    /// Lifts the bound: nobody emits any more.
    pub(super) fn lift_backlog(&mut self) {
        self.backlog = usize::MAX;
    }

    /// Whether answers come in the order of their emits.
    #[inline]
    pub(super) fn are_ordered(&self) -> bool {
        self.held.is_some()
    }

    /// Adds the answers of a trace once those of all earlier ones are there. Not inlined: the ending
    /// would be copied for it wherever answers come as they are.
    #[inline(never)]
    pub(super) fn add_in_order(&mut self, number: Number, ending: Ending<Out>) {
        if let Some(held) = &mut self.held {
            if number != held.next {
                held.later.insert(number, ending);
                return;
            }
            held.next += 1;
        }
        self.add(ending);
        while let Some(ending) = self.held.as_mut().and_then(Held::next) {
            self.add(ending);
        }
    }

    /// Adds the answers of a trace.
    #[inline]
    pub(super) fn add(&mut self, ending: Ending<Out>) {
        match ending {
            Ok(outputs) => outputs.each(|output| self.answers.push_back(Ok(output))),
            Err(error) if !self.answers_filtered && error.kind() == ErrorKind::Filtered => {
                if error.envelope().kept_input().is_some() {
                    self.unanswered.push(error);
                }
            }
            Err(error) => self.answers.push_back(Err(error)),
        }
    }

    /// Whether `fetch` gives anything out for a trace that ended so.
    fn is_answered(&self, ending: &Ending<Out>) -> bool {
        self.answers_filtered
            || !matches!(ending, Err(error) if error.kind() == ErrorKind::Filtered)
    }

    /// The errors that are no answers, if there are some.
    #[inline]
    pub(super) fn take_unanswered(&mut self) -> Option<Vec<FlowError>> {
        (!self.unanswered.is_empty()).then(|| std::mem::take(&mut self.unanswered))
    }

    /// The next answer, if there is one.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Answer<Out>> {
        let answer = self.answers.pop_front()?;
        if self.answers.is_empty() && self.answers.capacity() > KEPT {
            self.answers = VecDeque::new();
        }
        Some(answer)
    }

    /// Drops all later answers, and returns those that wait.
    pub(super) fn close(&mut self) -> VecDeque<Answer<Out>> {
        self.is_closed = true;
        let later = self.held.take().map(|held| held.later.into_values());
        later
            .into_iter()
            .flatten()
            .for_each(|ending| self.add(ending));
        std::mem::take(&mut self.answers)
    }

    /// Registers a trace that is over and waits for room.
    pub(super) fn wait_for_room(&mut self, number: Number, worker: Waker) {
        self.finished.insert(number, worker);
    }

    /// It no longer waits.
    #[inline]
    pub(super) fn leave(&mut self, number: Number) {
        if !self.finished.is_empty() {
            self.finished.remove(&number);
        }
    }

    /// The first trace that waits for room, if there is some: it is to be woken, and the next one
    /// after it.
    #[inline]
    pub(super) fn next_finished(&mut self) -> Option<Waker> {
        let (first, _) = self.finished.first_key_value()?;
        let has_room = self.has_room_for_answer(*first);
        let (_, waker) = has_room.then(|| self.finished.pop_first())??;
        Some(waker)
    }

    /// Lets somebody wait for the next answer. Gives the waker back if it waits already.
    pub(super) fn wait(&mut self, fetcher: Waker) -> Option<Waker> {
        if self.fetchers.iter().any(|waker| waker.will_wake(&fetcher)) {
            return Some(fetcher);
        }
        self.fetchers.push(fetcher);
        None
    }

    /// The wakers of all that wait for answers.
    #[inline]
    pub(super) fn take_fetchers(&mut self) -> Option<SmallList<Waker>> {
        (!self.fetchers.is_empty()).then(|| std::mem::take(&mut self.fetchers))
    }
}
