//! Flows whose nodes do what a seed says, run and ended in many ways: the spans that arrive are
//! those of the flow's own record.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use fastrand::Rng;
use penguiflow::Recording;
use penguiflow::prelude::*;
use penguiflow_otel::gen_ai::GenAi;

use crate::{Done, Subject, record};

const SEEDS: u64 = 150;

/// A number that a node may be given any number of times.
type Seed = u64;

/// Waits for a while, and then fails, panics, or does neither.
async fn act(seed: Seed, node: &str, attempt: u32) -> Result<Seed, String> {
    let mut hasher = DefaultHasher::new();
    (seed, node, attempt).hash(&mut hasher);
    let mut rng = Rng::with_seed(hasher.finish());
    tokio::time::sleep(Duration::from_millis(rng.u64(0..15))).await;
    match rng.u32(0..100) {
        0..12 => Err(format!("{node} had no luck")),
        12..15 => panic!("{node} slipped"),
        15..20 => Ok(std::future::pending().await),
        _ => Ok(seed.wrapping_add(1)),
    }
}

#[node(retries = 2, backoff = "5ms..20ms", timeout = "30ms")]
async fn plan(seed: Seed, ctx: Ctx) -> Result<Seed, String> {
    act(seed, "plan", ctx.attempt()).await
}

#[node(retries = 1, backoff = "5ms", timeout = "30ms")]
async fn fetch(seed: Seed, ctx: Ctx) -> Result<Seed, String> {
    act(seed, "fetch", ctx.attempt()).await
}

#[node(spawn, timeout = "30ms")]
async fn rank(seed: Seed) -> Result<Seed, String> {
    act(seed, "rank", 0).await
}

#[node(timeout = "30ms")]
async fn quick(seed: Seed) -> Result<Seed, String> {
    act(seed, "quick", 0).await
}

#[node(retries = 3, backoff = "1ms", timeout = "30ms")]
async fn thorough(seed: Seed, ctx: Ctx) -> Result<Seed, String> {
    act(seed, "thorough", ctx.attempt()).await
}

#[node]
async fn split(seed: Seed) -> Vec<Seed> {
    (0..seed % 5)
        .map(|item| seed.wrapping_mul(31) + item)
        .collect()
}

#[node(retries = 1, backoff = "1ms", timeout = "30ms")]
async fn read(seed: Seed, ctx: Ctx) -> Result<Seed, String> {
    act(seed, "read", ctx.attempt()).await
}

#[node]
async fn sum(seeds: Vec<Seed>) -> Option<Seed> {
    seeds.into_iter().reduce(Seed::wrapping_add)
}

flow! { struct Search(Seed) -> Seed; fetch -> rank; }
flow! {
    struct Whole(Seed) -> Seed;
    plan -> Search -> [quick, thorough] -> race -> split -> [read; 2] -> join -> sum;
}

/// Runs it in a way that the seed chooses, to an end that the seed chooses.
async fn drive(flow: &Flow<Whole>, seed: Seed) {
    let mut rng = Rng::with_seed(seed);
    let soon = Duration::from_millis(rng.u64(0..60));
    match rng.u32(0..6) {
        0 => _ = flow.run(seed).await,
        1 => _ = flow.run(Message::new(seed).deadline_in(soon)).await,
        2 => _ = tokio::time::timeout(soon, flow.run(seed)).await,
        3 => {
            let running = flow.clone().start();
            let trace_id = running.emit(seed).await.expect("there is room");
            tokio::time::sleep(soon).await;
            running.cancel(trace_id);
            running.stop().await;
        }
        4 => {
            let running = flow.clone().start();
            for item in 0..4 {
                running.emit(seed + item).await.expect("there is room");
            }
            running.stop_within(soon).await;
        }
        _ => {
            let mut trace = flow.trace(seed);
            _ = tokio::time::timeout(soon, async { while trace.next().await.is_some() {} }).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_arrives_is_what_the_flow_recorded() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let recording = Recording::of_last(usize::MAX);
    let flow = Whole::flow().observe(recording.clone());
    let mut endings = BTreeSet::new();
    for seed in 0..SEEDS {
        drive(&flow, seed).await;
        // A task that was aborted keeps its span, and with it the parent's, until it is polled again.
        tokio::time::sleep(Duration::from_millis(1)).await;
        flow.flush().await;
        let recorded = record::recorded(&recording);
        let received = record::received(&subject.received()?);
        assert_eq!(received, recorded, "seed {seed}");
        endings.extend(recorded.values().flat_map(record::Told::endings));
        recording.clear();
    }
    // Each kind of end was among them, so that none was compared in theory alone.
    for ending in ["completed", "failed", "cancelled", "deadline", "filtered"] {
        assert!(endings.contains(ending), "no trace {ending}: {endings:?}");
    }
    for ending in [
        "attempt failed",
        "attempt panicked",
        "attempt timed_out",
        "attempt cancelled",
        "attempt deadline_exceeded",
    ] {
        assert!(endings.contains(ending), "no {ending}: {endings:?}");
    }
    Ok(())
}
