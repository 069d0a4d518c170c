//! What chunks leave alone: other traces, and those who run a flow without reading it. With
//! the faults of the original's streams that are impossible here.

use penguiflow::prelude::*;

use super::{Items, lines, read};
use penguiflow_tests::by_json::run_steps;
use penguiflow_tests::support::{balances, drain, tasks};

#[node]
async fn talks(name: String, ctx: Ctx) -> String {
    for number in 0..100 {
        ctx.chunk(format!("{name}{number}")).await;
        tokio::task::yield_now().await;
    }
    name
}

/// Fault c04: of two concurrent streams on one flow, each got parts of the other.
#[tokio::test]
async fn two_streams_of_one_flow_do_not_mix() {
    let flow = flow! { talks };
    let (a, b) = tokio::join!(read(&flow, "a".to_owned()), read(&flow, "b".to_owned()));
    for (name, lines) in [("a", a), ("b", b)] {
        let mut expected: Vec<_> = (0..100)
            .map(|n| format!("talks#0/ {n}: {name}{n}"))
            .collect();
        expected.push("talks#0/ 100: .".to_owned());
        expected.push(format!("= {name:?}"));
        assert_eq!(lines, expected);
    }
}

/// Fault c06: counters of streams that were never finished stayed forever. Here they belong
/// to an attempt, so a thousand streams that are dropped in their midst leave nothing.
#[tokio::test]
async fn unfinished_streams_leave_nothing() {
    let flow = flow! { counted };
    let probe = std::sync::Arc::new(());
    for _ in 0..1_000 {
        let mut trace = flow.trace(probe.clone());
        assert!(trace.next().await.is_some());
    }
    assert_eq!(std::sync::Arc::strong_count(&probe), 1);
    assert_eq!(tasks(), 0);
}

#[node]
async fn counted(probe: std::sync::Arc<()>, ctx: Ctx) -> std::sync::Arc<()> {
    ctx.chunk("a").await;
    std::future::pending::<()>().await;
    probe
}

/// Fault c12: a fetch of one trace's results took a stream's first chunk for its answer, and
/// hung from then on. Nobody listens for chunks here, so they cost nothing and wait for nobody.
#[tokio::test]
async fn run_emit_and_fetch_know_no_chunks() -> Result<(), FlowError> {
    let flow = flow! { talks };
    assert_eq!(flow.run("a".to_owned()).await?, "a");
    assert_eq!(flow.run_all("a".to_owned()).await?, ["a"]);
    let running = flow.start();
    for name in ["a", "b", "c"] {
        running.emit(name.to_owned()).await?;
    }
    let ledger = running.stop().await;
    assert!(balances(&ledger) && ledger.completed == 3);
    let mut results = Vec::new();
    for result in drain(&running).await {
        results.push(result?);
    }
    results.sort();
    assert_eq!(results, ["a", "b", "c"]);
    Ok(())
}

/// A trace that is read and a started flow run side by side on the same flow.
#[tokio::test]
async fn a_reader_does_not_hear_what_others_run() -> Result<(), FlowError> {
    let flow = flow! { talks };
    let running = flow.start();
    let mut trace = flow.trace("mine".to_owned());
    running.emit("theirs".to_owned()).await?;
    let mut items: Items<String> = Vec::new();
    while let Some(item) = trace.next().await {
        items.push(item);
        tokio::task::yield_now().await;
    }
    assert!(lines(&items).iter().all(|line| !line.contains("theirs")));
    let theirs = running.fetch().await.expect("one result")?;
    assert_eq!(theirs.payload, "theirs");
    Ok(())
}

#[node]
async fn sends_without_a_reader(n: u32, ctx: Ctx) -> u32 {
    for _ in 0..1_000 {
        ctx.chunk("a").stream("b").await;
        ctx.chunk("a").last().send_blocking();
    }
    n
}

/// Without a reader a chunk is ready at once: not even another task gets a turn.
#[tokio::test]
async fn without_a_reader_nothing_waits() {
    use futures_util::FutureExt;
    let flow = flow! { sends_without_a_reader };
    let result = flow.run(1).now_or_never().expect("it never waits");
    assert_eq!(result.expect("it succeeds"), 1);
}

/// Hosts that keep a frontier themselves are not listened to either.
#[tokio::test]
async fn a_host_of_ones_own_may_run_nodes_that_send() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] sends_without_a_reader };
    let mut frontier = flow.begin(1);
    run_steps(&flow, &mut frontier).await?;
    assert_eq!(frontier.outputs[0].payload, 1);
    Ok(())
}
