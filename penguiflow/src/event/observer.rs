//! Observers: each on a thread and a queue of its own, so that a slow or panicking one
//! neither slows nor breaks the flow.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::Event;

/// How many events may wait for one observer; further ones are counted as lost.
const QUEUE: usize = 1 << 16;

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

    /// So many events were dropped, since this observer was 65,536 events behind.
    fn on_lost(&mut self, count: u64) {
        tracing::warn!(target: "penguiflow", count, "an observer is too slow: events were dropped");
    }
}

impl<F: FnMut(&Event) + Send + 'static> Observer for F {
    fn on_event(&mut self, event: &Event) {
        self(event);
    }
}

/// All observers of a flow.
#[derive(Clone, Default)]
pub(crate) struct Observers(Vec<Arc<Queue>>);

impl Observers {
    pub(crate) fn add(&mut self, observer: impl Observer) {
        self.0.push(Queue::to(observer));
    }

    /// These, and those of another flow that are not among them.
    pub(crate) fn with(mut self, others: &Self) -> Self {
        let news = others.0.iter();
        let mut known = self.0.clone();
        known.extend(
            news.filter(|other| !self.0.iter().any(|one| Arc::ptr_eq(one, other)))
                .cloned(),
        );
        self.0 = known;
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn tell(&self, event: &Event) {
        for queue in &self.0 {
            queue.push(event);
        }
    }

    /// Waits until every observer has seen all events so far, or for `limit` in real
    /// time, whichever is first: an observer that hangs holds up nobody for good.
    pub(crate) async fn flush(&self, limit: Duration) {
        if self.is_empty() {
            return;
        }
        let (done, all_done) = channel::<()>();
        for queue in &self.0 {
            let _ = queue.signals.send(Signal::Flush(done.clone()));
        }
        drop(done);
        // On a blocking thread: it keeps a paused tokio clock from running ahead.
        let end = Instant::now() + limit;
        let left = move || end.saturating_duration_since(Instant::now());
        let wait = move || while all_done.recv_timeout(left()).is_ok() {};
        let _ = tokio::task::spawn_blocking(wait).await;
    }
}

/// The queue of one observer. Its thread ends when the queue is dropped.
struct Queue {
    signals: Sender<Signal>,
    waiting: AtomicUsize,
    lost: AtomicU64,
}

enum Signal {
    Event(Event),
    Flush(Sender<()>),
}

impl Queue {
    fn to(observer: impl Observer) -> Arc<Self> {
        let (signals, received) = channel();
        let queue = Arc::new(Self {
            signals,
            waiting: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
        });
        let weak = Arc::downgrade(&queue);
        let counters = move |event: bool| weak.upgrade().map_or(0, |queue| queue.taken(event));
        let thread = thread::Builder::new().name("penguiflow-observer".to_owned());
        if let Err(error) = thread.spawn(move || serve(observer, &received, counters)) {
            tracing::error!(target: "penguiflow", %error, "no thread for an observer");
        }
        queue
    }

    fn push(&self, event: &Event) {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            self.lost.fetch_add(1, Ordering::Relaxed);
        } else {
            let _ = self.signals.send(Signal::Event(event.clone()));
        }
    }

    /// Counts a signal as taken out, and gives the number of events lost since.
    fn taken(&self, event: bool) -> u64 {
        if event {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        self.lost.swap(0, Ordering::Relaxed)
    }
}

fn serve(mut observer: impl Observer, signals: &Receiver<Signal>, taken: impl Fn(bool) -> u64) {
    for signal in signals {
        let lost = taken(matches!(signal, Signal::Event(_)));
        let told = catch_unwind(AssertUnwindSafe(|| {
            if lost > 0 {
                observer.on_lost(lost);
            }
            if let Signal::Event(event) = &signal {
                observer.on_event(event);
            }
        }));
        if told.is_err() {
            tracing::error!(target: "penguiflow", "an observer panicked");
        }
        if let Signal::Flush(done) = signal {
            let _ = done.send(());
        }
    }
}
