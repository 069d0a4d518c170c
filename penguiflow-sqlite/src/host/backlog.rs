//! The traces that are not taken up: those that wait for room, in the order in which they came, and
//! those that wait for a time. Only their ids are in memory.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use penguiflow::TraceId;
use tokio::sync::Notify;

use crate::error::Error;
use crate::store::{FlowId, Millis, State, Store};

/// How many traces are asked for at a time.
const PAGE: usize = 1024;

#[derive(Default)]
pub(super) struct Backlog {
    waiting: Mutex<Waiting>,
    has_more: Notify,
    /// One of them is the next to go now.
    pub(super) times: Notify,
}

#[derive(Default)]
struct Waiting {
    for_room: VecDeque<TraceId>,
    for_time: BTreeSet<(Millis, TraceId)>,
    /// Those that another process may have been running when it died.
    found: HashSet<TraceId>,
}

impl Backlog {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether another process may have been running the trace when it died. Asked once.
    pub(super) fn was_found(&self, id: TraceId) -> bool {
        self.waiting().found.remove(&id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting().for_room.is_empty()
    }

    /// How many wait for room.
    pub(super) fn len(&self) -> usize {
        self.waiting().for_room.len()
    }

    /// A trace waits for room.
    pub(super) fn push(&self, id: TraceId) {
        self.waiting().for_room.push_back(id);
        self.has_more.notify_one();
    }

    /// A trace waits for this time; without one it waits for somebody.
    pub(super) fn wait_until(&self, due: Option<Millis>, id: TraceId) {
        let Some(due) = due else { return };
        let mut waiting = self.waiting();
        waiting.for_time.insert((due, id));
        let is_next = waiting.for_time.first() == Some(&(due, id));
        drop(waiting);
        if is_next {
            self.times.notify_one();
        }
    }

    /// The next one that waits for room.
    pub(super) async fn next(&self) -> TraceId {
        loop {
            let has_more = self.has_more.notified();
            if let Some(id) = self.waiting().for_room.pop_front() {
                return id;
            }
            has_more.await;
        }
    }

    /// Moves those whose time has come to those that wait for room, and returns the next time.
    pub(super) fn move_due(&self, now: Millis) -> Option<Millis> {
        let mut waiting = self.waiting();
        let waiting = &mut *waiting;
        while let Some((due, id)) = waiting.for_time.first().copied() {
            if due > now {
                return Some(due);
            }
            waiting.for_time.pop_first();
            waiting.for_room.push_back(id);
            self.has_more.notify_one();
        }
        None
    }

    /// Finds the traces that the store has.
    pub(super) async fn find(&self, store: &Store, flow: FlowId) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let page = store.unfinished(flow, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.seq;
            for trace in page {
                match trace.state {
                    State::Running => {
                        if store.was_left() {
                            self.waiting().found.insert(trace.id);
                        }
                        self.push(trace.id);
                    }
                    _ => self.wait_until(trace.due, trace.id),
                }
            }
        }
    }
}
