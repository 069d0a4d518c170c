//! A store of traces at the level of bytes: what a host commits, loads and lists, and nothing of what
//! a frontier means. One thread writes, in transactions that as many commits share as are queued.

mod clock;
pub(crate) mod column;
mod cron;
mod error;
mod failpoint;
pub(crate) mod housekeeping;
pub(crate) mod lock;
mod read_thread;
mod reader;
mod records;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use penguiflow::TraceId;
use tokio::sync::oneshot;

use crate::schema;
use read_thread::Reads;
use writer::{Request, Requests, Writer};

pub use cron::next_tick;
pub use error::{Holder, StoreError};
#[cfg(feature = "failpoints")]
pub use failpoint::{Failpoint, Then};
pub use records::*;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bytes that an emitted message may have.
    pub payload_limit: usize,
    /// Writes that share a transaction at most.
    pub batch: usize,
    /// How long a lock of another program on the database is waited for.
    pub busy_timeout: Duration,
    /// How long another process that has the store open is waited for: one that was killed a moment
    /// ago may still hold it.
    pub lock_timeout: Duration,
    /// Where the writer dies or fails.
    #[cfg(feature = "failpoints")]
    pub failpoint: Option<Failpoint>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            payload_limit: 1 << 20,
            batch: 256,
            busy_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(1),
            #[cfg(feature = "failpoints")]
            failpoint: None,
        }
    }
}

/// A store that is open. Clones are the same store; when the last one is dropped, what is queued is
/// still written, and then the file is free.
#[derive(Clone)]
pub struct Store {
    path: Arc<Path>,
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
        let reads = Reads::start(schema::open_to_read(&path, options.busy_timeout)?)?;
        let (requests, received) = channel();
        let transactions = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            connection,
            lock,
            requests: received,
            bound: options.batch.max(1),
            failpoints: failpoints(&options),
            transactions: transactions.clone(),
        };
        let thread = thread::Builder::new().name("penguiflow-writer".to_owned());
        thread.spawn(move || writer.run())?;
        Ok(Self {
            path: path.into(),
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
        transition: Transition,
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

    /// Counts all traces of a flow that run as taken up once more; returns how many there are.
    pub async fn count_recoveries(&self, flow: FlowId) -> Result<usize, StoreError> {
        self.writes.write(writer::Recoveries(flow)).await
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

    /// The traces of a flow that are parked, the oldest first, with the steps that wait as JSON.
    pub async fn parked(
        &self,
        flow: FlowId,
        limit: usize,
    ) -> Result<Vec<(TraceId, String)>, StoreError> {
        let limit = rows(limit);
        let read = self
            .reads
            .read(move |store| reader::parked(store, flow, limit));
        read.await
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

    /// The same for the traces of one flow.
    pub async fn commands_of(&self, flow: FlowId, after: Seq) -> Result<Vec<Command>, StoreError> {
        let read = self
            .reads
            .read(move |store| reader::commands_of(store, flow, after));
        read.await
    }

    /// Answers a command.
    pub async fn answer(&self, seq: Seq, text: String) -> Result<(), StoreError> {
        self.writes.write(writer::Answer { seq, text }).await
    }

    /// The schedules of a flow.
    pub async fn schedules(&self, flow: FlowId) -> Result<Vec<Schedule>, StoreError> {
        let read = self.reads.read(move |store| reader::schedules(store, flow));
        read.await
    }

    /// Adds a schedule, or gives the one with this name another pattern and message. Where the
    /// pattern is the one that it had, its next time stays.
    pub async fn put_schedule(
        &self,
        flow: FlowId,
        name: String,
        cron: String,
        input: Vec<u8>,
    ) -> Result<(), StoreError> {
        let next = next_tick(&cron, clock::now())?;
        let schedule = writer::PutSchedule {
            flow,
            name,
            cron,
            input,
            next,
        };
        self.writes.write(schedule).await
    }

    /// Removes a schedule; returns whether there was one.
    pub async fn remove_schedule(&self, flow: FlowId, name: String) -> Result<bool, StoreError> {
        self.writes
            .write(writer::RemoveSchedule { flow, name })
            .await
    }

    /// Starts a scheduled trace and sets the schedule's next time, both or none of it:
    /// [`StoreError::Stale`] where the schedule's next time is another one.
    pub async fn ticked(&self, tick: Tick) -> Result<Emitted, StoreError> {
        self.fits(&tick.trace)?;
        self.writes.write(tick).await
    }

    /// The history of a trace, as lines of JSON.
    pub async fn history(&self, id: TraceId) -> Result<Vec<u8>, StoreError> {
        let read = self.reads.read(move |store| reader::history(store, id));
        read.await
    }

    /// Removes traces that ended longer ago than `age`, and the oldest where more than `count` have
    /// ended; returns how many. Results that nobody has acknowledged stay.
    pub async fn retain(
        &self,
        age: Option<Duration>,
        count: Option<usize>,
    ) -> Result<usize, StoreError> {
        let before = age.map(|age| clock::now().saturating_sub(clock::millis(age)));
        let count = count.map(rows);
        let mut removed = 0;
        loop {
            match self.writes.write(writer::Retain { before, count }).await? {
                0 => return Ok(removed),
                some => removed += some,
            }
        }
    }

    /// Gives the space of what was removed back to the file system. Commits wait meanwhile.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        self.writes.alone(housekeeping::vacuum).await
    }

    /// Copies the store as it is now to the file `to`, while it is in use.
    pub async fn backup(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        let (from, to) = (self.path.clone(), to.as_ref().to_owned());
        let (done, is_done) = oneshot::channel();
        // In a thread of its own, since a large store takes long.
        let thread = thread::Builder::new().name("penguiflow-backup".to_owned());
        thread.spawn(move || {
            let _ = done.send(housekeeping::backup(&from, &to));
        })?;
        is_done.await.unwrap_or(Err(StoreError::Closed))
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

/// The path that all names of the file lead to, so that they share one lock.
fn one_name(path: &Path) -> Result<PathBuf, StoreError> {
    if let Ok(found) = path.canonicalize() {
        return Ok(found);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Ok(folder
        .canonicalize()?
        .join(path.file_name().unwrap_or_default()))
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn failpoints(_options: &Options) -> failpoint::Failpoints {
    failpoint::Failpoints {
        #[cfg(feature = "failpoints")]
        point: _options.failpoint.clone(),
    }
}
