//! Faults of the original where a message goes several ways: order, sharing, starving, and
//! half deliveries.

use std::sync::atomic::{AtomicU32, Ordering};

use penguiflow::prelude::*;
use tokio::time::timeout;

use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn source(n: u32) -> u32 {
    n
}

#[node]
async fn zebra(_: u32, notes: State<Notebook>) {
    notes.0.write("zebra");
}

#[node]
async fn apple(_: u32, notes: State<Notebook>) {
    notes.0.write("apple");
}

#[node]
async fn mango(_: u32, notes: State<Notebook>) {
    notes.0.write("mango");
}

/// The original went by the hashes of random ids: 18 orders in 30 builds.
#[tokio::test]
async fn b11_a_broadcast_goes_in_the_order_of_its_edges() -> Result<(), FlowError> {
    for _ in 0..30 {
        let notes = Notebook::new();
        let flow = flow! { source -> zebra; source -> apple; source -> mango };
        flow.with_state(notes.clone()).run_all(1).await?;
        assert_eq!(notes.lines(), ["zebra", "apple", "mango"]);
        let notes = Notebook::new();
        let flow = flow! { mango; zebra; apple };
        flow.with_state(notes.clone()).run_all(1).await?;
        assert_eq!(
            notes.lines(),
            ["mango", "zebra", "apple"],
            "and so do entries"
        );
    }
    Ok(())
}

#[node]
async fn slow(_: u32, notes: State<Notebook>) {
    tokio::time::sleep(ms(50)).await;
    notes.0.write("slow");
}

#[node]
async fn fast(_: u32, notes: State<Notebook>) {
    notes.0.write("fast");
}

/// In the original the fast branch got one message per 50 ms.
#[tokio::test(start_paused = true)]
async fn b24_a_slow_branch_does_not_starve_a_fast_one() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { source -> slow; source -> fast }.with_state(notes.clone());
    let running = flow.start();
    for n in 0..10 {
        running.emit(n).await?;
    }
    running.stop().await;
    let fast: Vec<_> = notes
        .timed()
        .into_iter()
        .filter(|(_, line)| line == "fast")
        .collect();
    assert_eq!(fast, vec![(0, "fast".to_owned()); 10]);
    assert_eq!(
        notes.times().last(),
        Some(&50),
        "nor do slow ones wait for each other"
    );
    Ok(())
}

#[node]
async fn in_one(n: u32, State(notes): State<Notebook>) -> u32 {
    notes.write("one");
    tokio::time::sleep(ms(10)).await;
    n
}

#[node]
async fn in_other(n: u32, State(notes): State<Notebook>) -> u32 {
    notes.write("other");
    tokio::time::sleep(ms(10)).await;
    n
}

/// In the original, messages that were refused had reached some of the entries.
#[tokio::test(start_paused = true)]
async fn b25_a_refused_message_reaches_no_entry() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { in_one; in_other }.with_state(notes.clone());
    let running = flow.capacity(2).start();
    let refused = (0..20).filter(|n| running.try_emit(*n).is_err()).count();
    assert_eq!(refused, 18);
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (2, 2));
    let count = |entry: &str| notes.lines().iter().filter(|line| *line == entry).count();
    assert_eq!((count("one"), count("other")), (2, 2));
    Ok(())
}

#[node]
async fn list(n: u32) -> Vec<u32> {
    vec![n]
}

#[node]
async fn writes(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.push(99);
    numbers
}

#[node]
async fn reads(numbers: Vec<u32>) -> Vec<u32> {
    tokio::task::yield_now().await;
    numbers
}

/// In the original the right branch saw what the left one changed.
#[tokio::test]
async fn b28_branches_do_not_share_their_payload() -> Result<(), FlowError> {
    let flow = flow! { list -> writes; list -> reads };
    assert_eq!(flow.run_all(1).await?, [vec![1, 99], vec![1]]);
    Ok(())
}

/// Fails twice, and counts its calls.
#[derive(Default)]
struct Flaky(AtomicU32);

#[node(retries = 2, backoff = "1ms")]
impl Flaky {
    async fn call(&self, n: u32) -> Result<u32, String> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            2 => Ok(n),
            attempt => Err(format!("attempt {attempt}")),
        }
    }
}

/// The original delivered what a failed attempt had emitted, once per attempt. Here a node
/// emits by returning, and a failed attempt returns nothing.
#[tokio::test(start_paused = true)]
async fn b05_failed_attempts_emit_nothing() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let flaky: Flaky = Flaky::default();
        flaky -> zebra;
        flaky -> apple;
    };
    flow.with_state(notes.clone()).run_all(1).await?;
    assert_eq!(notes.lines(), ["zebra", "apple"]);
    Ok(())
}

#[node]
async fn exit_one(n: u32) -> String {
    tokio::time::sleep(ms(u64::from(n))).await;
    format!("one {n}")
}

#[node]
async fn exit_other(n: u32) -> String {
    tokio::time::sleep(ms(u64::from(n))).await;
    format!("other {n}")
}

/// In the original a fetch that timed out swallowed the next messages.
#[tokio::test(start_paused = true)]
async fn b09_a_fetch_that_timed_out_swallows_nothing() -> Result<(), FlowError> {
    let running = flow! { exit_one; exit_other }.ordered().start();
    let mut fetched = Vec::new();
    for n in [20, 30, 40] {
        assert!(timeout(ms(5), running.fetch()).await.is_err());
        running.emit(n).await?;
        assert!(timeout(ms(5), running.fetch()).await.is_err());
        for _ in 0..2 {
            fetched.push(running.fetch().await.expect("a result")?.payload);
        }
    }
    assert_eq!(
        fetched,
        [
            "one 20", "other 20", "one 30", "other 30", "one 40", "other 40"
        ]
    );
    assert!(running.try_fetch().is_none());
    Ok(())
}

#[node]
async fn workers(count: usize, State(notes): State<Notebook>) -> Result<Vec<()>, String> {
    let worker = async |n: usize| {
        tokio::time::sleep(ms(10 * n as u64)).await;
        notes.write(n);
        if n == 2 { Err("no luck") } else { Ok(()) }
    };
    Ok(map_concurrent(1..=count, worker, count).await?)
}

/// The original let the workers beside the one that failed run on: 19 of 19.
#[tokio::test(start_paused = true)]
async fn b34_a_failing_worker_stops_its_siblings() {
    let notes = Notebook::new();
    let flow = flow! { workers }.with_state(notes.clone());
    let error = flow.run(20).await.expect_err("the second worker fails");
    assert_eq!(error.to_string(), "node `workers` failed: no luck");
    tokio::time::sleep(ms(1_000)).await;
    assert_eq!(notes.timed(), [(10, "1".to_owned()), (20, "2".to_owned())]);
}
