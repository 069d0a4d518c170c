//! Flows on a real server: skipped, with the reason, where its binary cannot be had.

mod following;
#[cfg(feature = "identity")]
mod identity;
mod later;
mod mistakes;
mod parcels;
mod patterns;
mod resumes;
mod retries;
mod support;
mod traces;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use penguiflow::ErasedRunning;
use penguiflow::prelude::*;
use penguiflow_restate::{Error, Running, endpoint};
use serde::{Deserialize, Serialize};
use support::{again, registered, server};

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn describe(n: u32) -> String {
    format!("it is {n}")
}

flow! {
    #[flow(durable)]
    struct Twice(u32) -> String;

    double -> describe;
}

#[tokio::test]
async fn a_flow_runs_on_the_server() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Twice::flow())).await;
    let running = client.flow(Twice::flow());
    let output = running.call(21).await.expect("an output");
    assert_eq!(output.payload, "it is 42");

    // A second emit under a key is the same trace.
    let first = running.emit_keyed("order 7", 1).await.expect("emitted");
    let second = running.emit_keyed("order 7", 5).await.expect("emitted");
    assert_eq!(first, second);
    let outputs = running.outputs(first).await.expect("outputs");
    assert_eq!(outputs[0].payload, "it is 2");
}

/// What the nodes of a test share with it.
#[derive(Clone, Default)]
struct Calls {
    flaky: Arc<AtomicUsize>,
    slow: Arc<AtomicUsize>,
    quick: Arc<AtomicUsize>,
}

#[node(retries = 3, backoff = "10ms")]
async fn flaky(n: u32, State(calls): State<Calls>) -> Result<u32, &'static str> {
    match calls.flaky.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Err("busy"),
        _ => Ok(n + 1),
    }
}

flow! {
    #[flow(durable)]
    struct Stubborn(u32) -> String;

    flaky -> describe;
}

#[tokio::test]
async fn an_attempt_that_fails_is_followed_by_the_policys_next_one() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let calls = Calls::default();
    let flow = Stubborn::flow().with_state(calls.clone());
    let _worker = registered(&client, endpoint().flow(flow.clone())).await;
    let output = client.flow(flow.clone()).call(1).await.expect("an output");
    assert_eq!(output.payload, "it is 2");
    assert_eq!(calls.flaky.load(Ordering::SeqCst), 3);
}

#[node]
async fn refuse(n: u32) -> Result<u32, String> {
    Err(format!("{n} is no penguin"))
}

flow! {
    #[flow(durable)]
    struct Refusing(u32) -> u32;

    refuse;
}

#[tokio::test]
async fn a_trace_that_fails_returns_its_own_error() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Refusing::flow())).await;
    let error = client.flow(Refusing::flow()).call(7).await;
    let Err(Error::Flow(error)) = error else {
        panic!("an error of the flow: {error:?}");
    };
    assert_eq!(error.node(), Some("refuse"));
    assert!(error.to_string().contains("7 is no penguin"), "{error}");
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Approval(bool);

#[node]
async fn publish((n, Approval(is_approved)): (u32, Approval)) -> String {
    format!("{n}: {is_approved}")
}

flow! {
    #[flow(durable)]
    struct Press(u32) -> String;

    double -> await Approval -> publish;
}

