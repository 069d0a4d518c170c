//! The path that a trace took, by the steps of its visits.

use std::time::Duration;

use expect_test::expect;
use penguiflow::Recording;
use penguiflow::prelude::*;
use penguiflow::testing::TraceRecord;

#[node]
async fn one(n: u64) -> u64 {
    n
}

#[node]
async fn two(n: u64) -> u64 {
    n
}

#[node]
async fn three(n: u64) -> u64 {
    n
}

#[node]
async fn four(n: u64) -> u64 {
    n
}

#[node]
async fn sum(pair: (u64, u64)) -> u64 {
    pair.0 + pair.1
}

#[node]
async fn add(pair: (u64, u64)) -> u64 {
    pair.0 + pair.1
}

#[node]
async fn up_to(n: u64) -> Vec<u64> {
    (1..=n).collect()
}

#[node]
async fn total(all: Vec<u64>) -> u64 {
    all.iter().sum()
}

#[node(retries = 1, backoff = "1ms")]
async fn odd(n: u64) -> Result<u64, String> {
    if n % 2 == 1 {
        Ok(n)
    } else {
        Err(format!("{n} is even"))
    }
}

#[node]
async fn count_down(n: u64) -> ControlFlow<u64, u64> {
    if n == 0 {
        ControlFlow::Break(n)
    } else {
        ControlFlow::Continue(n - 1)
    }
}

flow! {
    struct Inner(u64) -> u64;

    one -> [two, three] -> join -> sum;
}

flow! {
    struct Outer(u64) -> u64;

    four -> Inner -> one;
}

/// Runs a flow with a recording, and gives back the record of its trace.
macro_rules! record {
    ($flow:expr, $input:expr) => {{
        let recording = Recording::new();
        let flow = $flow.observe(recording.clone());
        let _ = flow.run_all($input).await;
        flow.flush().await;
        TraceRecord::last(&recording)
    }};
}

#[tokio::test]
async fn a_chain_and_a_loop() {
    record!(flow! { one -> two -> three }, 1).assert_path("one -> two -> three");
    let flow = flow! { count_down -> one -> count_down };
    record!(flow, 2).assert_path("count_down -> one -> count_down -> one -> count_down");
}

#[tokio::test]
async fn branches_stand_in_the_order_of_the_flow() {
    let flow = || flow! { one -> [two, three] -> join -> sum -> four };
    record!(flow(), 1).assert_path("one -> [two, three] -> sum -> four");
    let slow = flow().stub::<two>(|n: u64| async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        n
    });
    record!(slow, 1).assert_path("one -> [two, three] -> sum -> four");
    record!(flow! { [one -> two, three] -> join -> sum }, 1)
        .assert_path("[one -> two, three] -> sum");
}

#[tokio::test]
async fn joins_in_joins() {
    let flow = flow! { one -> [[two, three] -> join -> sum, four] -> join -> add };
    record!(flow, 1).assert_path("one -> [two, three, four] -> sum -> add");
}

#[tokio::test]
async fn items_of_a_map() {
    let flow = || flow! { up_to -> [one -> two; 2] -> join -> total };
    record!(flow(), 3).assert_path("up_to -> [(one -> two) * 3] -> total");
    record!(flow(), 0).assert_path("up_to -> total");
    let forks = flow! { up_to -> [one -> [two, three] -> join -> sum; 2] -> join -> total };
    record!(forks, 2).assert_path("up_to -> [(one -> [two, three] -> sum) * 2] -> total");
}

#[tokio::test]
async fn arms_and_fallbacks() {
    let flow = || flow! { one -> match { 0 => two, 1 => [three, odd else four], _ => four } };
    record!(flow(), 0).assert_path("one -> two");
    record!(flow(), 1).assert_path("one -> [three, odd]");
    record!(flow(), 2).assert_path("one -> four");
    let fallback = || flow! { one -> odd else two };
    record!(fallback(), 1).assert_path("one -> odd");
    let record = record!(fallback(), 2);
    record.assert_path("one -> odd else two");
    assert_eq!(
        record.attempts("odd"),
        ["failed: 2 is even", "failed: 2 is even"]
    );
}

#[tokio::test]
async fn playbooks_stand_in_parentheses() {
    record!(Outer::flow(), 1).assert_path("four -> Inner(one -> [two, three] -> sum) -> one");
}

#[node]
async fn decide((n, yes): (u64, bool)) -> u64 {
    if yes { n } else { 0 }
}

#[tokio::test(start_paused = true)]
async fn an_await() {
    let flow = || flow! { one -> await bool within "1h" -> decide };
    record!(flow(), 1).assert_path("one -> await bool");
    let recording = Recording::new();
    let flow = flow().observe(recording.clone());
    let (running, mut parkings) = (flow.clone().start(), flow.parkings());
    let id = running.emit(1).await.expect("it runs");
    parkings.next().await.expect("it parks");
    flow.resume(id, true).await.expect("it waits");
    running.stop().await;
    let record = TraceRecord::last(&recording);
    record.assert_path("one -> await bool -> decide");
    assert_eq!(record.attempts("await bool"), ["parked", "resumed"]);
}

#[tokio::test]
async fn a_text_of_all_that_a_trace_did() {
    let record = record!(flow! { one -> [odd else three, Inner] -> join -> sum }, 2);
    expect![[r#"
        flow: completed
          one: succeeded
            odd: failed: 2 is even; failed: 2 is even
            three: succeeded
            Inner: succeeded
              one: succeeded
                two: succeeded
                three: succeeded
              sum: succeeded
          sum: succeeded
    "#]]
    .assert_eq(&record.to_string());
}

#[tokio::test]
#[should_panic = "expected: one -> three\n    path: one -> two\nflow "]
async fn another_path_is_shown_with_the_time_line() {
    record!(flow! { one -> two }, 1).assert_path("one -> three");
}

#[test]
fn a_trace_that_is_not_recorded_has_no_path() {
    let record = TraceRecord::of(&Recording::new(), TraceId::random());
    assert_eq!(
        (record.path(), record.attempts("one").len()),
        (String::new(), 0)
    );
}

#[test]
#[should_panic = "the recording is empty. An observer is behind its flow: await `flow.flush()` first"]
fn a_recording_without_a_trace_has_no_last_one() {
    TraceRecord::last(&Recording::new());
}
