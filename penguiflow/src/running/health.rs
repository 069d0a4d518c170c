//! The health of a started flow: what an engineer on call looks at first.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::{Ledger, Running};
use crate::message::TraceId;
use crate::policy::as_milliseconds;
use crate::trace::Line;

/// The health of a started flow at one moment. See [`Running::health`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// The flow's name.
    pub flow: &'static str,
    /// How many traces may be in flight at once, apart from those that are parked.
    pub capacity: usize,
    /// How many places of the capacity are taken: by traces, and by results that wait for room.
    pub places_taken: usize,
    /// How many emits and calls wait for a place.
    pub waiting_to_emit: usize,
    /// How many traces are parked.
    pub parked: usize,
    /// The oldest trace in flight, apart from those that are parked.
    pub oldest: Option<OldestTrace>,
    /// The nodes for whose limits visits wait; the one that a visit has waited for longest is first.
    pub waiting: Vec<WaitingNode>,
    /// How many events each observer has lost, since it is too slow.
    pub lost_events: Vec<u64>,
    /// The counts of all messages.
    pub ledger: Ledger,
}

/// The trace in flight whose message is the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OldestTrace {
    /// The trace.
    pub trace_id: TraceId,
    /// The time since its message was made.
    #[serde(rename = "age_ms", serialize_with = "as_milliseconds")]
    pub age: Duration,
}

/// A node for whose limits, `concurrency` or `rate`, visits wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaitingNode {
    /// Its name, after the playbooks and the called flows that it is in: `Search/retrieve`.
    pub node: String,
    /// How many visits wait.
    pub visits: usize,
    /// How long the first of them has waited.
    #[serde(rename = "longest_ms", serialize_with = "as_milliseconds")]
    pub longest: Duration,
}

impl<F, S> Running<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// How the flow does at this moment: its capacity, its oldest trace, the nodes that visits wait
    /// for, and observers that lose events. Looks at each trace in flight once.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node(concurrency = 1)]
    /// async fn slow(n: u32) -> u32 {
    ///     tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    ///     n
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { slow }.capacity(8).start();
    /// for n in 0..3 {
    ///     running.emit(n).await?;
    /// }
    /// tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    ///
    /// let health = running.health();
    /// assert_eq!((health.places_taken, health.capacity), (3, 8));
    /// assert_eq!((health.waiting[0].node.as_str(), health.waiting[0].visits), ("slow", 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn health(&self) -> Health {
        let started = self.started();
        let now = Instant::now();
        let context = started.flow.context();
        let waiting = context
            .limits
            .queues()
            .into_iter()
            .map(|queue| WaitingNode {
                node: queue.node,
                visits: queue.visits,
                longest: now.saturating_duration_since(queue.since),
            });
        let waiting = waiting.collect();
        let lost_events = context.observers.lost();
        let accounts = started.accounts();
        let (capacity, places_taken, waiting_to_emit) = accounts.places.counts();
        let oldest = accounts.in_flight().filter(|message| !message.is_parked);
        let oldest = oldest
            .map(|message| &message.envelope)
            .min_by_key(|envelope| envelope.made());
        Health {
            flow: started.flow.graph().name,
            capacity,
            places_taken,
            waiting_to_emit,
            parked: accounts
                .in_flight()
                .filter(|message| message.is_parked)
                .count(),
            oldest: oldest.map(|envelope| OldestTrace {
                trace_id: envelope.trace_id,
                age: now.saturating_duration_since(envelope.made()),
            }),
            waiting,
            lost_events,
            ledger: accounts.ledger,
        }
    }

    /// The capacity, how many places of it are taken, and how many messages wait for one.
    pub(crate) fn places(&self) -> (usize, usize, usize) {
        self.started().accounts().places.counts()
    }
}
