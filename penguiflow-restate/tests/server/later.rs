//! Messages whose traces begin later.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use penguiflow::host::{HostedState, TraceFilter};
use penguiflow::prelude::*;
use penguiflow_restate::{Error, endpoint};

use crate::support::{registered, server};

/// When the node has run.
type Times = Arc<Mutex<Vec<SystemTime>>>;

#[node]
async fn note(n: u32, State(times): State<Times>) -> u32 {
    let mut times = times.lock().expect("no panic");
    times.push(SystemTime::now());
    n
}

flow! {
    #[flow(durable)]
    struct Noting(u32) -> u32;

    note;
}

fn only(state: HostedState) -> TraceFilter {
    TraceFilter {
        states: vec![state],
        ..TraceFilter::default()
    }
}

/// Protects who plans: a trace begins at its time and not before, and its clock begins with it.
#[tokio::test]
async fn a_trace_begins_at_its_time() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let times = Times::default();
    let flow = Noting::flow().with_state(times.clone());
    let _worker = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow);
    running.call(1).await.expect("the server is warm");

    let before = SystemTime::now();
    let time = before + Duration::from_millis(1200);
    let id = running.emit_at(time, 2).await.expect("emitted");
    // The server counts from when it has the message.
    let way = before.elapsed().expect("time goes on");
    let planned = running.traces(only(HostedState::Retrying)).await;
    let planned = planned.expect("a list");
    assert_eq!(planned.len(), 1, "{planned:?}");
    assert_eq!(planned[0].id, id);
    let due = planned[0].due.expect("a time");
    let latest = time + way + Duration::from_millis(2);
    assert!((time..=latest).contains(&due), "{due:?} for {time:?}");
    let active = running.traces(only(HostedState::Active)).await;
    assert_eq!(active.expect("a list"), []);
    let error = running.retry(id).await.expect_err("it has not begun");
    let told =
        format!("the trace {id} has not begun yet: it begins at the latest version by itself");
    assert_eq!(error.to_string(), told);

    let outputs = running.outputs(id).await.expect("outputs");
    let begun = times.lock().expect("no panic")[1];
    assert!(begun >= time, "begun before its time");
    assert_eq!(outputs[0].ts, time);
    let since = time.elapsed().expect("it has begun");
    assert!(outputs[0].elapsed <= since, "{:?}", outputs[0].elapsed);
    let ended = running.trace_detail(id).await.expect("a trace").summary;
    assert_eq!((ended.state, ended.due), (HostedState::Completed, None));
}

/// Protects who plans too late.
#[tokio::test]
async fn a_time_that_has_passed_is_now() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let times = Times::default();
    let flow = Noting::flow().with_state(times);
    let _worker = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow);
    let before = SystemTime::now();
    let id = running.emit_at(SystemTime::UNIX_EPOCH, 1).await;
    let outputs = running.outputs(id.expect("emitted")).await;
    assert!(outputs.expect("outputs")[0].ts >= before);
}

/// Protects who plans otherwise.
#[tokio::test]
async fn a_cancel_leaves_nothing_of_a_trace_that_has_not_begun() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let times = Times::default();
    let flow = Noting::flow().with_state(times.clone());
    let _worker = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow);
    let time = SystemTime::now() + Duration::from_secs(3600);
    let id = running.emit_at(time, 1).await.expect("emitted");
    running.cancel(id).await.expect("it is planned");
    let outputs = running.outputs(id).await;
    assert!(matches!(outputs, Err(Error::NotThere(_))), "{outputs:?}");
    let all = running.traces(TraceFilter::default()).await;
    assert_eq!(all.expect("a list"), []);
    assert!(times.lock().expect("no panic").is_empty());
}
