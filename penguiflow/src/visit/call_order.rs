//! The number of a call of a flow within its visit: its place in the order of the calls. A visit
//! that is retried finds its calls again by their inputs, so that concurrent calls may come in any
//! order.

use std::any::TypeId;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The calls of one attempt. All its contexts share it.
#[derive(Default)]
pub(crate) struct Calls {
    attempt: u32,
    begun: AtomicU32,
    /// How many have begun to run and are not over.
    running: AtomicU32,
    /// The state that the attempts of the visit share, if there may be several.
    order: Option<Arc<CallOrder>>,
}

/// The calls of all attempts of a visit.
#[derive(Debug, Default)]
pub(crate) struct CallOrder(Mutex<Numbers>);

/// By what a call is found again: the flow, and a print of its input if that can be distinguished
/// from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallPrint {
    pub(crate) flow: TypeId,
    pub(crate) input: Option<u64>,
}

#[derive(Debug, Default)]
struct Numbers {
    /// The call of each number, and whether this attempt has called it.
    calls: Vec<(CallPrint, bool)>,
    attempt: u32,
}

/// A call that runs.
pub(crate) struct RunningCall<'a>(&'a Calls);

impl Calls {
    pub(super) fn new(attempt: u32, order: Option<Arc<CallOrder>>) -> Self {
        Self {
            attempt,
            order,
            ..Self::default()
        }
    }

    /// The number of one more call.
    pub(crate) fn number(&self, print: Option<CallPrint>) -> u32 {
        match (&self.order, print) {
            (Some(order), Some(print)) => {
                let mut numbers = order.0.lock().unwrap_or_else(PoisonError::into_inner);
                numbers.number(self.attempt, print)
            }
            _ => self.begun.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Whether a call has begun to run and is not over.
    pub(crate) fn are_running(&self) -> bool {
        self.running.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn run(&self) -> RunningCall<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        RunningCall(self)
    }
}

impl Drop for RunningCall<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Numbers {
    /// A call that an attempt before has not made has the number of none: its number may be wanted
    /// later by the call that had it.
    fn number(&mut self, attempt: u32, print: CallPrint) -> u32 {
        if attempt > self.attempt {
            self.attempt = attempt;
            self.calls
                .iter_mut()
                .for_each(|(_, is_called)| *is_called = false);
        }
        let mut calls = self.calls.iter();
        let again = calls.position(|(known, is_called)| *known == print && !is_called);
        match again {
            Some(number) => {
                self.calls[number].1 = true;
                number as u32
            }
            None => {
                self.calls.push((print, true));
                self.calls.len() as u32 - 1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallPrint, Numbers, TypeId};

    /// The numbers of the calls of several attempts, each by what it is given.
    fn numbers(attempts: &[&[CallPrint]]) -> Vec<Vec<u32>> {
        let mut numbers = Numbers::default();
        let mut attempt = 0;
        let of_attempt = |calls: &&[CallPrint]| {
            attempt += 1;
            let number = |print: &CallPrint| numbers.number(attempt, *print);
            calls.iter().map(number).collect()
        };
        attempts.iter().map(of_attempt).collect()
    }

    fn call<Flow: 'static>(input: impl Into<Option<u64>>) -> CallPrint {
        CallPrint {
            flow: TypeId::of::<Flow>(),
            input: input.into(),
        }
    }

    #[test]
    fn calls_have_their_place_as_number() {
        let (a, b, any) = (call::<u8>(1), call::<u8>(2), call::<u8>(None));
        assert_eq!(numbers(&[&[a, b, a], &[a, b, a]]), [[0, 1, 2], [0, 1, 2]]);
        assert_eq!(numbers(&[&[any, any], &[any, any]]), [[0, 1], [0, 1]]);
    }

    #[test]
    fn a_call_that_comes_in_another_order_keeps_its_number() {
        let (a, b, other) = (call::<u8>(1), call::<u8>(2), call::<u16>(1));
        assert_eq!(
            numbers(&[&[a, b], &[b, a], &[a, b]]),
            [[0, 1], [1, 0], [0, 1]]
        );
        assert_eq!(numbers(&[&[a, a, b], &[b, a, a]]), [[0, 1, 2], [2, 0, 1]]);
        assert_eq!(numbers(&[&[a, other], &[other, a]]), [[0, 1], [1, 0]]);
    }

    /// The attempt before was over when it had made one of its two calls.
    #[test]
    fn a_call_that_was_not_made_before_has_the_number_of_none() {
        let (a, b, c) = (call::<u8>(1), call::<u8>(2), call::<u8>(3));
        assert_eq!(numbers(&[&[b], &[a, b]]), [vec![0], vec![1, 0]]);
        assert_eq!(numbers(&[&[a, b], &[c, b, a]]), [vec![0, 1], vec![2, 1, 0]]);
    }
}
