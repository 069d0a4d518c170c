//! How long an attempt that is timed by `idle` has been silent: since its begin, or since it sent a
//! chunk. While a chunk waits for the reader's room, it is the reader that is slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The silence of one attempt. Those that hear its chunks are the attempt's timer, and the attempts
/// that run its flow.
pub(super) struct Silence {
    /// The longest that it may last.
    pub(super) longest: Duration,
    began: Instant,
    /// When it began last, in nanoseconds after the attempt did.
    since: AtomicU64,
    /// How many chunks wait for room.
    waiting: AtomicUsize,
    /// That of the visit that runs the flow.
    outer: Option<Arc<Self>>,
}

impl Silence {
    /// That of an attempt that begins now.
    pub(super) fn new(longest: Duration, outer: Option<Arc<Self>>) -> Self {
        Self {
            longest,
            began: Instant::now(),
            since: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            outer,
        }
    }

    /// When it has lasted too long, if nothing is sent until then; `None` if that is farther off than
    /// the clock can say.
    pub(super) fn end(&self) -> Option<Instant> {
        let since = match self.waiting.load(Ordering::Acquire) {
            0 => self.began + Duration::from_nanos(self.since.load(Ordering::Acquire)),
            _ => Instant::now(),
        };
        since.checked_add(self.longest)
    }

    /// A chunk was sent.
    fn restart(&self) {
        let since = self.began.elapsed().as_nanos() as u64;
        self.since.fetch_max(since, Ordering::Release);
    }

    fn with_outer(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |silence| silence.outer.as_deref())
    }
}

/// What a chunk does to the silence of its attempt: it ends where the chunk is sent.
pub(super) struct Noise {
    silence: Arc<Silence>,
    is_waiting: bool,
}

impl Noise {
    pub(super) fn of(silence: &Arc<Silence>) -> Self {
        Self {
            silence: Arc::clone(silence),
            is_waiting: false,
        }
    }

    /// The chunk waits for room, or for its reader.
    pub(super) fn wait(&mut self) {
        if !self.is_waiting {
            self.is_waiting = true;
            let silences = self.silence.with_outer();
            silences.for_each(|silence| {
                silence.waiting.fetch_add(1, Ordering::AcqRel);
            });
        }
    }

    /// The chunk is sent.
    pub(super) fn make(self) {
        self.silence.with_outer().for_each(Silence::restart);
    }
}

/// A chunk waits no longer, also where it is dropped.
impl Drop for Noise {
    fn drop(&mut self) {
        if self.is_waiting {
            for silence in self.silence.with_outer() {
                silence.restart();
                silence.waiting.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }
}
