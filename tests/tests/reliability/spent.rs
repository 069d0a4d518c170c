//! What a trace has spent: tokens and time on its results and its errors, in both back ends.

use std::time::Duration;

use penguiflow::host::Frontier;
use penguiflow::prelude::*;

use penguiflow_tests::by_json::run_stored;
use penguiflow_tests::support::{ms, secs};

/// Takes 10 ms and 1 token for each, and twice the tokens for a first attempt that fails.
#[node(retries = 1, backoff = "20ms", jitter = false)]
async fn work(n: u64, ctx: Ctx) -> Result<u64, &'static str> {
    ctx.spend_tokens(n);
    tokio::time::sleep(ms(10)).await;
    match n.is_multiple_of(2) || ctx.attempt() > 0 {
        true => Ok(n),
        false => Err("odd"),
    }
}

use work as again;

flow! {
    #[flow(durable)]
    struct Work(u64) -> u64;

    work;
}

#[node]
async fn call(n: u64, ctx: Ctx) -> Result<u64, FlowError> {
    ctx.spend_tokens(100);
    ctx.call(&Work::flow(), n).await?;
    ctx.call(&Work::flow(), n).await
}

#[node]
async fn items(n: u64) -> Vec<u64> {
    vec![n; 3]
}

#[node]
async fn sum(items: Vec<u64>) -> u64 {
    items.iter().sum::<u64>() / 3
}

#[node]
async fn fail(n: u64) -> Result<u64, &'static str> {
    Err(["even", "odd"][(n % 2) as usize])
}

#[node]
async fn first((n, _): (u64, u64)) -> u64 {
    n
}

/// What a result or an error reports.
fn report<T>(ended: &Result<Message<T>, FlowError>) -> (u64, Duration) {
    match ended {
        Ok(message) => (message.spent.tokens, message.elapsed),
        Err(error) => (error.spent().tokens, error.elapsed()),
    }
}

/// By a host that keeps nothing but the text of the frontier.
async fn stored<F, S>(flow: &Flow<F, S>, input: F::In) -> Result<Message<F::Out>, FlowError>
where
    F: penguiflow::host::Advance<S>,
    F::Step: Clone + serde::Serialize + serde::de::DeserializeOwned,
    F::Out: serde::Serialize + serde::de::DeserializeOwned,
    S: Send + Sync,
{
    let frontier: Frontier<F::Step, F::Out> = flow.begin(input);
    let frontier = run_stored(flow, frontier).await?;
    // Time passes between the last step and the end, which is not the trace's.
    tokio::time::sleep(secs(1)).await;
    let outputs = frontier.finish()?;
    Ok(outputs.into_iter().next().expect("one output"))
}

/// In memory in every way there is, and by a host, the report is the same.
macro_rules! reports {
    ($flow:expr, $input:expr) => {{
        let flow = $flow.filtered();
        let expected = report(&flow.run_message($input).await);
        assert_eq!(report(&stored(&flow, $input).await), expected, "a host");
        let running = flow.start();
        assert_eq!(
            report(&running.call_message($input).await),
            expected,
            "a call"
        );
        running.emit($input).await.expect("there is capacity");
        let fetched = running.fetch().await.expect("one result");
        assert_eq!(report(&fetched), expected, "a fetch");
        let mut items = flow.clone().trace_owned($input);
        while let Some(item) = items.next().await {
            let message = match item {
                Ok(TraceItem::Output(message)) => Ok(message),
                Ok(_) => continue,
                Err(error) => Err(error),
            };
            assert_eq!(report(&message), expected, "a stream");
        }
        let erased = flow
            .erase()
            .run_message(Message::new($input.to_string()))
            .await;
        assert_eq!(report(&erased), expected, "without types");
        expected
    }};
}

