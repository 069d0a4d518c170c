//! `concurrency`: the most attempts of a node that run at once, over all traces.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms};

/// Counts who is inside.
#[derive(Clone, Default)]
struct Gauge(Arc<Inside>);

#[derive(Default)]
struct Inside {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    async fn stay(&self, milliseconds: u64) {
        let now = self.0.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.most.fetch_max(now, Ordering::Relaxed);
        tokio::time::sleep(ms(milliseconds)).await;
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }

    fn most(&self) -> usize {
        self.0.most.load(Ordering::Relaxed)
    }
}

#[node(concurrency = 3)]
async fn limited(gauge: Gauge) {
    gauge.stay(10).await;
}

#[node]
async fn unlimited(gauge: Gauge) {
    gauge.stay(10).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_runs_at_most_so_many_attempts_at_once() -> Result<(), FlowError> {
    let gauge = Gauge::default();
    let running = flow! { limited }.start();
    let begin = Instant::now();
    for _ in 0..30 {
        running.emit(gauge.clone()).await?;
    }
    running.stop().await;
    assert_eq!((gauge.most(), begin.elapsed()), (3, ms(100)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_only_the_capacity_counts() -> Result<(), FlowError> {
    let gauge = Gauge::default();
    let running = flow! { unlimited }.capacity(25).start();
    for _ in 0..50 {
        running.emit(gauge.clone()).await?;
    }
    running.stop().await;
    assert_eq!(gauge.most(), 25);
    Ok(())
}

/// `run`, started flows and clones of a flow: they all wait for the same permits.
#[tokio::test(start_paused = true)]
async fn the_limit_holds_over_all_traces_of_a_flow() -> Result<(), FlowError> {
    let gauge = Gauge::default();
    let flow = flow! { limited };
    let (first, second) = (flow.start(), flow.clone().start());
    for _ in 0..5 {
        first.emit(gauge.clone()).await?;
        second.emit(gauge.clone()).await?;
    }
    let runs = futures_util::future::join_all((0..5).map(|_| flow.run(gauge.clone())));
    let (_, _, runs) = tokio::join!(first.stop(), second.stop(), runs);
    assert!(runs.into_iter().all(|run| run.is_ok()));
    assert_eq!(gauge.most(), 3);
    Ok(())
}

/// Two flows of the same node are two flows.
#[tokio::test(start_paused = true)]
async fn flows_do_not_share_their_limits() -> Result<(), FlowError> {
    let gauge = Gauge::default();
    let (one, other) = (flow! { limited }.start(), flow! { limited }.start());
    for _ in 0..5 {
        one.emit(gauge.clone()).await?;
        other.emit(gauge.clone()).await?;
    }
    tokio::join!(one.stop(), other.stop());
    assert_eq!(gauge.most(), 6);
    Ok(())
}

#[node(concurrency = 1, retries = 1, backoff = "100ms", jitter = false)]
async fn fails_once(name: &str, notes: State<Notebook>, ctx: Ctx) -> Result<(), String> {
    notes.0.write(format!("{name} {}", ctx.attempt()));
    if name == "bad" && ctx.attempt() == 0 {
        return Err("not yet".to_owned());
    }
    tokio::time::sleep(ms(10)).await;
    Ok(())
}

/// An innocent message need not wait for another one's retry.
#[tokio::test(start_paused = true)]
async fn a_retrys_sleep_holds_no_permit() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { fails_once }.with_state(notes.clone()).start();
    running.emit("bad".to_owned()).await?;
    running.emit("good".to_owned()).await?;
    let ledger = running.stop().await;
    assert_eq!(ledger.completed, 2);
    let lines = notes.timed();
    let lines: Vec<_> = lines
        .iter()
        .map(|(at, line)| (*at, line.as_str()))
        .collect();
    assert_eq!(lines, [(0, "bad 0"), (0, "good 0"), (100, "bad 1")]);
    Ok(())
}

#[node(concurrency = 1)]
async fn in_line(n: u32, notes: State<Notebook>) {
    notes.0.write(n);
    tokio::time::sleep(ms(10)).await;
}

#[tokio::test(start_paused = true)]
async fn permits_go_to_those_who_waited_longest() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { in_line }.with_state(notes.clone()).start();
    for n in 0..5 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(notes.lines(), ["0", "1", "2", "3", "4"]);
    assert_eq!(notes.times(), [0, 10, 20, 30, 40]);
    Ok(())
}

#[node(
    concurrency = 1,
    timeout = "10ms",
    retries = 1,
    backoff = "1ms",
    jitter = false
)]
async fn times_out(gauge: Gauge) {
    gauge.stay(1000).await;
}

#[node(concurrency = 1)]
async fn panics(n: u32) -> u32 {
    assert!(n > 0, "too little");
    n
}

/// However an attempt ends, its permit comes back.
#[tokio::test(start_paused = true)]
async fn no_ending_keeps_a_permit() -> Result<(), FlowError> {
    let flow = flow! { panics };
    for _ in 0..3 {
        let error = flow.run(0).await.expect_err("it panics");
        assert_eq!(error.kind(), ErrorKind::Panicked);
    }
    assert_eq!(flow.run(1).await?, 1);

    let flow = flow! { times_out };
    let begin = Instant::now();
    for _ in 0..3 {
        let error = flow
            .run(Gauge::default())
            .await
            .expect_err("it takes too long");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    assert_eq!(begin.elapsed(), ms(3 * 21));

    let flow = flow! { limited };
    for _ in 0..5 {
        let cut = tokio::time::timeout(ms(1), flow.run(Gauge::default())).await;
        assert!(cut.is_err());
    }
    flow.run(Gauge::default()).await
}

#[node(concurrency = 1)]
async fn outer(n: u32) -> u32 {
    n
}

/// A visit holds the permit of its own node alone, so a loop cannot wait for itself.
#[tokio::test(start_paused = true)]
async fn a_loop_of_limited_nodes_does_not_deadlock() -> Result<(), FlowError> {
    #[node(concurrency = 1)]
    async fn inner(n: u32) -> ControlFlow<u32, u32> {
        tokio::time::sleep(ms(1)).await;
        if n == 5 {
            ControlFlow::Break(n)
        } else {
            ControlFlow::Continue(n + 1)
        }
    }
    let running = flow! { outer -> inner -> outer }.start();
    for _ in 0..20 {
        running.emit(0).await?;
    }
    assert_eq!(running.stop().await.completed, 20);
    Ok(())
}
