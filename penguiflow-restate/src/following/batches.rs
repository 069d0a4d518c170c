//! The chunks of a trace on their way to the journal: what came within a while is one entry there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penguiflow::Chunk;
use penguiflow::host::{ChunkRoom, DurableTrace};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How long a batch takes chunks, counted from the batch before: a stream of tokens is 20 entries a second.
const PACE: Duration = Duration::from_millis(50);
/// How many chunks end a batch before its time: as many as a trace has room for, so that its nodes wait for
/// the journal alone.
const MOST: usize = 16;
/// How long the last chunks may take that steps send while they are dropped.
const LATE: Duration = Duration::from_millis(200);

/// Until when chunks are waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Steps run that may send some.
    Sent,
    /// No step runs: what is there is all.
    Empty,
    /// The trace is over: its steps may still be at their ends.
    Gone,
}

/// A batch as it is journalled.
#[derive(Serialize, Deserialize)]
pub(super) struct Batch {
    chunks: Box<RawValue>,
    /// Whether it has all that was sent by steps that had ended by then.
    pub(super) is_all: bool,
}

impl Batch {
    fn of(chunks: &[(Chunk, ChunkRoom)], is_all: bool) -> serde_json::Result<Self> {
        let chunks: Vec<_> = chunks.iter().map(|(chunk, _)| chunk).collect();
        let chunks = to_raw_value(&chunks)?;
        Ok(Self { chunks, is_all })
    }

    pub(super) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// An array of chunks, if there are any.
    pub(super) fn into_chunks(self) -> Option<Box<RawValue>> {
        Some(self.chunks).filter(|chunks| chunks.get() != "[]")
    }
}

/// The chunks of a trace that are not yet journalled.
pub(crate) struct Batches {
    sent: Arc<Mutex<Sent>>,
    until: watch::Sender<Until>,
}

struct Sent {
    chunks: UnboundedReceiver<(Chunk, ChunkRoom)>,
    /// When the last batch was whole.
    last: Option<Instant>,
}

impl Batches {
    /// Those of the steps of this trace that run from now on.
    pub(crate) fn of(trace: &mut DurableTrace) -> Self {
        let (queue, chunks) = unbounded_channel();
        trace.queue_chunks(move |chunk, room| {
            let _ = queue.send((chunk, room));
        });
        Self {
            sent: Arc::new(Mutex::new(Sent { chunks, last: None })),
            until: watch::Sender::new(Until::Sent),
        }
    }

    /// The next batch, as it is journalled.
    pub(crate) fn next(&self) -> impl Future<Output = Bytes> + Send + 'static {
        let (sent, until) = (Arc::clone(&self.sent), self.until.subscribe());
        async move {
            let (chunks, until) = sent.lock().await.batch(until).await;
            let batch = Batch::of(&chunks, until != Until::Sent);
            let batch = batch.and_then(|batch| serde_json::to_vec(&batch));
            batch.unwrap_or_default().into()
        }
    }

    /// Steps run that may send chunks.
    pub(crate) fn open(&self) {
        self.until.send_replace(Until::Sent);
    }

    /// No step runs: the batch is whole with what is there.
    pub(crate) fn close(&self) {
        self.until.send_replace(Until::Empty);
    }

    /// The trace is over, and its running steps are stopped: the batch is the last one.
    pub(crate) fn end(&self, trace: &mut DurableTrace) {
        // The queue ends with the last step.
        trace.queue_chunks(|_, _| {});
        self.until.send_replace(Until::Gone);
    }
}

impl Sent {
    /// The rooms of its chunks are taken until it is dropped.
    async fn batch(
        &mut self,
        mut until: watch::Receiver<Until>,
    ) -> (Vec<(Chunk, ChunkRoom)>, Until) {
        let mut batch = Vec::new();
        let until = tokio::select! {
            until = until.wait_for(|until| *until != Until::Sent) => until.map_or(Until::Gone, |until| *until),
            () = self.gather(&mut batch) => Until::Sent,
        };
        match until {
            Until::Sent => {}
            Until::Empty => batch.extend(std::iter::from_fn(|| self.chunks.try_recv().ok())),
            Until::Gone => {
                let rest = async {
                    while let Some(sent) = self.chunks.recv().await {
                        batch.push(sent);
                    }
                };
                let _ = timeout(LATE, rest).await;
            }
        }
        self.last = Some(Instant::now());
        (batch, until)
    }

    /// Waits for a chunk, and takes what comes until the batch is full or its time is over.
    async fn gather(&mut self, batch: &mut Vec<(Chunk, ChunkRoom)>) {
        let Some(first) = self.chunks.recv().await else {
            return std::future::pending().await;
        };
        batch.push(first);
        let full = async {
            while batch.len() < MOST
                && let Some(sent) = self.chunks.recv().await
            {
                batch.push(sent);
            }
        };
        let whole = self.last.map_or_else(Instant::now, |last| last + PACE);
        tokio::select! {
            biased;
            () = full => {}
            () = sleep_until(whole) => {}
        }
    }
}
