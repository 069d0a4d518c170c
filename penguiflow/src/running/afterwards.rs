//! The consequences of a change of the accounts that run code of the user's: wakers to wake, and
//! answers and inputs to drop, once the lock is free.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use super::results::{Answer, Ending};
use crate::message::{Envelope, KeptInput};
use crate::small_list::SmallList;

/// The work to do once the lock is free.
pub(super) struct Afterwards<In, Out> {
    wakers: SmallList<Waker>,
    pub(super) answers: Vec<Answer<Out>>,
    pub(super) inputs: Vec<In>,
    /// The copies of inputs that messages have kept.
    kept: Vec<KeptInput>,
    /// The last task is over.
    pub(super) is_idle: bool,
    pub(super) is_due: bool,
}

impl<In, Out> Afterwards<In, Out> {
    pub(super) const fn new() -> Self {
        Self {
            wakers: SmallList::new(),
            answers: Vec::new(),
            inputs: Vec::new(),
            kept: Vec::new(),
            is_idle: false,
            is_due: false,
        }
    }

    #[inline]
    pub(super) fn wake(&mut self, wakers: impl IntoIterator<Item = Waker>) {
        for waker in wakers {
            self.wakers.push(waker);
            self.is_due = true;
        }
    }

    #[cold]
    pub(super) fn drop_ending(&mut self, ending: Ending<Out>) {
        match ending {
            Ok(outputs) => self.drop_answers(outputs.into_iter().map(Ok)),
            Err(error) => self.drop_answers([Err(error)]),
        }
    }

    pub(super) fn drop_answers(&mut self, answers: impl IntoIterator<Item = Answer<Out>>) {
        self.answers.extend(answers);
        self.is_due = true;
    }

    pub(super) fn drop_input(&mut self, input: In) {
        self.inputs.push(input);
        self.is_due = true;
    }

    /// Keeps the copy of its input that a message has, if it has one, for as long as the lock is held.
    #[inline]
    pub(super) fn hold_input_of(&mut self, envelope: &Envelope) {
        if let Some(kept) = envelope.kept_input() {
            self.kept.push(kept.clone());
            self.is_due = true;
        }
    }

    /// The work, if there is some.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Self> {
        self.is_due.then(|| std::mem::replace(self, Self::new()))
    }

    /// Does it, with the lock free.
    pub(super) fn run(self) {
        self.wakers.into_iter().for_each(Waker::wake);
        self.answers.into_iter().for_each(drop_quietly);
        self.inputs.into_iter().for_each(drop_quietly);
        self.kept.into_iter().for_each(drop_quietly);
    }
}

/// Drops what is the user's: a panic there is nobody's failure any more.
pub(super) fn drop_quietly<T>(thing: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(thing)));
}
