//! Backpressure: 16 chunks wait for a reader, and their senders for room.

use futures_util::StreamExt;
use penguiflow::prelude::*;
use tokio::time::sleep;

use super::{chunk, read};
use penguiflow_tests::support::{Notebook, ms, secs, tasks};

async fn send_100(n: u32, ctx: Ctx, notes: Notebook) -> u32 {
    for number in 0..100 {
        ctx.chunk(number.to_string()).await;
        notes.write(number);
    }
    n
}

#[node(spawn)]
async fn in_a_task(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    send_100(n, ctx, notes).await
}

/// What a task sends waits; it moves on by one with each chunk that is read.
#[tokio::test(start_paused = true)]
async fn a_task_stands_still_while_nobody_reads() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { in_a_task }.with_state(notes.clone());
    let mut trace = flow.trace(1);
    chunk(&mut trace).await?;
    for read in 1..10 {
        sleep(secs(60)).await;
        assert_eq!(notes.lines().len(), 16 + read);
        assert_eq!(chunk(&mut trace).await?.seq, read as u64);
    }
    let rest = trace.collect::<Vec<_>>().await;
    assert_eq!(rest.len(), 90 + 1 + 1, "the chunks, the end, the output");
    assert_eq!(notes.lines().len(), 100);
    Ok(())
}

#[node]
async fn in_line(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    send_100(n, ctx, notes).await
}

/// In the reader's own task a node is one chunk ahead at most.
#[tokio::test(start_paused = true)]
async fn a_node_in_line_moves_with_its_reader() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { in_line }.with_state(notes.clone());
    let mut trace = flow.trace(1);
    for read in 1..=100 {
        chunk(&mut trace).await?;
        sleep(secs(60)).await;
        assert_eq!(notes.lines().len(), read - 1);
    }
    assert_eq!(trace.count().await, 2, "the end and the output");
    Ok(())
}

/// Sends at once, and keeps the chunks that had no room.
#[node]
async fn all_at_once(n: u32, ctx: Ctx) -> u32 {
    let sends = (0..n).map(|number| ctx.chunk(number.to_string()));
    futures_util::future::join_all(sends).await;
    n
}

/// Those who wait for room get it in the order in which they began to.
#[tokio::test]
async fn waiting_is_first_come_first_served() {
    let mut expected: Vec<_> = (0..50)
        .map(|n| format!("all_at_once#0/ {n}: {n}"))
        .collect();
    expected.extend(["all_at_once#0/ 50: .".to_owned(), "= 50".to_owned()]);
    assert_eq!(read(&flow! { all_at_once }, 50).await, expected);
}

#[node(timeout = "1s", spawn)]
async fn in_a_hurry(n: u32, ctx: Ctx) -> u32 {
    for number in 0..100 {
        ctx.chunk(number.to_string()).await;
    }
    n
}

/// The ends of streams, and errors, need no room: a slow reader would not learn of them otherwise.
#[tokio::test(start_paused = true)]
async fn waiting_for_room_counts_towards_the_timeout() -> Result<(), FlowError> {
    let flow = flow! { in_a_hurry };
    let mut trace = flow.trace(1);
    chunk(&mut trace).await?;
    sleep(secs(2)).await;
    let rest = super::lines(&trace.collect().await);
    let [.., end, error] = rest.as_slice() else {
        panic!("{rest:?}")
    };
    assert_eq!(rest.len(), 16 + 2);
    assert_eq!(
        (end.as_str(), error.as_str()),
        ("in_a_hurry#0/ 17: .", "! TimedOut")
    );
    Ok(())
}

#[node]
async fn hands_out(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    tokio::spawn(async move {
        let _dropped = notes.on_drop("dropped");
        send_100(0, ctx, notes.clone()).await;
        notes.write("sent all");
    });
    std::future::pending::<()>().await;
    n
}

/// A task of the user's own waits for room as well. It outlives the stream, for it is not the
/// trace's to stop, but it no longer waits, and nothing is kept for it.
#[tokio::test(start_paused = true)]
async fn dropping_the_stream_lets_nobody_wait() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { hands_out }.with_state(notes.clone());
    let mut trace = flow.trace(1);
    chunk(&mut trace).await?;
    sleep(ms(1)).await;
    assert_eq!((notes.lines().len(), tasks()), (17, 1));
    drop(trace);
    sleep(ms(1)).await;
    assert_eq!(notes.lines().len(), 102);
    assert_eq!(notes.lines()[100..], ["sent all", "dropped"]);
    assert_eq!(tasks(), 0);
    Ok(())
}

#[node]
async fn waits_for_ever(n: u32, ctx: Ctx, State(notes): State<Notebook>) -> u32 {
    let _dropped = notes.on_drop("dropped");
    ctx.chunk("a").await;
    std::future::pending::<()>().await;
    n
}

#[tokio::test]
async fn dropping_the_stream_midway_cancels_its_nodes() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { waits_for_ever; in_a_task }.with_state(notes.clone());
    let mut trace = flow.trace(1);
    chunk(&mut trace).await?;
    drop(trace);
    assert!(notes.lines().contains(&"dropped".to_owned()));
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(tasks(), 0);
    Ok(())
}

/// What is over takes no room, so 10,000 ends in a row do not stand still.
#[node]
async fn many_streams(n: u32, ctx: Ctx) -> u32 {
    for number in 0..n {
        ctx.chunk("").stream(number.to_string()).await;
    }
    n
}

#[tokio::test]
async fn any_number_of_streams_can_be_open() {
    assert_eq!(read(&flow! { many_streams }, 10_000).await.len(), 20_001);
}
