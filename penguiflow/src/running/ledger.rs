//! The ledger: counts of a started flow's messages by how they ended.

use serde::Serialize;

use crate::error::ErrorKind;

/// Counts of all emitted messages by how their traces ended. At every moment,
/// `emitted = completed + failed + cancelled + filtered + in_flight`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Messages that were taken in.
    pub emitted: u64,
    /// Messages whose traces returned their outputs.
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

impl Ledger {
    /// A message is in flight no more.
    #[inline]
    pub(super) fn count(&mut self, ending: Result<(), ErrorKind>) {
        self.in_flight -= 1;
        let count = match ending {
            Ok(()) => &mut self.completed,
            Err(ErrorKind::Filtered) => &mut self.filtered,
            Err(ErrorKind::Cancelled) => &mut self.cancelled,
            Err(_) => &mut self.failed,
        };
        *count += 1;
    }
}
