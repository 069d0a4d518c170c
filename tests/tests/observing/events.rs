//! Events: which come when, and what is in them.

use penguiflow::Event;
use penguiflow::prelude::*;

use penguiflow_tests::support::{ms, secs, watched};

#[node]
async fn first(n: u64) -> u64 {
    tokio::time::sleep(ms(n)).await;
    n
}

#[node(timeout = "50ms", retries = 2, backoff = "100ms", jitter = false)]
async fn unsteady(n: u64, ctx: Ctx) -> Result<u64, String> {
    match ctx.attempt() {
        0 => std::future::pending().await,
        1 => {
            tokio::time::sleep(ms(20)).await;
            Err("not yet".to_owned())
        }
        _ => Ok(n),
    }
}

/// The original's example: a timeout, an error, and success at the third attempt.
#[tokio::test(start_paused = true)]
async fn a_visit_tells_of_each_attempt() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { first -> unsteady });
    flow.run(7).await?;
    flow.flush().await;
    let expected = expect_test::expect![[r#"
        trace_start
        node_start first 0
        node_success first 0
        node_start unsteady 0
        node_timeout unsteady 0
        node_retry unsteady 1
        node_start unsteady 1
        node_error unsteady 1
        node_retry unsteady 2
        node_start unsteady 2
        node_success unsteady 2
        trace_end
    "#]];
    expected.assert_eq(&(seen.lines().join("\n") + "\n"));
    Ok(())
}

/// The event's name, its latency, its error and its sleep.
fn details(event: &Event) -> String {
    let mut line = event.event.to_string();
    if let Some(latency) = event.latency_ms {
        line += &format!(" after {latency}");
    }
    if let Some(error) = &event.error {
        line += &format!(": {error}");
    }
    if let Some(sleep) = event.sleep_ms {
        line += &format!(" (waits {sleep})");
    }
    line
}

/// `latency_ms` is the node's own time in the attempt: not its waits, nor what follows it.
#[tokio::test(start_paused = true)]
async fn latencies_are_the_nodes_own_time() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { first -> unsteady });
    flow.run(7).await?;
    flow.flush().await;
    let lines: Vec<_> = seen.events().iter().map(details).collect();
    let expected = expect_test::expect![[r#"
        trace_start
        node_start
        node_success after 7
        node_start
        node_timeout after 50: took longer than 50ms
        node_retry: took longer than 50ms (waits 100)
        node_start
        node_error after 20: not yet
        node_retry: not yet (waits 200)
        node_start
        node_success after 0
        trace_end after 377
    "#]];
    expected.assert_eq(&(lines.join("\n") + "\n"));
    Ok(())
}

#[node(retries = 1, backoff = "10ms", jitter = false)]
async fn fails(_: u64) -> Result<u64, String> {
    Err("no".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_failed_visit_says_so_once() {
    let (flow, seen) = watched(flow! { fails -> first });
    let _ = flow.run(1).await.expect_err("it fails");
    flow.flush().await;
    let expected = [
        "trace_start",
        "node_start fails 0",
        "node_error fails 0",
        "node_retry fails 1",
        "node_start fails 1",
        "node_error fails 1",
        "node_failed fails 1",
        "trace_end",
    ];
    assert_eq!(seen.lines(), expected);
}

#[node]
async fn forever(_: u64) -> u64 {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_trace_says_so() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { first -> forever });
    let running = flow.start();
    let trace_id = running.emit(5).await?;
    tokio::time::sleep(ms(20)).await;
    running.cancel(trace_id);
    running.stop().await;
    let expected = [
        "trace_start",
        "node_start first 0",
        "node_success first 0",
        "node_start forever 0",
        "node_cancelled forever 0",
        "trace_end",
    ];
    assert_eq!(seen.lines(), expected);
    assert!(seen.events().iter().all(|event| event.trace_id == trace_id));
    let cancelled = &seen.events()[4];
    assert_eq!(cancelled.latency_ms, Some(15.0));
    assert_eq!(cancelled.error_kind, Some(ErrorKind::Cancelled));
    Ok(())
}

/// In a backoff sleep no attempt runs: there is no latency to report.
#[tokio::test(start_paused = true)]
async fn a_trace_cancelled_in_its_sleep_says_so() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { fails });
    let running = flow.start();
    let trace_id = running.emit(5).await?;
    tokio::time::sleep(ms(5)).await;
    running.cancel(trace_id);
    running.stop().await;
    let lines: Vec<_> = seen.events().iter().map(details).collect();
    let expected = [
        "trace_start",
        "node_start",
        "node_error after 0: no",
        "node_retry: no (waits 10)",
        "node_cancelled",
        "trace_end after 5",
    ];
    assert_eq!(lines, expected);
    Ok(())
}

