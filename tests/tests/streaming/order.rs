//! The order of chunks, and their numbers: by stream, attempt and visit.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use penguiflow::prelude::*;

use super::{Items, chunk, lines, read};
use penguiflow_tests::support::{ms, secs};

#[node]
async fn spell(word: String, ctx: Ctx) -> usize {
    for letter in word.chars() {
        ctx.chunk(letter).await;
    }
    word.len()
}

#[tokio::test]
async fn chunks_are_numbered_and_come_before_the_output_that_followed_them() {
    assert_eq!(
        read(&flow! { spell }, "owl".to_owned()).await,
        [
            "spell#0/ 0: o",
            "spell#0/ 1: w",
            "spell#0/ 2: l",
            "spell#0/ 3: .",
            "= 3",
        ]
    );
}

#[node]
async fn think(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("hm").stream("thinking").await;
    ctx.chunk("a").await;
    ctx.chunk("aha").stream("thinking").last().await;
    ctx.chunk("b").await;
    n
}

/// A stream's numbers are its own, and what ended one stream leaves the other one open.
#[tokio::test]
async fn each_stream_is_numbered_by_itself() {
    assert_eq!(
        read(&flow! { think }, 1).await,
        [
            "think#0/thinking 0: hm",
            "think#0/ 0: a",
            "think#0/thinking 1: aha.",
            "think#0/ 1: b",
            "think#0/ 2: .",
            "= 1",
        ]
    );
}

#[node]
async fn left(n: u32, ctx: Ctx) -> u32 {
    count(n, ctx).await
}

#[node]
async fn right(n: u32, ctx: Ctx) -> u32 {
    count(n, ctx).await
}

async fn count(n: u32, ctx: Ctx) -> u32 {
    for number in 0..n {
        ctx.chunk(number.to_string()).await;
    }
    n
}

#[node]
async fn add((a, b): (u32, u32)) -> u32 {
    a + b
}

/// Neither branch has to wait for the other one's end to be heard, though neither sleeps.
#[tokio::test]
async fn branches_take_turns_and_each_is_in_order() {
    let flow = flow! { fork -> [left, right] -> join -> add };
    let all = read(&flow, 40).await;
    let of = |node: &str| -> Vec<_> {
        let own = all.iter().filter(|line| line.starts_with(node)).cloned();
        own.collect()
    };
    let expected = |node: &str| -> Vec<_> {
        let numbers = (0..40).map(|n| format!("{node}#0/ {n}: {n}"));
        numbers.chain([format!("{node}#0/ 40: .")]).collect()
    };
    assert_eq!(of("left"), expected("left"));
    assert_eq!(of("right"), expected("right"));
    assert_eq!(all.last().map(String::as_str), Some("= 80"));
    assert_eq!(all.len(), 83);
    let turns = all.windows(2).filter(|two| two[0][..4] != two[1][..4]);
    assert!(turns.count() > 60, "{all:#?}");
}

#[node]
async fn fork(n: u32) -> u32 {
    n
}

#[node]
async fn slowly(n: u32, ctx: Ctx) -> u32 {
    for pause in [10, 30] {
        tokio::time::sleep(ms(pause)).await;
        ctx.chunk("tick").await;
    }
    n
}

#[node]
async fn soon(n: u32) -> u32 {
    tokio::time::sleep(ms(20)).await;
    n + 1
}

#[tokio::test(start_paused = true)]
async fn chunks_and_outputs_come_in_the_order_in_which_they_were_sent() {
    assert_eq!(
        read(&flow! { slowly; soon }, 1).await,
        [
            "slowly#0/ 0: tick",
            "= 2",
            "slowly#0/ 1: tick",
            "slowly#0/ 2: .",
            "= 1",
        ]
    );
}

/// A reader has a chunk before its node goes on, though both are one task.
#[tokio::test(start_paused = true)]
async fn a_chunk_comes_when_it_is_sent() -> Result<(), FlowError> {
    let begin = tokio::time::Instant::now();
    let flow = flow! { slowly };
    let mut trace = flow.trace(1);
    chunk(&mut trace).await?;
    assert_eq!(begin.elapsed(), ms(10));
    chunk(&mut trace).await?;
    assert_eq!(begin.elapsed(), ms(40));
    Ok(())
}

