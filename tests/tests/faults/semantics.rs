//! What the original did right, and users rely on: the parts of its semantics that no other
//! test names, and where the others are.
//!
//! | of the original | where it is tested |
//! |---|---|
//! | nodes: their signatures, names, objects with `__call__` | `nodes`, `ui-tests/fail/signatures.rs`, b36 |
//! | policy defaults, retries, backoff formula | `nodes::options`, `reliability::{retries, backoff}` |
//! | graph build, ingress, egress, cycles | here, `flows::{ends, loops}`, `ui-tests/fail/loop_without_end.rs`, b17, b35 |
//! | `emit`, `emit_nowait`, backpressure, capacity | `engine::{emit, capacity}`, b25, b30, b32 |
//! | `fetch` | `engine::fetch`, b09, c03 |
//! | ordering | here, `engine::order`, b11 |
//! | workers: one message at a time, or `concurrency` | here, `reliability::concurrency`, b08, b22 |
//! | results: `None` and everything else | here, `nodes::returns` |
//! | timeout around the node alone, per attempt | `reliability::timeouts`, b31 |
//! | failure after the last attempt | `reliability::errors`, b04 |
//! | validation | `reliability::validate`, b26, b27 |
//! | `run` and `stop`, twice too | `engine::stop`, b12, b18, b33 |
//! | `Message`, `Headers`, meta | `engine::message`, b37 |
//! | `WM`, `FinalAnswer`, `Thought`, `PlanStep` | `penguiflow::python` |
//! | controllers: deadlines, hop budgets and counts | here, `reliability::{deadlines, hops}`, b03, b15, b38 |
//! | event names, fields, levels, latencies | `observing::{events, spans}`, b06 |
//! | middlewares | `observing::observers`, b23 |
//! | `join_k`, `predicate_router`, `union_router`, `map_concurrent` | `patterns`, `joins`, `routing`, `nodes::map_concurrent` |
//!
//! | of its later versions | where it is tested |
//! |---|---|
//! | streaming: order, numbers, last marker | `streaming` |
//! | `cancel(trace_id)`, which says whether there was one | `engine::{cancel, every_await}`, c01, c07, c08 |
//! | expired messages skipped, `deadline_skip` | `reliability::deadlines` |
//! | `FlowError`: code, node, attempts, original | `reliability::errors`, c10 |
//! | events of a cancelled trace | `observing::events` |
//! | routing policies: rewrite or veto | `patterns`, the example `routing_predicate` |
//! | Mermaid and DOT | `observing::graph`, c09 |
//! | the envelope guard | b37: a plain value keeps its message's envelope |
//! | round trips of many callers | b21, c02 |
//!
//! | example whose output it promised | where it is tested |
//! |---|---|
//! | `controller_multihop`, `reliability_middleware` | here |
//! | `fanout_join`, `map_concurrent`, `routing_predicate`, `routing_union` | the examples of these names, and `patterns` |
//! | `quickstart` | b13 |

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, drain, ms};

#[node]
async fn number(_: ()) -> u32 {
    0
}

#[node]
async fn text(_: ()) -> String {
    String::new()
}

#[node]
async fn list(_: ()) -> Vec<u32> {
    Vec::new()
}

#[node]
async fn flag(_: ()) -> Option<bool> {
    Some(false)
}

/// `None` ends a path; zero, nothing and false are values.
#[tokio::test]
async fn empty_values_are_results() -> Result<(), FlowError> {
    assert_eq!(flow! { number }.run(()).await?, 0);
    assert_eq!(flow! { text }.run(()).await?, "");
    assert_eq!(flow! { list }.run(()).await?, [0; 0]);
    assert!(!flow! { flag }.run(()).await?);
    Ok(())
}

#[node(concurrency = 1)]
async fn serial(n: u64, notes: State<Notebook>) -> u64 {
    notes.0.write(n);
    tokio::time::sleep(ms(n * 7 % 5)).await;
    n
}

