//! The visits that wait for a node's limits: how many there are, and since when.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

#[derive(Debug, Default)]
pub(super) struct WaitingVisits {
    /// Beside the table, since each event of a visit has the number.
    count: AtomicUsize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    since: BTreeMap<u64, Instant>,
}

/// A visit that waits, until it is dropped.
pub(super) struct Waiting<'w> {
    among: &'w WaitingVisits,
    number: u64,
}

impl WaitingVisits {
    /// A visit waits from now on.
    pub(super) fn join(&self) -> Waiting<'_> {
        let now = Instant::now();
        self.count.fetch_add(1, Ordering::Relaxed);
        let mut table = self.table();
        table.next += 1;
        let number = table.next;
        table.since.insert(number, now);
        Waiting {
            among: self,
            number,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Since when the first of them has waited.
    pub(super) fn since(&self) -> Option<Instant> {
        self.table().since.values().next().copied()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.among.count.fetch_sub(1, Ordering::Relaxed);
        self.among.table().since.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_of_those_that_wait_is_known() {
        let waiting = WaitingVisits::default();
        assert_eq!((waiting.count(), waiting.since()), (0, None));
        let start = Instant::now();
        let first = waiting.join();
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = waiting.join();
        assert_eq!((waiting.count(), waiting.since()), (2, Some(start)));
        drop(first);
        assert_eq!(waiting.since(), Some(start + Duration::from_secs(1)));
        drop(second);
        assert_eq!((waiting.count(), waiting.since()), (0, None));
    }
}