/// Asks until a step waits: what the trace is at is seen at the server alone.
async fn resumed(running: &Running<u32, String>, id: TraceId, approval: &Approval) {
    loop {
        match running.resume(id, approval.clone()).await {
            Ok(()) => return,
            Err(Error::Refused { status: 404, .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_parked_step_is_given_its_value_and_nothing_else() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let running = client.flow(Press::flow());
    let id = running.emit(4).await.expect("emitted");
    resumed(&running, id, &Approval(true)).await;
    let outputs = running.outputs(id).await.expect("outputs");
    assert_eq!(outputs[0].payload, "8: true");

    let error = running.resume(id, Approval(false)).await.expect_err("over");
    assert_eq!(error.to_string(), "no step of the trace waits");
}

#[tokio::test]
async fn a_parked_trace_is_cancelled() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let running = client.flow(Press::flow());
    let id = running.emit(4).await.expect("emitted");
    while running.cancel(id).await.is_err() {
        tokio::task::yield_now().await;
    }
    let Err(Error::Flow(error)) = running.outputs(id).await else {
        panic!("it was cancelled");
    };
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

/// Ends on the second worker alone: the first dies while it runs.
#[node]
async fn slow(n: u32, State(calls): State<Calls>) -> u32 {
    if calls.slow.fetch_add(1, Ordering::SeqCst) == 0 {
        std::future::pending::<()>().await;
    }
    n + 1
}

#[node]
async fn quick(n: u32, State(calls): State<Calls>) -> u32 {
    calls.quick.fetch_add(1, Ordering::SeqCst);
    n + 10
}

#[node]
async fn sum((slow, quick): (u32, u32)) -> u32 {
    slow * 1000 + quick
}

flow! {
    #[flow(durable)]
    struct Both(u32) -> String;

    double -> [slow, quick] -> join -> sum -> describe;
}

#[tokio::test]
async fn another_worker_replays_the_journal_and_goes_on() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let calls = Calls::default();
    let flow = Both::flow().with_state(calls.clone());
    let first = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow.clone());
    let id = running.emit(1).await.expect("emitted");
    while calls.quick.load(Ordering::SeqCst) == 0 || calls.slow.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    // What `quick` came to is in the journal by then.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let address = first.address.clone();
    drop(first);
    let _second = again(&endpoint().flow(flow), &address);
    let outputs = running.outputs(id).await.expect("outputs");
    assert_eq!(outputs[0].payload, "it is 3012");
    assert_eq!(calls.quick.load(Ordering::SeqCst), 1);
    assert_eq!(calls.slow.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn who_serves_flows_serves_this_one_without_its_types() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let flows = endpoint().flow(Press::flow()).flow(Twice::flow());
    let _worker = registered(&client, flows).await;
    let twice: ErasedRunning = client.flow(Twice::flow()).into();
    let output = twice
        .call(Message::new(b"21".to_vec()))
        .await
        .expect("an output");
    assert_eq!(output.payload, r#""it is 42""#);

    let press: ErasedRunning = client.flow(Press::flow()).into();
    let id = press
        .emit(Message::new(b"4".to_vec()), None)
        .await
        .expect("emitted");
    let parked = loop {
        match press.parked(10).await.expect("a list").pop() {
            Some(parked) => break parked,
            None => tokio::task::yield_now().await,
        }
    };
    assert_eq!((parked.trace_id, &*parked.node), (id, "await Approval"));
    assert_eq!(parked.payload, Some(8.into()));
    let error = press.resume(id, Some(parked.step), b"7".to_vec()).await;
    assert!(error.expect_err("no approval").to_string().contains("bool"));
    let resumed = press.resume(id, Some(parked.step), b"true".to_vec()).await;
    resumed.expect("an approval");
    let outputs = client
        .flow(Press::flow())
        .outputs(id)
        .await
        .expect("outputs");
    assert_eq!(outputs[0].payload, "8: true");
}

flow! {
    #[flow(durable)]
    struct Hasty(u32) -> String;

    double -> await Approval within "200ms" -> publish;
}

#[tokio::test]
async fn a_step_stops_waiting_by_the_servers_timer() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Hasty::flow())).await;
    let running = client.flow(Hasty::flow());
    let id = running.emit(4).await.expect("emitted");
    let Err(Error::Flow(error)) = running.outputs(id).await else {
        panic!("nobody has approved");
    };
    assert_eq!(error.node(), Some("await Approval"), "{error}");
}

/// Counts when it is dropped.
struct Dropped(Calls);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.quick.fetch_add(1, Ordering::SeqCst);
    }
}

#[node]
async fn hold(n: u32, State(calls): State<Calls>) -> u32 {
    let _dropped = Dropped(calls.clone());
    calls.slow.fetch_add(1, Ordering::SeqCst);
    std::future::pending::<()>().await;
    n
}

flow! {
    #[flow(durable)]
    struct Holding(u32) -> String;

    hold -> describe;
}

#[tokio::test]
async fn a_cancel_reaches_the_node_that_runs() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let calls = Calls::default();
    let flow = Holding::flow().with_state(calls.clone());
    let _worker = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow);
    let id = running.emit(4).await.expect("emitted");
    while calls.slow.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    running.cancel(id).await.expect("it runs");
    let Err(Error::Flow(error)) = running.outputs(id).await else {
        panic!("it was cancelled");
    };
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    while calls.quick.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}
