//! Recordings: time lines of traces, as text and as pictures, and what each node did. Time is
//! paused, so that the charts are always the same; they stand in `pictures/`.

use std::time::Duration;

use expect_test::{Expect, ExpectFile, expect, expect_file};
use penguiflow::prelude::*;
use penguiflow::{Event, Observer, Outcome, Recording, TimeLine, TraceOutcome};

async fn ms(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

#[node]
async fn triage(question: String) -> String {
    ms(20).await;
    question
}

/// Too slow, then broken, then well.
#[node(
    timeout = "300ms",
    retries = 3,
    backoff = "100ms..100ms",
    jitter = false
)]
async fn search(question: String, ctx: Ctx) -> Result<String, String> {
    match ctx.attempt() {
        0 => ms(1000).await,
        1 => {
            ms(50).await;
            return Err("connection reset".to_owned());
        }
        _ => ms(200).await,
    }
    Ok(question)
}

#[node]
async fn pack(found: String) -> String {
    ms(40).await;
    found
}

#[node]
async fn split(text: String) -> Vec<u64> {
    text.bytes().map(u64::from).collect()
}

#[node(concurrency = 4)]
async fn hash(n: u64) -> u64 {
    ms(n).await;
    n
}

#[node]
async fn sum(all: Vec<u64>) -> String {
    all.iter().sum::<u64>().to_string()
}

#[node]
async fn publish((text, yes): (String, bool)) -> String {
    ms(30).await;
    format!("{text}: {yes}")
}

#[node]
async fn quick(question: String) -> String {
    ms(80).await;
    question
}

#[node]
async fn slow(question: String) -> String {
    ms(500).await;
    question
}

#[node]
async fn broken(question: String) -> Result<String, String> {
    ms(60).await;
    Err(format!("nobody knows {question}"))
}

flow! { struct Retried(String) -> String; triage -> search -> pack; }
flow! { struct Items(String) -> String; split -> [hash; 4] -> join -> sum; }
flow! { struct Approved(String) -> String; triage -> await bool -> publish; }
flow! { struct Race(String) -> String; [quick, slow] -> race; }
flow! { struct Failing(String) -> String; triage -> Race -> broken; }

/// Runs a flow on a text, and gives its time line.
async fn time_line(flow: impl AnyFlow<In = String>, text: &str) -> TimeLine {
    let recording = Recording::new();
    let flow = flow.as_flow().clone().observe(recording.clone());
    let _ = flow.run(message(text)).await;
    flow.flush().await;
    recording.time_line(id()).expect("the trace is kept")
}

fn message(text: &str) -> Message<String> {
    Message::new(text.to_owned()).trace_id(id())
}

fn id() -> TraceId {
    let id = "4bf92f3577b34da6a3ce929d0e0e4736".parse();
    id.expect("it is the example of the W3C")
}

/// Compares the text with one that stands here, and the picture with its file.
fn check(time_line: &TimeLine, text: &Expect, picture: &ExpectFile) {
    text.assert_eq(&time_line.text(72).to_string());
    picture.assert_eq(&time_line.to_svg());
}