#[tokio::test(start_paused = true)]
async fn a_line_counts_its_failed_attempts() {
    let work = reports!(flow! { #[flow(durable)] work -> fail else again }, 7u64);
    assert_eq!(work, (28, ms(80)));
}

#[tokio::test(start_paused = true)]
async fn an_error_reports_the_whole_trace() {
    let failed = reports!(flow! { #[flow(durable)] work -> fail }, 7u64);
    assert_eq!(failed, (14, ms(40)));
}

#[tokio::test(start_paused = true)]
async fn playbooks_and_calls_count() {
    let played = reports!(flow! { #[flow(durable)] work -> Work -> again }, 2u64);
    assert_eq!(played, (6, ms(30)));
    let called = reports!(flow! { #[flow(durable)] work -> call }, 2u64);
    assert_eq!(called, (106, ms(30)));
}

#[tokio::test(start_paused = true)]
async fn maps_count_all_items() {
    let flow = flow! { #[flow(durable)] items -> [work; 3] -> join -> sum };
    let running = flow.start();
    running.emit(2).await.expect("there is capacity");
    let fetched = running.fetch().await.expect("one result");
    assert_eq!(report(&fetched), (6, ms(10)));
    assert_eq!(report(&stored(&flow, 2).await).0, 6);
}

#[node]
async fn slow(n: u64, ctx: Ctx) -> u64 {
    ctx.spend_tokens(1000);
    tokio::time::sleep(secs(1)).await;
    n
}

/// What a branch spent that lost is spent.
#[tokio::test(start_paused = true)]
async fn branches_that_lost_count() {
    let flow = flow! { work -> [again, slow] -> race };
    let won = report(&flow.run_message(2).await);
    assert_eq!(won, (1004, ms(20)));
    let failed = flow! { work -> [fail, slow] -> join -> first };
    assert_eq!(report(&failed.run_message(2).await), (2, ms(10)));
}

#[node]
async fn spend(n: u64, ctx: Ctx) -> u64 {
    ctx.spend_tokens(n);
    n
}

#[node]
async fn none(_: u64) -> Option<u64> {
    None
}

#[tokio::test(start_paused = true)]
async fn a_filtered_trace_has_spent() {
    let filtered = reports!(flow! { #[flow(durable)] work -> none }, 2u64);
    assert_eq!(filtered, (2, ms(10)));
}

/// All outputs of a trace report the whole of it, except in a stream, where the rest is not over.
#[tokio::test(start_paused = true)]
async fn each_of_several_outputs_reports_the_trace() {
    let flow = flow! { #[flow(durable)] spend -> [work, again -> slow] };
    let running = flow.start();
    running.emit(2).await.expect("there is capacity");
    for _ in 0..2 {
        let fetched = running.fetch().await.expect("a result");
        assert_eq!(report(&fetched), (1006, ms(1010)));
    }
    let mut streamed = Vec::new();
    let mut items = flow.trace(2);
    while let Some(item) = items.next().await {
        if let Ok(TraceItem::Output(message)) = item {
            streamed.push(report(&Ok(message)));
        }
    }
    // The other branch's attempt counts once it is over.
    assert_eq!(streamed, [(4, ms(10)), (1006, ms(1010))]);
    let frontier = run_stored(&flow, flow.begin(2)).await.expect("it succeeds");
    assert_eq!(frontier.spent().tokens, 1006);
    let outputs = frontier.finish().expect("two outputs");
    let tokens: Vec<_> = outputs.iter().map(|output| output.spent.tokens).collect();
    assert_eq!(tokens, [1006, 1006]);
}

/// A result that is the input of another trace begins anew.
#[tokio::test(start_paused = true)]
async fn a_trace_counts_from_its_own_begin() -> Result<(), FlowError> {
    let once = Work::flow().run_message(2).await?;
    let again = flow! { spend }.run_message(once.map(|n| n + 1)).await?;
    assert_eq!(again.spent.tokens, 3);
    Ok(())
}

/// Unless somebody asks, the clock is not read for a trace that never waits.
#[tokio::test]
async fn a_trace_that_never_waits_is_timed_on_demand() -> Result<(), FlowError> {
    let plain = flow! { sum };
    for (flow, is_timed) in [(plain.clone(), false), (plain.timed(), true)] {
        let running = flow.start();
        running.emit(vec![3]).await?;
        let result = running.fetch().await.expect("a result")?;
        assert_eq!(!result.elapsed.is_zero(), is_timed);
        assert!(!running.call_message(vec![3]).await?.elapsed.is_zero());
    }
    Ok(())
}

/// The call's own trace is over before its error is made.
#[tokio::test(start_paused = true)]
async fn a_cancelled_call_reports_what_it_had_spent() -> Result<(), FlowError> {
    let running = flow! { spend -> slow }.start();
    let message = Message::new(5);
    let id = message.trace_id;
    let called = tokio::spawn(running.call(message));
    tokio::time::sleep(ms(10)).await;
    assert!(running.cancel(id));
    let error = called.await.expect("no panic").expect_err("cancelled");
    assert_eq!(
        (error.kind(), error.spent().tokens),
        (ErrorKind::Cancelled, 1005)
    );
    Ok(())
}

#[node]
async fn spent_so_far(n: u64, ctx: Ctx) -> u64 {
    ctx.spend_tokens(n);
    ctx.spent().tokens
}

flow! {
    struct Inner(u64) -> u64;

    spent_so_far;
}

#[node]
async fn call_inner(n: u64, ctx: Ctx) -> Result<Vec<u64>, FlowError> {
    ctx.spend_tokens(100);
    let one = ctx.call(&Inner::flow(), n).await?;
    let other = ctx.call(&Inner::flow(), n).await?;
    Ok(vec![one, other, ctx.spent().tokens])
}

/// Also what the calling visit has spent, and its earlier calls.
#[tokio::test]
async fn a_node_knows_what_its_trace_has_spent() -> Result<(), FlowError> {
    assert_eq!(flow! { spend -> spent_so_far }.run(3).await?, 6);
    assert_eq!(flow! { spend -> Inner }.run(3).await?, 6);
    let spent = flow! { spend -> call_inner }.run(3).await?;
    assert_eq!(spent, [106, 109, 109]);
    let over = flow! { spend -> call_inner }.tokens(105).run(3).await;
    let error = over.expect_err("the second call has no tokens left");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    Ok(())
}