#[node]
async fn keep_none(_: u64) -> Option<u64> {
    None
}

#[node]
async fn leave(n: u64) -> ControlFlow<u64, u64> {
    ControlFlow::Break(n)
}

/// `None` and `Break` are how a visit succeeds, too.
#[tokio::test]
async fn every_way_to_succeed_is_a_success() {
    for expected in [Err(ErrorKind::Filtered), Ok(7)] {
        let (filtered, seen) = match expected {
            Err(_) => {
                let (flow, seen) = watched(flow! { keep_none -> first });
                let ended = flow.run(7).await;
                flow.flush().await;
                (ended, seen)
            }
            Ok(_) => {
                let (flow, seen) = watched(flow! { leave -> first });
                let ended = flow.run(7).await;
                flow.flush().await;
                (ended, seen)
            }
        };
        assert_eq!(filtered.map_err(|error| error.kind()), expected);
        assert_eq!(seen.events().len(), 4, "{:?}", seen.lines());
        assert_eq!(seen.count("node_success"), 1);
    }
}

#[node(concurrency = 1)]
async fn narrow(n: u64) -> u64 {
    tokio::time::sleep(ms(n)).await;
    n
}

/// The depth of a node's queue: who waits for one of its permits.
#[tokio::test(start_paused = true)]
async fn events_report_how_many_wait_for_a_permit() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { narrow });
    let running = flow.start();
    for _ in 0..4 {
        running.emit(10).await?;
    }
    running.stop().await;
    let ends = seen
        .events()
        .into_iter()
        .filter(|event| event.event.as_str() == "node_success");
    let depths: Vec<_> = ends
        .map(|event| (event.q_depth_in, event.latency_ms))
        .collect();
    assert_eq!(depths, [3, 2, 1, 0].map(|depth| (depth, Some(10.0))));
    Ok(())
}

/// The fields, as a log or a store is given them.
#[tokio::test(start_paused = true)]
async fn events_have_the_originals_fields() -> Result<(), Box<dyn std::error::Error>> {
    let (flow, seen) = watched(flow! { fails });
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736".parse::<TraceId>()?;
    let _ = flow
        .run(Message::new(1).trace_id(trace_id))
        .await
        .expect_err("it fails");
    flow.flush().await;
    let mut events = serde_json::to_value(seen.events())?;
    for event in events.as_array_mut().expect("a list") {
        let ts = event["ts"].as_f64().expect("seconds since the epoch");
        assert!(ts > 1.7e9, "{ts}");
        event["ts"] = serde_json::json!("a time");
        // Ours, beside the original's.
        let fields = event.as_object_mut().expect("an object");
        let step = fields.remove("step");
        assert_eq!(step.is_some(), !fields["node_name"].is_null());
        assert_eq!(fields.remove("flow"), Some("flow".into()));
        let kind = fields.remove("error_kind");
        assert_eq!(kind.is_some(), fields.contains_key("error"));
    }
    let expected = serde_json::json!({
        "ts": "a time",
        "event": "node_retry",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "node_name": "fails",
        "attempt": 1,
        "latency_ms": null,
        "q_depth_in": 0,
        "error": "no",
        "sleep_ms": 10.0,
    });
    assert_eq!(events[3], expected);
    let expected = serde_json::json!({
        "ts": "a time",
        "event": "trace_start",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "node_name": null,
        "attempt": 0,
        "latency_ms": null,
        "q_depth_in": 0,
    });
    assert_eq!(events[0], expected);
    Ok(())
}

