//! What steps emit is plain data: several steps of a trace run at once, and are journalled apart.

use penguiflow::host::TraceState;
use penguiflow::prelude::*;

use crate::{attempt, begin, payload, reload};

#[node]
async fn seed(n: u32) -> u32 {
    n
}

#[node]
async fn one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn two(n: u32) -> u32 {
    n * 2
}

#[node]
async fn sum((one, two): (u32, u32)) -> u32 {
    one + two
}

#[node]
async fn never(_: u32) -> u32 {
    std::future::pending().await
}

#[tokio::test]
async fn steps_that_run_at_once_are_journalled_apart_in_any_order() {
    let flow = flow! { #[flow(durable)] seed -> [one, two] -> join -> sum }.durable();
    for order in [[0, 1], [1, 0]] {
        let mut trace = begin(&flow, "20");
        let first = attempt(&mut trace).await;
        trace.absorb(first);
        let row = trace.store().expect("plain data");

        let steps = trace.steps();
        let mut journal = Vec::new();
        for place in order {
            let run = trace.run(steps[place].id).expect("it is to run");
            let emits = run.await;
            journal.push(emits.to_json().expect("plain data"));
        }
        // Another process has the row and the journal.
        let mut trace = flow.load(&row).expect("it fits");
        for entry in &journal {
            let emits = trace.read_emits(entry).expect("it fits");
            assert_eq!(emits.to_json().expect("plain data"), *entry);
            trace.absorb(emits);
        }
        assert_eq!(trace.steps()[0].node, "join");
        let last = attempt(&mut trace).await;
        trace.absorb(last);
        assert_eq!(
            payload::<u32>(&trace.take_outputs().expect("plain data")[0]),
            61
        );
        assert_eq!(trace.state(), TraceState::Over);
    }
}

#[tokio::test]
async fn the_host_learns_which_running_steps_a_race_dropped() {
    let flow = flow! { #[flow(durable)] seed -> [one, never] -> race -> two }.durable();
    let mut trace = begin(&flow, "20");
    let first = attempt(&mut trace).await;
    trace.absorb(first);
    let steps = trace.steps();
    assert_eq!((steps[0].node, steps[1].node), ("one", "never"));
    let (winner, loser) = (trace.run(steps[0].id), trace.run(steps[1].id));
    let emits = winner.expect("it is to run").await;
    assert_eq!(trace.absorb(emits), [steps[1].id]);
    drop(loser);
    trace.stopped(steps[1].id);
    assert_eq!(trace.steps()[0].node, "race");
    let last = attempt(&mut trace).await;
    assert_eq!(trace.absorb(last), []);
    assert_eq!(trace.state(), TraceState::Over);
    assert_eq!(
        payload::<u32>(&trace.take_outputs().expect("plain data")[0]),
        42
    );
}

#[node]
async fn fail(_: u32) -> Result<u32, &'static str> {
    Err("the disk is full")
}

#[tokio::test]
async fn a_failure_that_ends_the_trace_is_plain_data_too() {
    let flow = flow! { #[flow(durable)] seed -> [fail, never] -> join -> sum }.durable();
    let mut trace = begin(&flow, "1");
    let first = attempt(&mut trace).await;
    trace.absorb(first);
    let steps = trace.steps();
    let never = trace.run(steps[1].id);
    let emits = trace.run(steps[0].id).expect("it is to run").await;
    let failure = emits.failure().expect("it ends the trace");
    assert_eq!(failure.node.as_deref(), Some("fail"));

    let entry = emits.to_json().expect("plain data");
    let mut other = reload(&flow, &trace);
    let read = other.read_emits(&entry).expect("it fits");
    other.absorb(read);
    assert_eq!(other.state(), TraceState::Over);
    assert_eq!(trace.absorb(emits), [steps[1].id]);
    drop(never);
    let (one, other) = (
        trace.finish().expect_err("it does not fit"),
        other.finish().expect_err("it fails"),
    );
    assert_eq!(one.to_string(), "node `fail` failed: the disk is full");
    assert_eq!(one.to_string(), other.to_string());
}

#[tokio::test]
async fn an_entry_that_does_not_fit_is_an_error_that_names_the_place() {
    let flow = flow! { #[flow(durable)] seed -> [one, two] -> join -> sum }.durable();
    let mut trace = begin(&flow, "20");
    let emits = attempt(&mut trace).await;
    let entry = String::from_utf8(emits.to_json().expect("plain data")).expect("text");

    let other = entry.replace(r#"{"one":20}"#, r#"{"one":"twenty"}"#);
    let error = trace
        .read_emits(other.as_bytes())
        .expect_err("it does not fit");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(
        format!("{error:#}")
            .starts_with("what a step emitted does not fit the flow at `end.emitted[0]"),
        "{error:#}"
    );
    let other = entry.replace(r#""join":0"#, r#""join":7"#);
    assert_ne!(other, entry);
    let error = trace
        .read_emits(other.as_bytes())
        .expect_err("it does not fit");
    assert!(
        format!("{error:#}").contains("there is no join 7"),
        "{error:#}"
    );

    let changed = flow! { #[flow(durable)] seed -> [one, never] -> join -> sum }.durable();
    let error = begin(&changed, "1")
        .read_emits(entry.as_bytes())
        .expect_err("it does not fit");
    assert!(format!("{error:#}").contains("two"), "{error:#}");
}

#[node]
async fn inner(n: u32) -> Result<u32, std::io::Error> {
    Err(std::io::Error::other(format!("no {n}")))
}

#[node]
async fn outer(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.spend_tokens(3);
    ctx.call(&flow! { inner }, n).await
}

#[tokio::test]
async fn an_error_that_is_read_back_says_the_same() {
    let flow = flow! { outer };
    let error = flow
        .run(Message::new(7).tenant("acme"))
        .await
        .expect_err("it does not fit");
    let json = serde_json::to_string(&error).expect("plain data");
    let read: FlowError = serde_json::from_str(&json).expect("what was written");
    assert_eq!(serde_json::to_string(&read).expect("plain data"), json);
    let facts = |error: &FlowError| {
        let (kind, node, path) = (error.kind(), error.node().map(str::to_owned), error.path());
        let (spent, elapsed) = (error.spent(), error.elapsed());
        let tenant = error.headers().tenant.clone();
        (
            kind,
            node,
            path,
            error.attempts(),
            spent,
            elapsed,
            tenant,
            error.trace_id(),
        )
    };
    assert_eq!(facts(&read), facts(&error));
    assert_eq!(format!("{read:#}"), format!("{error:#}"));
    assert_eq!(read.path().as_deref(), Some("outer/inner"));
}

/// A later version of the flow cannot go on with it, and says so as it does of a stored trace.
#[tokio::test]
async fn what_was_emitted_to_a_node_that_is_gone_is_refused_in_the_words_of_a_stored_trace() {
    let flow = flow! { #[flow(durable)] seed -> one }.durable();
    let mut trace = begin(&flow, "20");
    let emits = attempt(&mut trace).await;
    let entry = emits.to_json().expect("plain data");
    trace.absorb(emits);
    let stored = trace.store().expect("plain data");

    let later = flow! { #[flow(durable)] seed -> two }.durable();
    let refused = later.load(&stored).expect_err("`one` is gone").to_string();
    let words = "the flow has changed since this frontier was stored: there is no node `one`";
    assert!(refused.contains(words), "{refused}");
    let refused = begin(&later, "20").read_emits(&entry);
    let refused = refused.expect_err("`one` is gone").to_string();
    assert!(refused.contains(words), "{refused}");
}
