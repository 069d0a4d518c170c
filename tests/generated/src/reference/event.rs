//! What happens in a trace, and when.

use super::step_id::Step;
use super::value::Value;
use super::{Attempt, Failure, Output, Timing};
use crate::load::Load;
use crate::stamps::Stamps;

/// When something happens: in these milliseconds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Time {
    /// So much later.
    pub(super) fn and(self, millis: u64) -> Self {
        Self {
            first: self.first.saturating_add(millis),
            last: self.last.saturating_add(millis),
        }
    }

    /// Then, or at any time after it.
    pub(super) fn or_later(self) -> Self {
        let last = u64::MAX;
        Self { last, ..self }
    }

    /// When the later of the two is over.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.max(other.last),
        }
    }

    /// When the sooner of the two is over.
    pub(super) fn min(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.min(other.last),
        }
    }

    /// Whether this is before that: surely, never, or perhaps.
    pub(super) fn is_before(self, other: Self) -> Option<bool> {
        if self.last < other.first {
            Some(true)
        } else if self.first > other.last {
            Some(false)
        } else {
            None
        }
    }
}

/// A message on its way.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) value: Value,
    pub(super) stamps: Stamps,
    pub(super) rounds: u32,
    /// The node or join that it comes from.
    pub(super) from: String,
    pub(super) time: Time,
    /// Where it is among the steps of its trace.
    pub(super) step: Step,
    /// Whether other messages of its trace may be where it is.
    pub(super) is_among_others: bool,
}

/// No round is left, since something took over when there was none.
pub(super) const NO_MORE: u32 = u32::MAX;

impl Token {
    pub(super) fn new(load: &Load, timing: Timing) -> Self {
        let now = Time { first: 0, last: 0 };
        Self {
            value: Value::Load(load.clone()),
            stamps: Stamps::default(),
            rounds: 0,
            from: String::new(),
            time: match timing {
                Timing::Exact => now,
                Timing::Any => now.or_later(),
            },
            step: Step::root(1),
            is_among_others: false,
        }
    }

    /// The path ends here, in a failure or in `None`.
    pub(super) fn lost(self, failure: Option<Failure>) -> Event {
        let time = self.time;
        time.of(What::Lost(self.loss(failure)))
    }

    pub(super) fn loss(self, failure: Option<Failure>) -> Loss {
        Loss {
            failure,
            stamps: self.stamps,
            rounds: self.rounds,
        }
    }

    /// The message leaves the flow, and for those who wait for it its path ends.
    pub(super) fn left(self) -> [Event; 2] {
        let output = Output {
            load: self.value.tied(),
            stamps: self.stamps.clone(),
        };
        [self.time.of(What::Left(output)), self.lost(None)]
    }

    pub(super) fn back(self, head: usize) -> Event {
        self.time.of(What::Back(head, self))
    }

    pub(super) fn came(self) -> Event {
        self.time.of(What::Came(self))
    }
}

/// A path that came to nothing.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    /// `None` for a path that ended in `None`.
    pub(super) failure: Option<Failure>,
    pub(super) stamps: Stamps,
    pub(super) rounds: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) time: Time,
    pub(super) what: What,
}

impl Event {
    /// Whether a path ends with it.
    pub(super) fn is_end(&self) -> bool {
        !matches!(self.what, What::Ran(..) | What::PerhapsRan(..))
    }
}

#[derive(Debug, Clone)]
pub(super) enum What {
    /// An attempt of a node began.
    Ran(Attempt),
    /// An attempt that is the more likely to have begun the later its branch was dropped.
    PerhapsRan(Attempt),
    /// A message came to where this part of the flow ends.
    Came(Token),
    /// A message goes back to the head of a loop.
    Back(usize, Token),
    /// A message left the flow.
    Left(Output),
    /// A path came to nothing.
    Lost(Loss),
}

impl Time {
    pub(super) fn of(self, what: What) -> Event {
        Event { time: self, what }
    }
}
