//! A store of traces at the level of bytes: what a host commits, loads and lists, and nothing of what
//! a frontier means. One thread writes, in transactions that as many commits share as are queued.

mod clock;
pub(crate) mod column;
mod cron;
mod error;
mod failpoint;
mod file_names;
pub(crate) mod housekeeping;
pub(crate) mod lock;
mod options;
pub(crate) mod packed;
mod read_thread;
mod reader;
mod records;
mod schedules;
mod upkeep;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use penguiflow::TraceId;
use tokio::sync::oneshot;

use crate::schema;
use file_names::one_name;
use read_thread::Reads;
use writer::{Request, Requests, Writer};

pub use cron::next_tick;
pub use error::{Holder, StoreError};
#[cfg(feature = "failpoints")]
pub use failpoint::{Failpoint, Then};
pub use options::Options;
pub use records::*;

/// A store that is open. Clones are the same store; when the last one is dropped, what is queued is
/// still written, and then the file is free.
#[derive(Clone)]
pub struct Store {
    path: Arc<Path>,
    was_left: bool,
    payload_limit: usize,
    writes: Requests,
    reads: Reads,
    transactions: Arc<AtomicU64>,
}

impl Store {
    /// Opens the store at `path`, or makes one there. Blocks for as long as that takes.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = one_name(path.as_ref())?;
        let lock = lock::Lock::take(&path, options.lock_timeout)?;
        let connection = schema::open_to_write(&path, options.busy_timeout)?;
        let was_left = !schema::was_closed(&connection)?;
        let reads = Reads::start(schema::open_to_read(&path, options.busy_timeout)?)?;
        let (requests, received) = channel();
        let transactions = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            connection,
            lock,
            requests: received,
            bound: options.batch.max(1),
            failpoints: options.failpoints(),
            transactions: transactions.clone(),
        };
        let thread = thread::Builder::new().name("penguiflow-writer".to_owned());
        thread.spawn(move || writer.run())?;
        Ok(Self {
            path: path.into(),
            was_left,
            payload_limit: options.payload_limit,
            writes: Requests(requests),
            reads,
            transactions,
        })
    }

    /// The file of the store.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many transactions were committed since the opening.
    pub fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// Registers the flow with this name, or renews what the store shows of it.
    pub async fn flow(
        &self,
        name: String,
        graph: String,
        awaits: String,
    ) -> Result<FlowId, StoreError> {
        let flow = writer::RegisterFlow {
            name,
            graph,
            awaits,
        };
        self.writes.write(flow).await
    }

    /// The flow with this name, if it was started on the store before, with its graph of that time.
    pub async fn known_flow(&self, name: String) -> Result<Option<(FlowId, String)>, StoreError> {
        let read = self
            .reads
            .read(move |store| reader::known_flow(store, &name));
        read.await
    }

    /// Stores a trace to run, unless there is one with its key or id.
    pub async fn emit(&self, trace: NewTrace) -> Result<Emitted, StoreError> {
        self.fits(&trace)?;
        self.writes.write(trace).await
    }

    fn fits(&self, trace: &NewTrace) -> Result<(), StoreError> {
        let (size, limit) = (trace.frontier.len(), self.payload_limit);
        match size > limit {
            true => Err(StoreError::TooLarge { size, limit }),
            false => Ok(()),
        }
    }

    /// Stores what happened in a trace. It is on disk when this returns; a future that is dropped
    /// before leaves open whether it will be.
    pub async fn commit(&self, transition: Transition) -> Result<Committed, StoreError> {
        self.writes.write(transition).await
    }

    /// The same, which is written whether its answer is waited for or not.
    pub fn begin_commit(
        &self,
        transition: Arc<Transition>,
    ) -> oneshot::Receiver<Result<Committed, StoreError>> {
        self.writes.begin(transition)
    }

    /// A trace as it is stored now.
    pub async fn load(&self, id: TraceId) -> Result<Option<StoredTrace>, StoreError> {
        self.reads.read(move |store| reader::load(store, id)).await
    }

    /// The traces of a flow that have not ended and come after `after` in the order of emits.
    pub async fn unfinished(
        &self,
        flow: FlowId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        let limit = rows(limit);
        let read = self
            .reads
            .read(move |store| reader::unfinished(store, flow, after, limit));
        read.await
    }

    /// Whether the process before left the store without closing it: what ran then may be why it died.
    pub fn was_left(&self) -> bool {
        self.was_left
    }

    /// Counts one trace as taken up once more; returns how often it was since its last progress.
    pub async fn count_recovery(&self, seq: Seq) -> Result<i64, StoreError> {
        self.writes.write(writer::Recovered(seq)).await
    }

    /// The results of a flow that were not acknowledged and come after `after`.
    pub async fn results(
        &self,
        flow: FlowId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredResult>, StoreError> {
        let limit = rows(limit);
        let read = self
            .reads
            .read(move |store| reader::results(store, flow, after, limit));
        read.await
    }

    /// Forgets results that were taken care of.
    pub async fn ack(&self, seqs: Vec<Seq>) -> Result<(), StoreError> {
        self.writes.write(writer::Ack(seqs)).await
    }

    /// The same, whether somebody waits for it or not.
    pub fn begin_ack(&self, seqs: Vec<Seq>) {
        drop(self.writes.begin(writer::Ack(seqs)));
    }

    /// The dead letters of a flow that come after `after`.
    pub async fn dead(
        &self,
        flow: FlowId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredDead>, StoreError> {
        let limit = rows(limit);
        let read = self
            .reads
            .read(move |store| reader::dead(store, flow, after, limit));
        read.await
    }

    /// The step that the dead letter of a trace is about, if one is to blame.
    pub async fn dead_step(&self, id: TraceId) -> Result<Option<String>, StoreError> {
        let read = self.reads.read(move |store| reader::dead_step(store, id));
        read.await
    }

    /// The traces of a flow of which steps are parked and that come after `after`, the oldest first,
    /// with the steps that wait as JSON.
    pub async fn parked(
        &self,
        flow: FlowId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<(Seq, TraceId, String)>, StoreError> {
        let limit = rows(limit);
        let read = self
            .reads
            .read(move |store| reader::parked(store, flow, after, limit));
        read.await
    }

    /// The steps of a trace that wait now, as JSON.
    pub async fn waits(&self, id: TraceId) -> Result<Option<String>, StoreError> {
        self.reads.read(move |store| reader::waits(store, id)).await
    }

    /// How many traces of a flow are in each [`State`], by its number.
    pub async fn counts(&self, flow: FlowId) -> Result<[u64; 7], StoreError> {
        let read = self.reads.read(move |store| reader::counts(store, flow));
        read.await
    }

    /// Makes a dead trace one that runs, with another frontier where one is given.
    pub async fn revive(&self, id: TraceId, frontier: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.writes.write(writer::Revive { id, frontier }).await
    }

    /// Ends a dead trace with the error that it died of.
    pub async fn drop_dead(&self, id: TraceId) -> Result<(), StoreError> {
        self.writes.write(writer::DropDead(id)).await
    }

    /// The commands that come after `after` and have no answer.
    pub async fn commands(&self, after: Seq) -> Result<Vec<Command>, StoreError> {
        let read = self.reads.read(move |store| reader::commands(store, after));
        read.await
    }

    /// Answers a command.
    pub async fn answer(&self, seq: Seq, text: String) -> Result<(), StoreError> {
        self.writes.write(writer::Answer { seq, text }).await
    }

    /// The history of a trace, as lines of JSON.
    pub async fn history(&self, id: TraceId) -> Result<Vec<u8>, StoreError> {
        let read = self.reads.read(move |store| reader::history(store, id));
        read.await
    }

    /// Writes what is queued, folds the log into the file, and frees it. All that is asked for later
    /// is [`StoreError::Closed`].
    pub async fn close(self) {
        self.reads.end();
        let (closed, is_closed) = oneshot::channel();
        // Where there is no writer any more, it is closed.
        if self.writes.0.send(Request::Close(closed)).is_ok() {
            let _ = is_closed.await;
        }
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
