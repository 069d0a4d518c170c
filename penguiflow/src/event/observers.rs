//! The observers of a flow: the lists that they read.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::flush::until_dropped;
use super::log::EventLog;
use super::observer::Observer;
use super::record::EventRecord;

/// All observers of a flow: a list for those that were added to one flow value, and further ones
/// where a clone was given observers of its own, or a called flow has its own.
#[derive(Clone, Default)]
pub(crate) struct Observers(Option<Arc<Vec<Arc<EventLog>>>>);

impl Observers {
    /// None yet, of a flow that reports its events all the same.
    #[cfg(feature = "testing")]
    pub(crate) fn of_watched_flow() -> Self {
        Self(Some(Arc::default()))
    }

    pub(crate) fn add(&mut self, observer: impl Observer) {
        let logs = Arc::make_mut(self.0.get_or_insert_default());
        // A list that is shared with a clone would also hand the clone's events to this observer.
        match logs.last_mut().and_then(Arc::get_mut) {
            Some(log) => log.add(observer),
            None => {
                let mut log = EventLog::default();
                log.add(observer);
                logs.push(Arc::new(log));
            }
        }
    }

    /// These, and those of another flow that are not among them.
    pub(crate) fn with(self, others: &Self) -> Self {
        let (Some(logs), Some(other_logs)) = (&self.0, &others.0) else {
            return if self.is_empty() {
                others.clone()
            } else {
                self
            };
        };
        let is_new = |log: &&Arc<EventLog>| !logs.iter().any(|known| Arc::ptr_eq(known, log));
        let new = other_logs.iter().filter(is_new);
        Self(Some(Arc::new(logs.iter().chain(new).cloned().collect())))
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Pushes a record, which is made in the list itself.
    #[inline]
    pub(crate) fn push(&self, record: impl Fn() -> EventRecord) {
        match self.0.as_deref().map(Vec::as_slice) {
            None | Some([]) => {}
            Some([log]) => log.push(record),
            Some(logs) => push_to_each(logs, &record()),
        }
    }

    /// How many events were lost to each observer, in the order in which they were added.
    pub(crate) fn lost(&self) -> Vec<u64> {
        let logs = self.0.iter().flat_map(|logs| logs.iter());
        logs.flat_map(|log| log.lost()).collect()
    }

    /// Waits until every observer has seen all events so far, or for `limit` in real
    /// time, whichever is first: an observer that hangs holds up nobody for good.
    pub(crate) async fn flush(&self, limit: Duration) {
        let Some(logs) = &self.0 else { return };
        let (mark, marks) = channel();
        for log in logs.iter() {
            log.mark(&mark);
        }
        drop(mark);
        until_dropped(marks, limit).await;
    }
}

#[cold]
fn push_to_each(logs: &[Arc<EventLog>], record: &EventRecord) {
    for log in logs {
        log.push(|| record.clone());
    }
}
