//! The chunks of a trace on their way to the journal: they go there with the outcome of a step, or as a batch of
//! their own while steps run.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penguiflow::Chunk;
use penguiflow::host::{ChunkRoom, DurableTrace};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

/// How long chunks wait for others, counted from when the last ones went: a stream of tokens is 20 entries a
/// second.
const PACE: Duration = Duration::from_millis(50);
/// How many chunks go before their time: as many as a trace has room for, so that its nodes wait for the journal
/// alone.
const MOST: usize = 16;
/// How long the last chunks may take that steps send while they are dropped.
const LATE: Duration = Duration::from_millis(200);

/// The chunks of a trace that are in no journal.
pub(super) struct Batches {
    sent: Arc<watch::Sender<Sent>>,
    /// When the last ones went.
    last: Option<Instant>,
}

#[derive(Default)]
struct Sent {
    /// With the room that each takes.
    chunks: Vec<(Chunk, ChunkRoom)>,
    until: Until,
    /// Whether all who could send some are gone.
    is_all: bool,
}

/// Until when chunks are waited for.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Steps run that may send some.
    #[default]
    Sent,
    /// No step runs.
    Now,
    /// The trace is over. Its steps may still be at their ends.
    All,
}

impl Batches {
    /// The chunks of this trace's steps that run from now on.
    pub(super) fn of(trace: &mut DurableTrace) -> Self {
        let sent = Arc::new(watch::Sender::new(Sent::default()));
        let queue = Queue(Arc::clone(&sent));
        trace.queue_chunks(move |chunk, room| queue.push(chunk, room));
        Self { sent, last: None }
    }

    /// Waits until it is time for a batch. What it has is taken when it is journalled.
    pub(super) fn due(&self) -> impl Future<Output = Bytes> + Send + 'static {
        let mut sent = self.sent.subscribe();
        let time = self.last.map(|last| last + PACE);
        async move {
            let is_over = |sent: &Sent| sent.until != Until::Sent;
            let begun = |sent: &Sent| !sent.chunks.is_empty() || is_over(sent);
            drop(sent.wait_for(|sent| begun(sent)).await);
            if let Some(time) = time {
                let whole = |sent: &Sent| sent.chunks.len() >= MOST || is_over(sent);
                drop(timeout_at(time, sent.wait_for(|sent| whole(sent))).await);
            }
            if sent.borrow().until == Until::All {
                drop(timeout(LATE, sent.wait_for(|sent| sent.is_all)).await);
            }
            Bytes::new()
        }
    }

    /// What was sent until now, as a JSON array; `None` if nothing was.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let mut chunks = Vec::new();
        self.sent.send_if_modified(|sent| {
            chunks = mem::take(&mut sent.chunks);
            false
        });
        if chunks.is_empty() {
            return None;
        }
        self.last = Some(Instant::now());
        let chunks: Vec<_> = chunks.iter().map(|(chunk, _)| chunk).collect();
        serde_json::to_vec(&chunks).ok()
    }

    /// Steps run that may send chunks.
    pub(super) fn open(&self) {
        self.set(Until::Sent);
    }

    /// No step runs: the batch is due.
    pub(super) fn close(&self) {
        self.set(Until::Now);
    }

    /// The trace is over, and its running steps are stopped: the batch is due once they are gone.
    pub(super) fn end(&self, trace: &mut DurableTrace) {
        trace.queue_chunks(|_, _| {});
        self.set(Until::All);
    }

    fn set(&self, until: Until) {
        self.sent.send_if_modified(|sent| {
            let before = mem::replace(&mut sent.until, until);
            before != until
        });
    }
}

/// The way of the steps' chunks. It is dropped with the last step that has it.
struct Queue(Arc<watch::Sender<Sent>>);

impl Queue {
    fn push(&self, chunk: Chunk, room: ChunkRoom) {
        self.0.send_modify(|sent| sent.chunks.push((chunk, room)));
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.0.send_modify(|sent| sent.is_all = true);
    }
}
