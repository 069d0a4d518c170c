//! Measures works that callers ask for, each one after the other.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use local_restate::Server;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) in_flight: u64,
    pub(crate) per_second: f64,
    /// From the call to the answer, in milliseconds: the median, and of 99 of 100.
    pub(crate) median: f64,
    pub(crate) slow: f64,
    /// Of this process, in microseconds of a trace.
    pub(crate) own_cpu: f64,
    /// Of the server, likewise.
    pub(crate) server_cpu: f64,
}

/// How many callers there are, and how many traces each asks for, one after the other.
pub(crate) type Load = (u64, u64);

/// Lets callers ask for traces by `call`, which answers with the trace's number plus two. `next` is the first
/// number that no trace has had.
pub(crate) async fn measure<C, F>(
    server: &Server,
    next: &Arc<AtomicU64>,
    (in_flight, each): Load,
    call: C,
) -> Result<Figure>
where
    C: Fn(u64) -> F + Clone + Send + 'static,
    F: Future<Output = Result<u64>> + Send + 'static,
{
    // Connections are open, and code is loaded, before anything is timed.
    callers(next, (in_flight, 2), call.clone()).await?;
    let begun = Usage::now(server)?;
    let times = callers(next, (in_flight, each), call).await?;
    begun.figure(server, in_flight, times)
}

/// How long each call took, in order of length.
async fn callers<C, F>(
    next: &Arc<AtomicU64>,
    (in_flight, each): Load,
    call: C,
) -> Result<Vec<Duration>>
where
    C: Fn(u64) -> F + Clone + Send + 'static,
    F: Future<Output = Result<u64>> + Send + 'static,
{
    let callers = (0..in_flight).map(|_| tokio::spawn(caller(next.clone(), each, call.clone())));
    let mut times = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        times.extend(caller.await??);
    }
    times.sort_unstable();
    Ok(times)
}

async fn caller<C, F>(next: Arc<AtomicU64>, each: u64, call: C) -> Result<Vec<Duration>>
where
    C: Fn(u64) -> F,
    F: Future<Output = Result<u64>>,
{
    let mut times = Vec::new();
    for _ in 0..each {
        let id = next.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let answer = call(id).await?;
        times.push(begun.elapsed());
        ensure!(answer == id + 2, "{id} came to {answer}");
    }
    Ok(times)
}

/// What was used by some moment.
struct Usage {
    at: Instant,
    own: Duration,
    server: Duration,
}

impl Usage {
    fn now(server: &Server) -> Result<Self> {
        let pid = server.pid().context("the server runs")?;
        Ok(Self {
            at: Instant::now(),
            own: own_time()?,
            server: time_of(pid)?,
        })
    }

    fn figure(&self, server: &Server, in_flight: u64, times: Vec<Duration>) -> Result<Figure> {
        let now = Self::now(server)?;
        let traces = times.len() as f64;
        let micros = |spent: Duration| spent.as_secs_f64() * 1e6 / traces;
        let millis = |nth: usize| times[nth].as_secs_f64() * 1e3;
        Ok(Figure {
            in_flight,
            per_second: traces / (now.at - self.at).as_secs_f64(),
            median: millis(times.len() / 2),
            slow: millis(times.len() * 99 / 100),
            own_cpu: micros(now.own - self.own),
            server_cpu: micros(now.server - self.server),
        })
    }
}

fn own_time() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).context("the system counts no time")?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.unsigned_abs()))
}

/// The processor time of another process, which Linux counts in ticks of 10 ms.
fn time_of(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, after_name) = stat.rsplit_once(") ").context("a process has a name")?;
    let mut fields = after_name.split(' ').skip(11);
    let mut ticks = || -> Result<u64> { Ok(fields.next().context("it has times")?.parse()?) };
    Ok(Duration::from_millis(10 * (ticks()? + ticks()?)))
}
