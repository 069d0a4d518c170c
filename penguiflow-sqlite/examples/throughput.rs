//! What a durable trace of three steps costs: traces a second, CPU time a trace, and the time of one
//! alone, at several numbers in flight; and what a map of 1,000 items costs, and writes. `cargo run --release -p penguiflow-sqlite --example throughput
//! [FOLDER [map]]`

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use penguiflow::host::IntoDurable;
use penguiflow::prelude::*;
use penguiflow_sqlite::{Error, Running, Sqlite};
use serde::{Deserialize, Serialize};

/// A record of some 200 bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    id: u64,
    text: String,
}

#[node]
async fn parse(mut record: Record) -> Record {
    record.id += 1;
    record
}

#[node]
async fn enrich(mut record: Record) -> Record {
    record.id += 1;
    record
}

#[node]
async fn store(record: Record) -> u64 {
    record.id
}

#[node]
async fn list(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[node]
async fn square(n: u64) -> u64 {
    n * n
}

#[node]
async fn sum(squares: Vec<u64>) -> u64 {
    squares.iter().sum()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let folder = tempfile::tempdir_in(folder)?;
    if env::args().nth(2).as_deref() == Some("map") {
        return map(&folder.path().join("map.db")).await;
    }
    let steps = flow! { #[flow(durable)] parse -> enrich -> store };
    measure(&folder.path().join("steps"), steps).await?;
    println!("\nThe same by `durable = \"awaits\"`, without a commit for each step:");
    let awaits = flow! { #[flow(durable = "awaits")] parse -> enrich -> store };
    measure(&folder.path().join("awaits"), awaits).await?;
    map(&folder.path().join("map.db")).await
}

/// A map of 1,000 numbers, of which eight run at once.
async fn map(file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    const TRACES: u64 = 10;
    let store = Sqlite::open(file).await?;
    let flow = flow! { #[flow(durable)] list -> [square; 8] -> join -> sum };
    let running = store.start(flow).await?;
    let (cpu, start, written) = (cpu_time(), Instant::now(), bytes_written());
    for _ in 0..TRACES {
        running.call(1000_u64).await?;
    }
    let (cpu, wall) = (cpu_time() - cpu, start.elapsed());
    running.stop().await;
    store.close().await;
    let each = |time: Duration| time.as_secs_f64() * 1e3 / TRACES as f64;
    let written = (bytes_written() - written) as f64 / 1e6 / TRACES as f64;
    println!(
        "map of 1,000: {:.1} ms of CPU, {:.1} ms, {written:.2} MB written, a trace",
        each(cpu),
        each(wall)
    );
    Ok(())
}

async fn measure<F>(file: &Path, flow: F) -> Result<(), Box<dyn std::error::Error>>
where
    F: IntoDurable<Record, u64> + Clone,
{
    println!("in flight   traces/s   CPU us/trace   ms/trace");
    for (in_flight, traces) in [(1, 400), (64, 20_000), (256, 40_000)] {
        let file = file.with_extension(in_flight.to_string());
        let store = Sqlite::open(file).await?;
        let start = store.start(flow.clone()).capacity(in_flight);
        let running = start.ack_on_drop().await?;
        let (cpu, start) = (cpu_time(), Instant::now());
        run(&running, in_flight, traces).await?;
        report(in_flight, traces, start.elapsed(), cpu_time() - cpu);
        running.stop().await;
        store.close().await;
    }
    Ok(())
}

async fn run(running: &Running<Record, u64>, in_flight: usize, traces: u64) -> Result<(), Error> {
    let each = traces / in_flight as u64;
    let callers = (0..in_flight as u64).map(|caller| {
        let running = running.clone();
        tokio::spawn(async move {
            for n in 0..each {
                let text = "penguins ".repeat(18);
                let id = caller * each + n;
                running.call(Record { id, text }).await?;
            }
            Ok::<_, Error>(())
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("no caller panics")?;
    }
    Ok(())
}

fn report(in_flight: usize, traces: u64, wall: Duration, cpu: Duration) {
    let second = traces as f64 / wall.as_secs_f64();
    let cpu = cpu.as_secs_f64() * 1e6 / traces as f64;
    let each = wall.as_secs_f64() * 1e3 * in_flight as f64 / traces as f64;
    println!("{in_flight:>9} {second:>10.0} {cpu:>14.1} {each:>10.2}");
}

/// That of the whole process.
fn cpu_time() -> Duration {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF);
    let usage = usage.expect("its own usage");
    let time = |at: nix::sys::time::TimeVal| {
        Duration::from_secs(at.tv_sec().unsigned_abs())
            + Duration::from_micros(at.tv_usec().unsigned_abs())
    };
    time(usage.user_time()) + time(usage.system_time())
}

/// What the system counts as written by this process; 0 where it does not say.
fn bytes_written() -> u64 {
    let counts = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let mut lines = counts.lines();
    let line = lines.find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}
