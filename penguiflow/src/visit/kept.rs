//! A visit whose trace a host keeps: the attempts that it has had, and whether the host runs the next
//! one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::NodeError;

/// A visit that a host may run again, as one that it knows nothing of.
#[derive(Debug)]
pub(crate) struct KeptVisit {
    /// How many of its attempts have failed before.
    attempts: u32,
    /// Whether an attempt that fails leaves the next one to the host.
    is_one_attempt: bool,
    again: Mutex<Option<Box<Again>>>,
}

/// An attempt that failed, and that another one may follow.
#[derive(Debug)]
pub(crate) struct Again {
    /// How many attempts have failed by now.
    pub(crate) attempts: u32,
    /// How long to wait until the next one.
    pub(crate) wait: Duration,
    pub(crate) failure: NodeError,
}

impl KeptVisit {
    /// A visit after these attempts, of which one more is run, or all that are left.
    pub(crate) const fn after(attempts: u32, is_one_attempt: bool) -> Self {
        Self {
            attempts,
            is_one_attempt,
            again: Mutex::new(None),
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(super) fn is_one_attempt(&self) -> bool {
        self.is_one_attempt
    }

    pub(super) fn leave(&self, again: Again) {
        *self.again.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(again));
    }

    /// Whether the host is to run it again.
    pub(crate) fn is_left(&self) -> bool {
        let again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
        again.is_some()
    }

    /// What is left to the host.
    pub(crate) fn into_left(self) -> Option<Box<Again>> {
        self.again
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
