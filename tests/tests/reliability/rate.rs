//! `rate`: how many attempts of a node may begin in a period, over all traces.

use futures_util::future::join_all;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, secs, watched};

#[node(rate = "3/min")]
async fn asks(n: u32, notes: State<Notebook>) -> u32 {
    notes.0.write(n);
    n
}

/// As many as the rate says begin at once, and then one whenever its part of the period has
/// passed, in the order in which they came.
#[tokio::test(start_paused = true)]
async fn a_burst_begins_at_once_and_the_rest_evenly() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { asks }.with_state(notes.clone()).start();
    for n in 0..6 {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(notes.lines(), ["0", "1", "2", "3", "4", "5"]);
    assert_eq!(notes.times(), [0, 0, 0, 20_000, 40_000, 60_000]);
    Ok(())
}

/// What was not used is there later, but never more than one burst.
#[tokio::test(start_paused = true)]
async fn what_was_not_used_adds_up_to_one_burst() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { asks }.with_state(notes.clone());
    tokio::time::sleep(secs(600)).await;
    let runs = join_all((0..4).map(|n| flow.run(n))).await;
    assert!(runs.into_iter().all(|run| run.is_ok()));
    assert_eq!(notes.times(), [600_000, 600_000, 600_000, 620_000]);
    Ok(())
}

/// `run`, started flows and clones share a node's rate; another flow has its own.
#[tokio::test(start_paused = true)]
async fn the_rate_holds_over_all_traces_of_a_flow() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { asks }.with_state(notes.clone());
    let (started, other) = (
        flow.clone().start(),
        flow! { asks }.with_state(notes.clone()),
    );
    for n in 0..2 {
        started.emit(n).await?;
    }
    let (_, runs) = tokio::join!(started.stop(), join_all((2..4).map(|n| flow.run(n))));
    assert!(runs.into_iter().all(|run| run.is_ok()));
    assert_eq!(notes.times(), [0, 0, 0, 20_000]);
    other.run(9).await?;
    assert_eq!(notes.times().last(), Some(&20_000));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn two_nodes_do_not_share_a_rate() -> Result<(), FlowError> {
    #[node(rate = "1/s")]
    async fn first(notes: Notebook) -> Notebook {
        notes.write("first");
        notes
    }
    #[node(rate = "1/h")]
    async fn second(notes: Notebook) -> Notebook {
        notes.write("second");
        notes
    }
    let notes = Notebook::new();
    let flow = flow! { first -> second };
    let runs = tokio::join!(flow.run(notes.clone()), flow.run(notes.clone()));
    assert!(runs.0.is_ok() && runs.1.is_ok());
    assert_eq!(notes.lines(), ["first", "second", "first", "second"]);
    assert_eq!(notes.times(), [0, 0, 1000, 3_600_000]);
    Ok(())
}

#[node(rate = "1/s", retries = 2, backoff = "100ms", timeout = "500ms")]
async fn fails_twice(notes: Notebook, ctx: Ctx) -> Result<u32, String> {
    notes.write(ctx.attempt());
    tokio::time::sleep(ms(400)).await;
    match ctx.attempt() {
        2 => Ok(2),
        _ => Err("not yet".to_owned()),
    }
}

/// A retry asks for the rate like every attempt. The wait for it does not count towards the
/// timeout, which begins with the attempt.
#[tokio::test(start_paused = true)]
async fn every_attempt_counts() -> Result<(), FlowError> {
    let notes = Notebook::new();
    assert_eq!(flow! { fails_twice }.run(notes.clone()).await?, 2);
    assert_eq!(notes.times(), [0, 1000, 2000]);
    Ok(())
}

/// The deadline and a cancel both end the wait at once, and the next one moves up.
#[tokio::test(start_paused = true)]
async fn the_wait_is_cut_by_the_deadline_and_by_a_cancel() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { asks }.with_state(notes.clone());
    for n in 0..3 {
        flow.run(n).await?;
    }
    let cut = flow.run(Message::new(3).deadline_in(secs(5)));
    let dropped = tokio::time::timeout(secs(10), flow.run(4));
    let (cut, dropped, kept) = tokio::join!(cut, dropped, flow.run(5));
    let error = cut.expect_err("its deadline passed");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!((error.attempts(), error.elapsed()), (0, secs(5)));
    assert!(dropped.is_err(), "it still waited");
    assert_eq!(kept?, 5);
    assert_eq!(notes.lines(), ["0", "1", "2", "5"]);
    assert_eq!(
        notes.times().last(),
        Some(&20_000),
        "nobody's turn was lost"
    );
    Ok(())
}

#[node(rate = "2/s", concurrency = 1)]
async fn slow_at_first(n: u64, notes: State<Notebook>) {
    notes.0.write(n);
    tokio::time::sleep(ms(n)).await;
}

/// A rate counts beginnings: those who wait for the permit of a slow attempt do not begin
/// all at once when it comes.
#[tokio::test(start_paused = true)]
async fn the_wait_for_a_permit_saves_up_no_more_than_a_burst() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { slow_at_first }.with_state(notes.clone()).start();
    for n in [10_000, 1, 1, 1, 1, 1] {
        running.emit(n).await?;
    }
    running.stop().await;
    let times = notes.times();
    assert_eq!(times[..2], [0, 10_000]);
    for window in times[1..].windows(4) {
        assert!(window[3] - window[0] >= 500, "{times:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn events_report_how_many_wait_for_the_rate() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { asks }.with_state(Notebook::new()));
    let runs = join_all((0..5).map(|n| flow.run(n))).await;
    assert!(runs.into_iter().all(|run| run.is_ok()));
    flow.flush().await;
    let events = seen.events();
    let starts = events
        .iter()
        .filter(|event| event.event == EventKind::NodeStart);
    let waiting: Vec<_> = starts.map(|event| event.q_depth_in).collect();
    assert_eq!(waiting, [0, 0, 0, 1, 0]);
    Ok(())
}

#[test]
fn the_graph_shows_the_rate() -> Result<(), serde_json::Error> {
    let flow = flow! { asks -> forever }.with_state(Notebook::new());
    let [asks, forever] = flow.graph().nodes else {
        panic!("two nodes")
    };
    let rate = asks.policy.rate.expect("it has one");
    assert_eq!((rate.count, rate.per), (3, secs(60)));
    assert_eq!(forever.policy.rate, None);
    let json: serde_json::Value = serde_json::from_str(&flow.graph().to_json())?;
    let policies = [&json["nodes"][0]["policy"], &json["nodes"][1]["policy"]];
    assert_eq!(
        policies.map(|policy| policy.get("rate").cloned()),
        [
            Some(serde_json::json!({ "count": 3, "per_ms": 60_000.0 })),
            None
        ]
    );
    Ok(())
}

#[node]
async fn forever(_: u32) {}
