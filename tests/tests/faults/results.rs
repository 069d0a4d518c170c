//! Faults of the original in what comes back: lost answers, wrong answers, lost envelopes.

use std::sync::Arc;

use futures_util::StreamExt;
use penguiflow::prelude::*;
use tokio::time::timeout;

use penguiflow_tests::support::{drain, ms, secs, tasks};

#[node]
async fn parse(text: String) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

/// The caller of a message that failed waited forever.
#[tokio::test(start_paused = true)]
async fn b04_a_failed_message_is_answered() -> Result<(), FlowError> {
    let flow = flow! { parse };
    let error = flow.run("krill".to_owned()).await.expect_err("no number");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Failed, Some("parse"))
    );
    let running = flow.start();
    let trace_id = running.emit("krill".to_owned()).await?;
    let answer = timeout(secs(1), running.fetch())
        .await
        .expect("an answer comes");
    let error = answer.expect("an answer").expect_err("no number");
    assert_eq!(
        (error.kind(), error.trace_id()),
        (ErrorKind::Failed, trace_id)
    );
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
struct TriageIn(&'static str);

#[derive(Debug, Clone)]
struct Triaged {
    topic: &'static str,
    question: &'static str,
}

#[node]
async fn triage(input: TriageIn) -> Triaged {
    Triaged {
        topic: "metrics",
        question: input.0,
    }
}

#[node]
async fn retrieve(triaged: Triaged) -> (Triaged, usize) {
    (triaged, 2)
}

#[node]
async fn pack((triaged, docs): (Triaged, usize)) -> String {
    format!("[{}] {} {docs} docs", triaged.topic, triaged.question)
}

/// The original's README and its quickstart: a message into a node that takes a payload. It
/// never answered; this is what its text promised.
#[tokio::test]
async fn b13_a_message_may_go_into_a_node_that_takes_its_payload() -> Result<(), FlowError> {
    let running = flow! { triage -> retrieve -> pack }.start();
    running
        .emit(Message::new(TriageIn("summarize")).tenant("acme"))
        .await?;
    let output = running.fetch().await.expect("an answer")?;
    assert_eq!(output.payload, "[metrics] summarize 2 docs");
    assert_eq!(output.headers.tenant, "acme");
    Ok(())
}

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[node]
async fn half(n: u64) -> u64 {
    n / 2
}

/// A slow caller got the fast one's answer, and the other way round.
#[tokio::test(start_paused = true)]
async fn b21_each_caller_gets_its_own_answer() -> Result<(), FlowError> {
    let flow = flow! { wait -> half };
    let delays: Vec<u64> = (0..50).map(|n| n * 37 % 50 * 2).collect();
    let runs = delays.iter().map(|delay| flow.run(*delay));
    let answers = futures_util::future::join_all(runs).await;
    let answers: Result<Vec<_>, _> = answers.into_iter().collect();
    assert_eq!(
        answers?,
        delays.iter().map(|delay| delay / 2).collect::<Vec<_>>()
    );

    let running = flow.start();
    let mut sent = Vec::new();
    for delay in [30, 10, 20] {
        sent.push((running.emit(delay).await?, delay / 2));
    }
    for _ in 0..3 {
        let answer = running.fetch().await.expect("an answer")?;
        assert!(sent.contains(&(answer.trace_id, answer.payload)));
    }
    Ok(())
}

#[node]
async fn plain(n: u64) -> u64 {
    n + 1
}

#[node]
async fn optional(n: u64) -> Result<Option<u64>, String> {
    Ok(Some(n + 1))
}

#[node]
async fn forked(n: u64) -> ControlFlow<u64, u64> {
    ControlFlow::Break(n + 1)
}

/// A node that returned a plain value lost its message's envelope.
#[tokio::test(start_paused = true)]
async fn b37_plain_values_keep_the_envelope() -> Result<(), FlowError> {
    let running = flow! { plain -> optional -> forked }.start();
    let sent = Message::new(1)
        .tenant("acme")
        .topic("billing")
        .priority(2)
        .meta("a", "b")
        .deadline_in(secs(9));
    running.emit(sent.clone()).await?;
    let output = running.fetch().await.expect("an answer")?;
    assert_eq!(output, sent.with(4));
    Ok(())
}

/// 64 unclaimed results blocked everybody's fetch.
#[tokio::test(start_paused = true)]
async fn c03_unclaimed_results_block_nobody_else() -> Result<(), FlowError> {
    let flow = flow! { wait }.capacity(4).backlog(2);
    let neglected = flow.start();
    while timeout(ms(50), neglected.emit(1)).await.is_ok() {}
    assert!(
        neglected.try_emit(1).is_err(),
        "it is full of unclaimed results"
    );
    assert_eq!(flow.run(7).await?, 7);
    let running = flow.start();
    running.emit(9).await?;
    let answer = timeout(ms(50), running.fetch())
        .await
        .expect("it is not blocked");
    assert_eq!(answer.expect("an answer")?.payload, 9);
    Ok(())
}

#[node]
async fn tens(n: u64) -> u64 {
    tokio::time::sleep(ms(10)).await;
    10 * n
}

#[node]
async fn hundreds(n: u64) -> u64 {
    tokio::time::sleep(ms(20)).await;
    100 * n
}

async fn payloads(
    trace: impl futures_util::Stream<Item = Result<TraceItem<u64>, FlowError>>,
) -> Vec<u64> {
    let items: Vec<_> = trace.collect().await;
    let payload = |item: Result<TraceItem<u64>, FlowError>| match item {
        Ok(TraceItem::Output(message)) => message.payload,
        other => panic!("{other:?}"),
    };
    items.into_iter().map(payload).collect()
}

/// Two streams on one flow got each other's items.
#[tokio::test(start_paused = true)]
async fn c04_streams_of_one_flow_do_not_mix() {
    let flow = flow! { half; tens; hundreds };
    let (two, four) = tokio::join!(payloads(flow.trace(2)), payloads(flow.trace(4)));
    assert_eq!((two, four), (vec![1, 20, 200], vec![2, 40, 400]));
}

#[node]
async fn never(token: Arc<()>) {
    std::future::pending::<()>().await;
    drop(token);
}

#[node]
async fn at_once(_: Arc<()>) {}

/// Streams that were not read to their end left their counters behind.
#[tokio::test(start_paused = true)]
async fn c06_unfinished_streams_leave_nothing_behind() {
    let token = Arc::new(());
    let flow = flow! { never; at_once };
    for _ in 0..300 {
        let mut trace = flow.trace(Arc::clone(&token));
        assert!(trace.next().await.is_some_and(|item| item.is_ok()));
    }
    assert_eq!(Arc::strong_count(&token), 1);
    assert_eq!(tasks(), 0);
}

/// A stream gave its first item, then hung.
#[tokio::test(start_paused = true)]
async fn c12_a_stream_gives_all_its_items_and_ends() {
    let flow = flow! { half; tens; hundreds };
    let read = timeout(secs(1), payloads(flow.trace(6))).await;
    assert_eq!(read.expect("it ends"), [3, 60, 600]);
    let running = flow.start();
    let _ = running.emit(6).await;
    running.stop().await;
    assert_eq!(drain(&running).await.len(), 3, "and so it is with `fetch`");
}
