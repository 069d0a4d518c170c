//! Commits per second and CPU per commit, beside a loop that appends the same bytes to a file and
//! syncs it: `cargo run --release -p penguiflow-sqlite --example commits [FOLDER]`.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use penguiflow::TraceId;
use penguiflow_sqlite::store::{
    Change, Emitted, FlowId, NewTrace, Options, State, Store, StoreError, Transition,
};

/// Bytes of a frontier.
const SIZE: usize = 600;
/// Commits of each trace; traces follow each other in each lane.
const STEPS: i64 = 4;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(worker_threads = 2)]
async fn main() -> Outcome<()> {
    let parent = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(parent)?;
    println!(
        "{:24} {:>10} {:>12} {:>14} {:>8}",
        "", "per second", "CPU us each", "per transaction", "bytes"
    );
    append(folder.path())?;
    for (lanes, commits) in [(1, 4_000), (64, 100_000), (256, 200_000)] {
        commit(folder.path(), lanes, commits).await?;
    }
    journal(folder.path()).await?;
    recover(folder.path()).await
}

/// What a log file alone would cost.
fn append(folder: &Path) -> Outcome<()> {
    let mut file = File::create(folder.join("raw"))?;
    let record = [b'x'; SIZE];
    let clock = Clock::start();
    let count = 4_000;
    for _ in 0..count {
        file.write_all(&record)?;
        file.sync_data()?;
    }
    clock.report("append and fdatasync", count, count, 0);
    Ok(())
}

async fn commit(folder: &Path, lanes: usize, commits: usize) -> Outcome<()> {
    let store = Store::open(folder.join(format!("{lanes}.db")), Options::default())?;
    let flow = store
        .flow("measured".into(), "{}".into(), "[]".into())
        .await?;
    let written = bytes_written();
    let before = store.transactions();
    let clock = Clock::start();
    let rounds = commits / lanes / (STEPS as usize + 1);
    let lane = |_| tokio::spawn(lane(store.clone(), flow, rounds));
    for lane in (0..lanes).map(lane).collect::<Vec<_>>() {
        lane.await??;
    }
    let count = lanes * rounds * (STEPS as usize + 1);
    let transactions = store.transactions() - before;
    let name = format!("commits, {lanes} in flight");
    clock.report(
        &name,
        count,
        transactions as usize,
        bytes_written() - written,
    );
    store.close().await;
    Ok(())
}

/// Traces of one emit and some commits each, one after the other.
async fn lane(store: Store, flow: FlowId, rounds: usize) -> Result<(), StoreError> {
    for _ in 0..rounds {
        let trace = store.emit(message(flow)).await?;
        for revision in 0..STEPS {
            store.commit(transition(trace, flow, revision)).await?;
        }
    }
    Ok(())
}

/// A map of 1,000 items, eight of which complete between two commits.
async fn journal(folder: &Path) -> Outcome<()> {
    let store = Store::open(folder.join("map.db"), Options::default())?;
    let flow = store
        .flow("measured".into(), "{}".into(), "[]".into())
        .await?;
    let mut message = message(flow);
    message.frontier = vec![b'x'; 200_000];
    let trace = store.emit(message).await?;
    let (written, before) = (bytes_written(), store.transactions());
    let clock = Clock::start();
    for revision in 0..125 {
        let mut transition = transition(trace, flow, revision);
        transition.state = State::Running;
        transition.frontier = Change::Journal(vec![vec![b'e'; 200]; 8]);
        transition.history = vec![b'h'; 8 * 80];
        store.commit(transition).await?;
    }
    let transactions = store.transactions() - before;
    let bytes = bytes_written() - written;
    clock.report("items of a map", 1_000, transactions as usize, bytes);
    store.close().await;
    Ok(())
}

/// How long it takes to find 100,000 traces again.
async fn recover(folder: &Path) -> Outcome<()> {
    let path = folder.join("many.db");
    let store = Store::open(&path, Options::default())?;
    let flow = store
        .flow("measured".into(), "{}".into(), "[]".into())
        .await?;
    let emits = |_| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..100 {
                store.emit(message(flow)).await?;
            }
            Ok::<_, StoreError>(())
        })
    };
    for emit in (0..1_000).map(emits).collect::<Vec<_>>() {
        emit.await??;
    }
    store.close().await;
    let start = Instant::now();
    let store = Store::open(&path, Options::default())?;
    let flow = store
        .flow("measured".into(), "{}".into(), "[]".into())
        .await?;
    let found = store.unfinished(flow, 0, 1_000_000).await?;
    println!(
        "opened, and {} traces found again, in {:?}",
        found.len(),
        start.elapsed()
    );
    Ok(())
}

fn message(flow: FlowId) -> NewTrace {
    NewTrace {
        id: TraceId::random(),
        flow,
        key: None,
        state: State::Running,
        due: None,
        waits: None,
        frontier: vec![b'x'; SIZE],
        created: 1_700_000_000_000,
    }
}

fn transition(trace: Emitted, flow: FlowId, revision: i64) -> Transition {
    let is_last = revision == STEPS - 1;
    Transition {
        seq: trace.seq,
        id: trace.id,
        flow,
        revision,
        state: if is_last { State::Done } else { State::Running },
        due: None,
        waits: None,
        frontier: if is_last {
            Change::Ended
        } else {
            Change::Whole(vec![b'x'; SIZE])
        },
        has_journal: false,
        history: vec![b'h'; 80],
        results: Vec::new(),
        dead: None,
        error: None,
        progress: true,
    }
}

struct Clock {
    start: Instant,
    cpu: Duration,
}

impl Clock {
    fn start() -> Self {
        let cpu = cpu();
        let start = Instant::now();
        Self { start, cpu }
    }

    fn report(&self, name: &str, count: usize, transactions: usize, bytes: u64) {
        let rate = count as f64 / self.start.elapsed().as_secs_f64();
        let cpu = (cpu() - self.cpu).as_secs_f64() * 1e6 / count as f64;
        let shared = count as f64 / transactions as f64;
        let bytes = bytes / count as u64;
        println!("{name:24} {rate:>10.0} {cpu:>12.1} {shared:>14.1} {bytes:>8}");
    }
}

fn cpu() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system counts");
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros as u64)
}

/// What the system counts as written by this process; 0 where it does not say.
fn bytes_written() -> u64 {
    let counts = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = counts
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}