#[node]
async fn round(n: u32, ctx: Ctx) -> ControlFlow<u32, u32> {
    ctx.chunk(n.to_string()).await;
    match n {
        0 => ControlFlow::Break(n),
        n => ControlFlow::Continue(n - 1),
    }
}

/// Two visits of one node are two steps, each numbered from 0.
#[tokio::test]
async fn each_visit_begins_anew_under_its_own_step() -> Result<(), FlowError> {
    let flow = flow! { round -> round };
    let sent = Message::new(2);
    let trace_id = sent.trace_id;
    let items: Items<u32> = flow.trace(sent).collect().await;
    assert_eq!(
        lines(&items),
        [
            "round#0/ 0: 2",
            "round#0/ 1: .",
            "round#0/ 0: 1",
            "round#0/ 1: .",
            "round#0/ 0: 0",
            "round#0/ 1: .",
            "= 0",
        ]
    );
    let chunks = items.iter().filter_map(|item| match item {
        Ok(TraceItem::Chunk(chunk)) => Some(chunk),
        _ => None,
    });
    let chunks: Vec<_> = chunks.collect();
    let steps: BTreeSet<_> = chunks.iter().map(|chunk| chunk.step).collect();
    assert_eq!(steps.len(), 3);
    assert!(chunks.iter().all(|chunk| chunk.trace_id == trace_id));
    Ok(())
}

#[node(retries = 2, backoff = "10ms")]
async fn third_time_lucky(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    ctx.chunk(format!("try {}", ctx.attempt())).await;
    if ctx.attempt() < 2 {
        return Err("not yet");
    }
    ctx.chunk("there").last().await;
    Ok(n)
}

#[tokio::test(start_paused = true)]
async fn a_retried_attempt_begins_anew_under_its_number() {
    assert_eq!(
        read(&flow! { third_time_lucky }, 1).await,
        [
            "third_time_lucky#0/ 0: try 0",
            "third_time_lucky#0/ 1: .",
            "third_time_lucky#1/ 0: try 1",
            "third_time_lucky#1/ 1: .",
            "third_time_lucky#2/ 0: try 2",
            "third_time_lucky#2/ 1: there.",
            "= 1",
        ]
    );
}

/// A chunk is plain data: a step is text, for numbers of 64 bits do not survive JavaScript.
#[tokio::test]
async fn a_chunk_reads_well_as_json() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! { spell };
    let mut trace = flow.trace("é\n".to_owned());
    let first = chunk(&mut trace).await?;
    assert_eq!(
        serde_json::to_value(&first)?,
        serde_json::json!({
            "trace_id": first.trace_id.to_string(),
            "node": "spell",
            "step": first.step.to_string(),
            "attempt": 0,
            "stream": "",
            "seq": 0,
            "text": "é",
            "is_last": false,
        })
    );
    Ok(())
}

#[node]
async fn first_step(n: u32, ctx: Ctx) -> u32 {
    ctx.chunk("first").last().await;
    n
}

#[node]
async fn second_step(n: u32, ctx: Ctx) -> u32 {
    tokio::time::sleep(secs(1)).await;
    ctx.chunk("second").last().await;
    n
}

/// Two contexts of one attempt are one: their chunks share streams and numbers.
#[node]
async fn two_contexts(n: u32, one: Ctx, other: &Ctx) -> u32 {
    one.chunk("a").await;
    other.chunk("b").await;
    one.clone().chunk("c").last().await;
    n
}

#[tokio::test(start_paused = true)]
async fn every_node_of_a_path_may_send() {
    assert_eq!(
        read(&flow! { first_step -> second_step -> two_contexts }, 1).await,
        [
            "first_step#0/ 0: first.",
            "second_step#0/ 0: second.",
            "two_contexts#0/ 0: a",
            "two_contexts#0/ 1: b",
            "two_contexts#0/ 2: c.",
            "= 1",
        ]
    );
}
