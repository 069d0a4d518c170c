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
    /// Whether each message that was taken in is counted once.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn even(n: u32) -> Option<u32> {
    ///     n.is_multiple_of(2).then_some(n)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { even }.start();
    /// for n in 0..5 {
    ///     running.emit(n).await?;
    /// }
    /// running.stop().await;
    /// let ledger = running.ledger();
    /// assert!(ledger.is_balanced());
    /// assert_eq!((ledger.completed, ledger.filtered), (3, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_balanced(&self) -> bool {
        let over = [self.completed, self.failed, self.cancelled, self.filtered];
        self.emitted == over.iter().sum::<u64>() + self.in_flight
    }

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
