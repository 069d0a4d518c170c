//! Observers: each on a thread of its own, so that a slow or panicking one neither slows nor
//! breaks the flow.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::flush::until_dropped;
use super::log::EventLog;
use super::{Event, EventRecord};

/// Is told of every event of a flow, in order, on a thread of its own. Closures are
/// observers.
///
/// ```
/// use penguiflow::prelude::*;
/// use std::sync::mpsc::channel;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let (events, seen) = channel();
/// let flow = flow! { double }.observe(move |event: &Event| {
///     let _ = events.send(event.event.as_str());
/// });
/// flow.run(21).await?;
/// flow.flush().await;
/// let seen: Vec<_> = seen.try_iter().collect();
/// assert_eq!(seen, ["trace_start", "node_start", "node_success", "trace_end"]);
/// # Ok(())
/// # }
/// ```
pub trait Observer: Send + 'static {
    /// Something happened. May block: the flow does not wait. A panic is caught, and the
    /// observer is told of the next event.
    fn on_event(&mut self, event: &Event);

    /// So many events were dropped, since this observer was 65,536 events behind. Events come
    /// again once half of those have been seen.
    fn on_lost(&mut self, count: u64) {
        tracing::warn!(target: "penguiflow", count, "an observer is too slow: events were dropped");
    }
}

impl<F: FnMut(&Event) + Send + 'static> Observer for F {
    fn on_event(&mut self, event: &Event) {
        self(event);
    }
}

/// All observers of a flow: a list for those that were added to one flow value, and further ones
/// where a clone was given observers of its own, or a called flow has its own.
#[derive(Clone, Default)]
pub(crate) struct Observers(Option<Arc<Vec<Arc<EventLog>>>>);

impl Observers {
    pub(crate) fn add(&mut self, observer: impl Observer) {
        let logs = Arc::make_mut(self.0.get_or_insert_default());
        // A list that a clone has too must not give the clone's events to this observer.
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

    #[inline]
    pub(crate) fn push(&self, record: EventRecord) {
        let logs = self.0.as_ref().and_then(|logs| logs.split_last());
        let Some((last, others)) = logs else { return };
        for log in others {
            log.push(record.clone());
        }
        last.push(record);
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
