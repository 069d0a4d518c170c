//! For tests: the store dies or fails between two of its writes. Without the feature `failpoints`,
//! none of it is compiled.

#[cfg(feature = "failpoints")]
use std::sync::Arc;
#[cfg(feature = "failpoints")]
use std::sync::atomic::{AtomicI64, Ordering};

use super::error::StoreError;

/// Where a store dies or fails.
#[cfg(feature = "failpoints")]
#[derive(Debug, Clone)]
pub struct Failpoint {
    left: Arc<AtomicI64>,
    then: Then,
}

/// What happens there.
#[cfg(feature = "failpoints")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The process ends at once, as by `kill -9`.
    Die,
    /// The write fails, once.
    Fail,
}

#[cfg(feature = "failpoints")]
impl Failpoint {
    /// At the `nth` place that the writer passes from the opening on, counted from 0: there is one
    /// before and one after each write, and before and after each commit of a transaction.
    pub fn new(nth: u32, then: Then) -> Self {
        let left = Arc::new(AtomicI64::new(i64::from(nth)));
        Self { left, then }
    }

    /// Whether the writer has come to it.
    pub fn was_reached(&self) -> bool {
        self.left.load(Ordering::SeqCst) < 0
    }

    fn pass(&self) -> Result<(), StoreError> {
        match (self.left.fetch_sub(1, Ordering::SeqCst), self.then) {
            (0, Then::Die) => std::process::abort(),
            (0, Then::Fail) => Err(StoreError::Failpoint),
            _ => Ok(()),
        }
    }
}

/// The failpoint that a writer passes, if there is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failpoints {
    #[cfg(feature = "failpoints")]
    pub(crate) point: Option<Failpoint>,
}

impl Failpoints {
    pub(crate) fn pass(&self) -> Result<(), StoreError> {
        #[cfg(feature = "failpoints")]
        if let Some(point) = &self.point {
            return point.pass();
        }
        Ok(())
    }
}
