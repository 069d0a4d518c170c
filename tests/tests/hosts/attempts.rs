//! A host runs a step one attempt at a time: attempts, waits and tokens go on where they were.

use penguiflow::host::TraceState;
use penguiflow::prelude::*;
use tokio::time::Instant;

use crate::{attempt, begin, ms, payload, reload, run_to_end};

#[node(retries = 2, backoff = "100ms", jitter = false)]
async fn flaky(good_from: u32, ctx: Ctx) -> Result<u32, String> {
    ctx.spend_tokens(10);
    match ctx.attempt() {
        attempt if attempt >= good_from => Ok(attempt),
        attempt => Err(format!("attempt {attempt} failed")),
    }
}

#[node]
async fn last_resort(failed: Failed<u32>) -> u32 {
    failed.error.attempts * 100
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_fails_comes_back_with_its_number_its_wait_and_its_tokens() {
    let flow = flow! { #[flow(durable)] flaky }.durable();
    let mut trace = begin(&flow, "2");
    let before = Instant::now();
    let emits = attempt(&mut trace).await;
    assert_eq!(before, Instant::now(), "no attempt waits in its step");

    let again = emits.again().expect("another attempt may follow");
    assert_eq!((again.attempts, again.until), (1, before + ms(100)));
    assert_eq!(
        again.failure.message,
        "node `flaky` failed: attempt 0 failed"
    );
    assert_eq!((emits.spent().tokens, emits.failure()), (10, None));

    assert_eq!(trace.absorb(emits), []);
    assert_eq!(trace.state(), TraceState::Waiting(Some(before + ms(100))));
    assert_eq!(trace.steps(), []);
    let (step, until) = trace.retried()[0];
    assert_eq!((step.node, step.attempts), ("flaky", 1));
    assert_eq!((until, trace.spent().tokens), (before + ms(100), 10));
}

#[tokio::test(start_paused = true)]
async fn attempts_go_on_in_another_process() {
    let flow = flow! { #[flow(durable)] flaky }.durable();
    let mut trace = begin(&flow, "2");
    let mut waits = Vec::new();
    let output = loop {
        let emits = attempt(&mut trace).await;
        let has_failed = emits.again().is_some();
        trace.absorb(emits);
        trace = reload(&flow, &trace);
        if !has_failed {
            break trace.take_outputs().expect("plain data").remove(0);
        }
        let (step, until) = trace.retried()[0];
        waits.push((step.attempts, until - Instant::now()));
        tokio::time::advance(until - Instant::now()).await;
        trace.expire(Instant::now());
        trace = reload(&flow, &trace);
    };
    assert_eq!(waits, [(1, ms(100)), (2, ms(200))]);
    let output: Message<u32> = serde_json::from_slice(&output).expect("an output");
    assert_eq!((output.payload, output.spent.tokens), (2, 30));
    assert!(trace.finish().is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_ends_the_trace_with_the_number_of_all() {
    let flow = flow! { #[flow(durable)] flaky }.durable();
    let error = run_to_end(&flow, begin(&flow, "9"))
        .await
        .expect_err("it does not fit");
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!((error.node(), error.attempts()), (Some("flaky"), 3));
    assert_eq!(error.spent().tokens, 30);
    assert_eq!(
        error.to_string(),
        "node `flaky` failed after 3 attempts: attempt 2 failed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_fallback_takes_over_after_the_last_attempt_alone() {
    let flow = flow! { #[flow(durable)] flaky else last_resort }.durable();
    let outputs = run_to_end(&flow, begin(&flow, "9")).await;
    assert_eq!(payload::<u32>(&outputs.expect("it is mended")[0]), 300);
    let outputs = run_to_end(&flow, begin(&flow, "1")).await;
    assert_eq!(payload::<u32>(&outputs.expect("it succeeds")[0]), 1);
}

/// It has attempts of its own within each attempt of the step.
#[node(retries = 1, backoff = "1ms")]
async fn twice(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
    ctx.call(&flow! { flaky }, n).await
}

#[tokio::test(start_paused = true)]
async fn a_called_flow_is_one_step_and_runs_again_as_a_whole() {
    let flow = flow! { #[flow(durable)] twice }.durable();
    let mut trace = begin(&flow, "2");
    let before = Instant::now();
    let emits = attempt(&mut trace).await;
    assert_eq!(Instant::now() - before, ms(300), "its attempts wait in it");
    assert!(emits.again().is_none());

    let mut trace = begin(&flow, "9");
    let emits = attempt(&mut trace).await;
    let again = emits.again().expect("another attempt may follow");
    assert_eq!((again.attempts, emits.spent().tokens), (1, 30));
}

#[tokio::test(start_paused = true)]
async fn an_input_that_is_replaced_begins_anew() {
    let flow = flow! { #[flow(durable)] flaky }.durable();
    let mut trace = begin(&flow, "9");
    let emits = attempt(&mut trace).await;
    trace.absorb(emits);
    let step = trace.retried()[0].0.id;
    let input = trace.input_json(step).expect("it is to run");
    assert_eq!(input.expect("plain data"), br#"{"flaky":9}"#);

    let error = trace
        .replace_input(step, br#"{"flaky":"nine"}"#)
        .expect_err("it does not fit");
    assert!(error.to_string().contains("flaky"), "{error}");
    trace
        .replace_input(step, br#"{"flaky":0}"#)
        .expect("it fits");
    trace.expire(Instant::now() + ms(100));
    let emits = attempt(&mut trace).await;
    trace.absorb(emits);
    let outputs = trace.take_outputs().expect("plain data");
    assert_eq!(
        payload::<u32>(&outputs[0]),
        0,
        "its number is that of the first attempt"
    );
}
