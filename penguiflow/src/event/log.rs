//! The list that a flow's events are pushed into, and the threads that read it: one for each
//! observer.
//!
//! Pushing takes one short lock and makes no system call: a reader that has nothing to read
//! naps for a millisecond and looks again. Only one that found nothing for a while sleeps, and
//! is woken by the next event. No observer is called, and nothing of the user's is dropped,
//! under the lock.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::backlog::{Backlog, Delivery};
use super::flush::Mark;
use super::observer::Observer;
use super::record::EventRecord;

const NAP: Duration = Duration::from_millis(1);

/// How many naps in a row a reader takes before it sleeps.
const NAPS: usize = 20;

/// A flow's end of the list. Its drop ends the readers, after what is in the list.
#[derive(Default)]
pub(super) struct EventLog(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    backlog: Backlog<EventRecord, Mark>,
    /// Whether a reader sleeps until it is woken.
    is_asleep: bool,
    is_closed: bool,
}

impl EventLog {
    /// Adds an observer of what comes from now on, with a thread of its own.
    pub(super) fn add(&mut self, observer: impl Observer) {
        let reader = LogReader::of(&self.0);
        let thread = thread::Builder::new().name("penguiflow-observer".to_owned());
        if let Err(error) = thread.spawn(move || reader.serve(observer)) {
            tracing::error!(target: "penguiflow", %error, "no thread for an observer");
        }
    }

    /// Pushes a record. What makes it runs under the lock, so that it is made in the list and not moved
    /// there: it only copies.
    #[inline]
    pub(super) fn push(&self, record: impl FnOnce() -> EventRecord) {
        let mut state = self.0.lock();
        state.backlog.push(record);
        let is_asleep = mem::take(&mut state.is_asleep);
        drop(state);
        if is_asleep {
            self.0.wake();
        }
    }

    /// How many events were lost to each reader.
    pub(super) fn lost(&self) -> Vec<u64> {
        self.0.lock().backlog.lost().collect()
    }

    /// Gives each reader a mark, after all that was pushed so far.
    pub(super) fn mark(&self, mark: &Mark) {
        self.0.lock().backlog.mark(mark);
        self.0.wake();
    }
}

impl Drop for EventLog {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.backlog.deliver();
        state.is_closed = true;
        drop(state);
        self.0.wake();
    }
}

impl Shared {
    #[inline]
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn wake(&self) {
        self.changed.notify_all();
    }

    fn nap<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let woken = self.changed.wait_timeout(state, NAP);
        woken.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Sleeps until the next event: the list is empty, and gives back its memory.
    fn sleep<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.is_asleep = true;
        state.backlog.shrink();
        let woken = self.changed.wait(state);
        woken.unwrap_or_else(PoisonError::into_inner)
    }
}

/// An observer's end of the list. Its drop takes the observer off it, whatever ended the thread.
struct LogReader {
    log: Arc<Shared>,
    number: usize,
    seen: Arc<AtomicUsize>,
}

impl LogReader {
    fn of(log: &Arc<Shared>) -> Self {
        let (number, seen) = log.lock().backlog.join();
        let log = Arc::clone(log);
        Self { log, number, seen }
    }

    fn serve(self, mut observer: impl Observer) {
        while let Some(delivery) = self.next() {
            match delivery {
                Delivery::Items(records) => self.report(records, &mut observer),
                Delivery::Lost(count) => guard(|| observer.on_lost(count)),
                Delivery::Mark(mark) => drop(mark),
            }
        }
    }

    /// The next delivery; none once the flow is gone and everything was read.
    fn next(&self) -> Option<Delivery<EventRecord, Mark>> {
        let mut state = self.log.lock();
        let mut naps = 0;
        loop {
            if let Some(delivery) = state.backlog.take(self.number) {
                return Some(delivery);
            }
            if state.is_closed {
                // What is left is at most a loss, which is known once all else was seen.
                state.backlog.deliver();
                return state.backlog.take(self.number);
            }
            // Fresh events are taken only after a nap: an observer that is quicker than the
            // flow would else take event by event, and be at the lock all the time.
            state = match naps < NAPS {
                true => self.log.nap(state),
                false => self.log.sleep(state),
            };
            naps += 1;
            state.backlog.deliver();
        }
    }

    fn report(&self, records: Arc<Vec<EventRecord>>, observer: &mut impl Observer) {
        for record in records.iter() {
            let event = record.event();
            guard(|| observer.on_event(&event));
            self.seen.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(mut records) = Arc::into_inner(records) {
            records.clear();
            self.log.lock().backlog.recycle(records);
        }
    }
}

impl Drop for LogReader {
    fn drop(&mut self) {
        self.log.lock().backlog.leave(self.number);
    }
}

/// Calls an observer. A panic is caught, so that it is called again.
fn guard(call: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(call)).is_err() {
        tracing::error!(target: "penguiflow", "an observer panicked");
    }
}