#[tokio::test(start_paused = true)]
async fn attempts_and_their_waits() {
    let time_line = time_line(Retried::flow(), "why?").await;
    let text = expect![[r#"
        Retried 4bf92f3577b34da6a3ce929d0e0e4736: completed after 810 ms
        triage    20.0 ms  ██
        search     750 ms   ███████████████████×······███×······██████████████
        pack      40.0 ms                                                    ███
        search, attempt 0: took longer than 300ms
        search, attempt 1: connection reset
    "#]];
    check(
        &time_line,
        &text,
        &expect_file!["pictures/time-retried.svg"],
    );
    let search = &time_line.visits[1];
    let outcomes: Vec<_> = search
        .attempts
        .iter()
        .map(|attempt| &attempt.outcome)
        .collect();
    assert!(matches!(
        outcomes[..],
        [Outcome::TimedOut(_), Outcome::Failed(_), Outcome::Succeeded]
    ));
    assert_eq!(search.attempts[0].took, Duration::from_millis(300));
    assert_eq!(search.waits.len(), 2);
    assert_eq!(time_line.outcome, Some(TraceOutcome::Completed));
}

/// More than five visits of a node share a row.
#[tokio::test(start_paused = true)]
async fn items_of_a_map() {
    let time_line = time_line(Items::flow(), "many items").await;
    let text = expect![[r#"
        Items 4bf92f3577b34da6a3ce929d0e0e4736: completed after 329 ms
        split           0.00 µs  █
        hash             109 ms  ████████████████
        hash            97.0 ms  ██████████████
        hash             110 ms  ████████████████
        hash             121 ms  ██████████████████
        hash            32.0 ms               ██████
        hash, 5 more     220 ms                 ████████████████████████████████
        sum             0.00 µs                                                █
    "#]];
    check(&time_line, &text, &expect_file!["pictures/time-items.svg"]);
    assert_eq!(time_line.visits.len(), 12);
}

#[tokio::test(start_paused = true)]
async fn an_await() {
    let recording = Recording::new();
    let flow = Approved::flow().observe(recording.clone());
    let waiting = flow.clone();
    let trace = tokio::spawn(async move { waiting.run(message("a draft")).await });
    ms(25).await;
    flow.flush().await;
    let parked = recording.time_line(id()).expect("the trace is kept");
    assert!(parked.outcome.is_none() && parked.visits[1].waits[0].is_parked);
    ms(175).await;
    flow.resume(id(), true).await.expect("it waits");
    let _ = trace.await.expect("the task ends");
    flow.flush().await;
    let time_line = recording.time_line(id()).expect("the trace is kept");
    let text = expect![[r#"
        Approved 4bf92f3577b34da6a3ce929d0e0e4736: completed after 230 ms
        triage        20.0 ms  █████
        await bool     180 ms      ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
        publish       30.0 ms                                            ███████
    "#]];
    check(&time_line, &text, &expect_file!["pictures/time-await.svg"]);
    assert_eq!(
        time_line.visits[1].waits[0].took,
        Duration::from_millis(180)
    );
}

/// The loser of a race is cancelled, in a playbook, and the trace fails in the end.
#[tokio::test(start_paused = true)]
async fn a_playbook_with_a_race() {
    let time_line = time_line(Failing::flow(), "why?").await;
    let text = expect![[r#"
        Failing 4bf92f3577b34da6a3ce929d0e0e4736: failed after 160 ms
        triage        20.0 ms  ███████
        Race          80.0 ms        █████████████████████████
        Race/quick    80.0 ms        █████████████████████████
        Race/slow     80.0 ms        █████████████████████████
        broken        60.0 ms                                ██████████████████×
        broken, attempt 0: nobody knows why?
        the trace: node `broken` failed: nobody knows why?
    "#]];
    check(&time_line, &text, &expect_file!["pictures/time-race.svg"]);
    let outcomes = time_line
        .visits
        .iter()
        .map(|visit| (visit.name(), visit.attempts.last()));
    let cancelled: Vec<_> = outcomes
        .filter(|(_, last)| last.is_some_and(|last| last.outcome == Outcome::Cancelled))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(cancelled, ["Race/slow"]);
}

/// Fails with an error that has a cause.
#[node]
async fn unreachable(question: String) -> anyhow::Result<String> {
    let cause = anyhow::anyhow!("connection reset");
    Err(cause.context(format!("no pages on {question}")))
}

/// The error that `Failing` ends in.
async fn failure(flow: &Flow<Failing>) -> FlowError {
    let failed = flow.run(message("why?")).await;
    flow.flush().await;
    failed.expect_err("it fails")
}

#[tokio::test(start_paused = true)]
async fn a_report_of_an_error_has_its_time_line() {
    let recording = Recording::new();
    let flow = flow! { triage -> unreachable }.observe(recording.clone());
    let error = flow.run(message("why?")).await.expect_err("it fails");
    flow.flush().await;
    expect![[r#"
        node `unreachable` failed: no pages on why?: connection reset
        flow 4bf92f3577b34da6a3ce929d0e0e4736: failed after 20.0 ms
        triage         20.0 ms  ████████████████████████████████████████████████████████████████████████████
        unreachable    0.00 µs                                                                             ×
        unreachable, attempt 0: no pages on why?: connection reset
    "#]].assert_eq(&recording.report(&error).to_string());
}

#[tokio::test(start_paused = true)]
async fn a_report_of_an_error_says_what_is_not_recorded() {
    let recording = Recording::new();
    let error = failure(&Failing::flow()).await;
    expect![[r#"
        node `broken` failed: nobody knows why?
        no time line: the recording is empty, so it does not have the trace 4bf92f3577b34da6a3ce929d0e0e4736. An observer is behind its flow: await `flow.flush()` first
    "#]].assert_eq(&recording.report(&error).to_string());

    let other = Retried::flow().observe(recording.clone());
    other.run("why?".to_owned()).await.expect("it succeeds");
    other.flush().await;
    expect![[r#"
        node `broken` failed: nobody knows why?
        no time line: the trace 4bf92f3577b34da6a3ce929d0e0e4736 is not among the 1 that the recording has. An observer is behind its flow: await `flow.flush()` first. The oldest traces are forgotten: `Recording::of_last` sets how many events are kept
    "#]].assert_eq(&recording.report(&error).to_string());
}

/// As it is while the observer is behind.
#[tokio::test(start_paused = true)]
async fn a_report_of_an_error_whose_trace_is_not_over_says_so() {
    let recording = Recording::new();
    let mut behind = recording.clone();
    let flow = Failing::flow().observe(move |event: &Event| match event.outcome {
        Some(_) => {}
        None => behind.on_event(event),
    });
    let error = failure(&flow).await;
    let report = recording.report(&error).to_string();
    let last = report.lines().last();
    assert_eq!(
        last,
        Some("the end of the trace is not recorded yet: await `flow.flush()` first")
    );
}

#[tokio::test(start_paused = true)]
async fn what_each_node_did() {
    let recording = Recording::new();
    let flow = Retried::flow().observe(recording.clone());
    for question in ["one", "two"] {
        flow.run(question.to_owned()).await.expect("it succeeds");
    }
    flow.flush().await;
    let figures = recording.figures();
    let search = figures.node("search").expect("it was visited");
    assert_eq!((search.visits, search.attempts, search.failed), (2, 6, 0));
    assert_eq!(search.median, Some(Duration::from_millis(200)));
    let svg = Retried::flow().graph().svg().figures(&figures).to_string();
    assert!(svg.contains(">2 × · 200 ms<") && svg.contains(">4 retried<"));
    expect_file!["pictures/figures.svg"].assert_eq(&svg);
}

/// The oldest trace is forgotten when there are more events than are kept.
#[tokio::test]
async fn the_last_traces_are_kept() {
    let recording = Recording::of_last(8);
    let flow = flow! { split -> sum_of }.observe(recording.clone());
    for _ in 0..3 {
        flow.run(String::new()).await.expect("it succeeds");
    }
    flow.flush().await;
    let kept = recording.trace_ids();
    assert_eq!(kept.len(), 1);
    assert_eq!(recording.events(kept[0]).len(), 6);
    assert_eq!(recording.lost(), 0);
    recording.clear();
    assert!(recording.trace_ids().is_empty());
    let missing = recording.time_line(kept[0]).expect_err("it is forgotten");
    assert_eq!((missing.trace_id, missing.traces), (kept[0], 0));
}

/// Of a trace that alone has more events, the further ones are lost.
#[tokio::test]
async fn a_long_trace_keeps_its_first_events() {
    let recording = Recording::of_last(4);
    let flow = flow! { split -> sum_of }.observe(recording.clone());
    flow.run(message("")).await.expect("it succeeds");
    flow.flush().await;
    assert_eq!(recording.events(id()).len(), 4);
    assert_eq!(recording.lost(), 2);
}

use sum as sum_of;