#[node(concurrency = 1)]
async fn serial_too(n: u64, notes: State<Notebook>) -> u64 {
    notes.0.write(100 + n);
    tokio::time::sleep(ms(3)).await;
    n
}

/// Where nodes work on one message at a time, messages keep their order on every edge, as
/// the original's queues did.
#[tokio::test(start_paused = true)]
async fn an_edge_between_serial_nodes_is_first_in_first_out() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { serial -> serial_too }
        .with_state(notes.clone())
        .start();
    for n in 0..40 {
        running.emit(n).await?;
    }
    running.stop().await;
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert!(outputs?.into_iter().eq(0..40));
    let lines: Vec<u64> = notes
        .lines()
        .iter()
        .filter_map(|line| line.parse().ok())
        .collect();
    let (first, second): (Vec<_>, Vec<_>) = lines.into_iter().partition(|n| *n < 100);
    assert!(first.into_iter().eq(0..40) && second.into_iter().eq(100..140));
    Ok(())
}

/// Working memory as the original's controllers keep it: facts, hops, an answer at the end.
#[derive(Clone, Default)]
struct WorkingMemory {
    facts: Vec<String>,
}

#[node]
async fn controller(mut memory: WorkingMemory) -> ControlFlow<String, WorkingMemory> {
    memory.facts.push(format!("fact {}", memory.facts.len()));
    match memory.facts.len() {
        3 => ControlFlow::Break(format!("answer after {} hops", memory.facts.len())),
        _ => ControlFlow::Continue(memory),
    }
}

/// The golden output of the original's multi-hop example.
#[tokio::test]
async fn the_multi_hop_example_answers_after_three_hops() -> Result<(), FlowError> {
    let flow = flow! { controller -> controller };
    assert_eq!(
        flow.run(WorkingMemory::default()).await?,
        "answer after 3 hops"
    );
    let error = flow
        .hops(2)
        .run(WorkingMemory::default())
        .await
        .expect_err("two are too few");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    Ok(())
}

#[node(timeout = "50ms", retries = 2, backoff = "10ms")]
async fn flaky(_: (), ctx: Ctx) -> Result<String, &'static str> {
    match ctx.attempt() {
        0 => std::future::pending().await,
        1 => Err("failed"),
        attempt => Ok(format!("success on attempt {}", attempt + 1)),
    }
}

/// The golden output of the original's reliability example.
#[tokio::test(start_paused = true)]
async fn the_reliability_example_tells_the_same_story() -> Result<(), FlowError> {
    let (flow, seen) = penguiflow_tests::support::watched(flow! { flaky });
    assert_eq!(flow.run(()).await?, "success on attempt 3");
    flow.flush().await;
    let events = seen.events();
    let story = events.iter().filter(|event| event.node_name.is_some());
    let story: Vec<_> = story
        .map(|event| (event.event.as_str(), event.attempt))
        .collect();
    let expected = [
        ("node_start", 0),
        ("node_timeout", 0),
        ("node_retry", 1),
        ("node_start", 1),
        ("node_error", 1),
        ("node_retry", 2),
        ("node_start", 2),
        ("node_success", 2),
    ];
    assert_eq!(story, expected);
    assert_eq!(events[2].latency_ms, Some(50.0));
    Ok(())
}

#[node]
async fn left(n: u32) -> u32 {
    n
}

#[node]
async fn right(n: u32) -> u32 {
    n + 1
}

#[node]
async fn sink(n: u32, notes: State<Notebook>) {
    notes.0.write(n);
}

/// A node that only others lead to needs no statement of its own, and one that several lead
/// to is one node.
#[tokio::test]
async fn statements_merge_into_one_graph() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { left -> sink; right -> sink };
    let flow = flow.with_state(notes.clone());
    flow.run_all(1).await?;
    assert_eq!(notes.lines(), ["1", "2"]);
    let graph = flow.graph();
    assert_eq!((graph.nodes.len(), graph.edges.len()), (3, 2));
    Ok(())
}