/// Time goes on between events as it does for the nodes.
#[tokio::test(start_paused = true)]
async fn events_have_the_time_at_which_they_happened() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { first });
    flow.run(1500).await?;
    flow.flush().await;
    let times: Vec<_> = seen.events().iter().map(|event| event.ts).collect();
    assert_eq!(times[1].duration_since(times[0]).ok(), Some(ms(0)));
    assert_eq!(times[2].duration_since(times[1]).ok(), Some(ms(1500)));
    assert_eq!(times[3].duration_since(times[2]).ok(), Some(secs(0)));
    Ok(())
}

#[node]
async fn branch(n: u64) -> u64 {
    tokio::time::sleep(ms(2 * n)).await;
    n
}

/// A trace begins and ends once, however many branches it has.
#[tokio::test(start_paused = true)]
async fn a_trace_with_branches_is_one_trace() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { first; branch });
    flow.run_all(10).await?;
    flow.flush().await;
    let expected = [
        "trace_start",
        "node_start first 0",
        "node_start branch 0",
        "node_success first 0",
        "node_success branch 0",
        "trace_end",
    ];
    assert_eq!(seen.lines(), expected);
    Ok(())
}

#[node]
async fn judge(n: u64, ctx: Ctx) -> Result<Option<u64>, String> {
    ctx.spend_tokens(n);
    tokio::time::sleep(ms(n)).await;
    match n {
        1 => Err("no".to_owned()),
        2 => Ok(None),
        n => Ok(Some(n)),
    }
}

/// How each trace ended: its outcome, its tokens and its milliseconds.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_trace_says_how_it_ended() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { judge });
    for n in [1, 2, 3] {
        let _ = flow.run(n).await;
    }
    let late = Message::new(50).deadline_in(ms(10));
    let _ = flow.run(late).await.expect_err("it is cut");
    let _ = tokio::time::timeout(ms(10), flow.run(60)).await;
    let running = flow.start();
    let id = running.emit(70).await?;
    tokio::time::sleep(ms(10)).await;
    running.cancel(id);
    let _ = running.call(2).await;
    running.stop().await;
    let ends = seen.events().into_iter().filter_map(|event| {
        let outcome = event.outcome?;
        assert_eq!(event.event, EventKind::TraceEnd);
        Some(format!(
            "{outcome} {:?} {:?}",
            event.tokens?, event.latency_ms?
        ))
    });
    let expected = expect_test::expect![[r#"
        failed 1 1.0
        filtered 2 2.0
        completed 3 3.0
        deadline 50 10.0
        cancelled 60 10.0
        cancelled 70 10.0
        filtered 2 2.0
    "#]];
    expected.assert_eq(&(ends.collect::<Vec<_>>().join("\n") + "\n"));
    let first = seen
        .events()
        .into_iter()
        .find(|event| event.outcome.is_some());
    let first = serde_json::to_value(first).expect("it is plain data");
    assert_eq!(
        (&first["outcome"], &first["tokens"]),
        (&"failed".into(), &1.into())
    );
    Ok(())
}

#[derive(Debug)]
struct Away(std::io::Error);

impl std::fmt::Display for Away {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the index is away")
    }
}

impl std::error::Error for Away {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[node]
async fn look_up(_n: u64) -> Result<u64, Away> {
    Err(Away(std::io::ErrorKind::ConnectionReset.into()))
}

flow! { struct Index(u64) -> u64; look_up; }

/// Each cause by itself, and the way through the playbooks.
#[tokio::test]
async fn the_end_of_a_trace_that_failed_has_its_path_and_its_causes() {
    let (ends, ended) = std::sync::mpsc::channel();
    let flow = flow! { first -> Index }.observe(move |event: &penguiflow::Event| {
        if event.event == EventKind::TraceEnd && event.playbook.is_none() {
            let _ = ends.send((event.path.clone(), event.causes.clone()));
        }
    });
    let _ = flow.run(1).await.expect_err("the index is away");
    flow.flush().await;
    let (path, causes) = ended.recv().expect("it has ended");
    assert_eq!(path.as_deref(), Some("Index/look_up"));
    let last: Vec<_> = causes.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(last, ["connection reset", "the index is away"]);
}
