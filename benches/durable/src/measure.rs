//! Measures works that callers ask for, each one after the other.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) in_flight: u64,
    pub(crate) per_second: f64,
    /// Of the whole process, in microseconds.
    pub(crate) cpu: f64,
    /// From the call to the answer, in milliseconds.
    pub(crate) time: f64,
    /// What the system counts as written, in bytes; 0 where it does not count.
    pub(crate) written: f64,
}

/// Lets so many callers do `each` traces, the one with a number by `call`, which answers with the number
/// plus two.
pub(crate) async fn measure<C, F>(in_flight: u64, each: u64, call: C) -> Result<Figure>
where
    C: Fn(u64) -> F + Clone + Send + 'static,
    F: Future<Output = Result<u64>> + Send,
{
    let usage = Usage::now()?;
    let callers = (0..in_flight).map(|caller| {
        let call = call.clone();
        tokio::spawn(async move {
            for id in caller * each..(caller + 1) * each {
                let answer = call(id).await?;
                ensure!(answer == id + 2, "{id} came to {answer}");
            }
            Ok(())
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await??;
    }
    usage.figure(in_flight, in_flight * each)
}

/// What the process has used by some moment.
pub(crate) struct Usage {
    at: Instant,
    cpu: Duration,
    written: u64,
}

impl Usage {
    pub(crate) fn now() -> Result<Self> {
        Ok(Self {
            at: Instant::now(),
            cpu: cpu_time()?,
            written: bytes_written().unwrap_or(0),
        })
    }

    /// What was used since, for each of so many traces.
    pub(crate) fn figure(&self, in_flight: u64, traces: u64) -> Result<Figure> {
        let now = Self::now()?;
        let wall = (now.at - self.at).as_secs_f64();
        let traces = traces as f64;
        Ok(Figure {
            in_flight,
            per_second: traces / wall,
            cpu: (now.cpu - self.cpu).as_secs_f64() * 1e6 / traces,
            time: wall * 1e3 * in_flight as f64 / traces,
            written: (now.written - self.written) as f64 / traces,
        })
    }
}

fn cpu_time() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).context("the system counts no time")?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.unsigned_abs()))
}

fn bytes_written() -> Option<u64> {
    let counts = std::fs::read_to_string("/proc/self/io").ok()?;
    let mut lines = counts.lines();
    let line = lines.find_map(|line| line.strip_prefix("write_bytes: "))?;
    line.parse().ok()
}
