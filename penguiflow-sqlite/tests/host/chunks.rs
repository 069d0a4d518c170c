//! Chunks of a trace on a store wait for its reader, as in memory.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::Running;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::{Place, Visits};

/// So many chunks may wait for their reader.
const ROOM: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends so many chunks without a rest, and counts those that found room.
#[node]
async fn talk(chunks: u32, ctx: Ctx, State(sent): State<Visits>) -> u32 {
    for chunk in 0..chunks {
        ctx.chunk(chunk.to_string()).await;
        sent.add();
    }
    chunks
}

async fn start(place: &Place, sent: &Visits) -> Running<u32, u32> {
    let flow = flow! { #[flow(durable)] talk }.with_state(sent.clone());
    let store = place.open().await;
    store.start(flow).await.expect("it starts")
}

/// Waits until so many chunks have found room, and then for what else is to happen.
async fn are_sent(sent: &Visits, chunks: u32) {
    let all = async {
        while sent.count() < chunks {
            yield_now().await;
        }
    };
    timeout(PATIENCE, all).await.expect("they find room");
    for _ in 0..1_000 {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_node_waits_for_the_reader_of_its_chunks() {
    let (place, sent) = (Place::new(), Visits::default());
    let running = start(&place, &sent).await;
    let mut trace = running.trace(u32::MAX).await.expect("it is stored");
    are_sent(&sent, ROOM).await;
    assert_eq!(sent.count(), ROOM, "nobody reads");
    for _ in 0..5 {
        let chunk = trace.next().await.expect("it goes on");
        assert!(matches!(chunk, Ok(TraceItem::Chunk(_))), "{chunk:?}");
    }
    are_sent(&sent, ROOM + 5).await;
    assert_eq!(sent.count(), ROOM + 5, "five were read");
}

#[tokio::test]
async fn a_slow_reader_has_all_chunks_before_the_output() {
    let (place, sent) = (Place::new(), Visits::default());
    let running = start(&place, &sent).await;
    let mut trace = running.trace(500).await.expect("it is stored");
    let mut read = Vec::new();
    while let Some(item) = timeout(PATIENCE, trace.next()).await.expect("it goes on") {
        match item.expect("no node fails") {
            TraceItem::Chunk(chunk) if !chunk.is_last => read.push(chunk.text),
            TraceItem::Output(message) => read.push(format!("output {}", message.payload)),
            _ => {}
        }
        yield_now().await;
    }
    let chunks = (0..500).map(|chunk: u32| chunk.to_string());
    let all: Vec<_> = chunks.chain(["output 500".to_owned()]).collect();
    assert_eq!(read, all);
}

#[tokio::test]
async fn a_node_without_a_rest_leaves_the_thread_to_others() {
    let (place, sent) = (Place::new(), Visits::default());
    let running = start(&place, &sent).await;
    let mut trace = running.trace(u32::MAX).await.expect("it is stored");
    let reading = tokio::spawn(async move { while trace.next().await.is_some() {} });
    are_sent(&sent, 1_000).await;
    // A timer, and a message beside it, on the same thread.
    tokio::time::sleep(Duration::from_millis(1)).await;
    let other = timeout(PATIENCE, running.call(3)).await;
    assert_eq!(
        other
            .expect("it has its turn")
            .expect("no node fails")
            .payload,
        3
    );
    reading.abort();
}

#[tokio::test]
async fn a_reader_that_goes_away_keeps_no_node_waiting() {
    let (place, sent) = (Place::new(), Visits::default());
    let running = start(&place, &sent).await;
    let trace = running.trace(u32::MAX).await.expect("it is stored");
    are_sent(&sent, ROOM).await;
    drop(trace);
    let over = async {
        while running.ledger().await.expect("the store works").in_flight() > 0 {
            yield_now().await;
        }
    };
    timeout(PATIENCE, over).await.expect("it is cancelled");
}
