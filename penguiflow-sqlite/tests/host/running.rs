//! A flow on a store gives what it gives in memory.

use std::time::{Duration, SystemTime};

use penguiflow::prelude::*;
use penguiflow_sqlite::{Error, Running};

use crate::{Place, Visits, error, next, payload};

#[node]
async fn list(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn square(n: u32) -> u64 {
    u64::from(n) * u64::from(n)
}

#[node]
async fn sum(squares: Vec<u64>) -> u64 {
    squares.iter().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_of_any_size_gives_what_it_gives_in_memory() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] list -> [square; 8] -> join -> sum };
    let running = place
        .open()
        .await
        .start(flow.clone())
        .await
        .expect("it starts");
    for n in [0, 1, 7, 40, 1000] {
        let in_memory = flow.run(n).await.expect("no node fails");
        running.emit(n).await.expect("it is stored");
        assert_eq!(payload(&running).await, in_memory, "{n} items");
    }
    let ledger = running.ledger().await.expect("the store works");
    assert_eq!((ledger.completed, ledger.in_flight()), (5, 0));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_messages_has_one_result() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] square };
    let store = place.open().await;
    let running = store.start(flow).capacity(16).await.expect("it starts");
    let emits = (0..500_u32).map(|n| {
        let running = running.clone();
        tokio::spawn(async move { running.emit(n).await.expect("it is stored") })
    });
    futures_util::future::join_all(emits).await;
    let mut results = Vec::new();
    for _ in 0..500 {
        results.push(payload(&running).await);
    }
    results.sort_unstable();
    let expected: Vec<_> = (0..500_u64).map(|n| n * n).collect();
    assert_eq!(results, expected);
    assert!(
        running
            .try_fetch()
            .await
            .expect("the store works")
            .is_none()
    );
    running.stop().await;
    assert!(running.fetch().await.expect("the store works").is_none());
}

#[node]
async fn speak(words: u32, ctx: Ctx) -> u32 {
    for word in 0..words {
        ctx.chunk(format!("{word} ")).await;
    }
    words
}

#[node]
async fn forever(_: u32, State(visits): State<Visits>) -> u32 {
    visits.add();
    std::future::pending().await
}

#[tokio::test]
async fn a_call_has_its_own_answer_and_a_trace_its_chunks() {
    let place = Place::new();
    let store = place.open().await;
    let running = store
        .start(flow! { #[flow(durable)] speak -> square })
        .await;
    let running = running.expect("it starts");
    let answer = running.call(3).await.expect("no node fails");
    assert_eq!(answer.payload, 9);

    let mut trace = running.trace(2).await.expect("it is stored");
    let (mut text, mut outputs) = (String::new(), Vec::new());
    while let Some(item) = trace.next().await {
        match item.expect("no node fails") {
            TraceItem::Chunk(chunk) => text += &chunk.text,
            TraceItem::Output(message) => outputs.push(message.payload),
            _ => {}
        }
    }
    assert_eq!((&*text, outputs), ("0 1 ", vec![4]));
    assert!(
        running
            .try_fetch()
            .await
            .expect("the store works")
            .is_none()
    );
}

#[tokio::test]
async fn a_caller_that_goes_away_cancels_its_trace() {
    let place = Place::new();
    let visits = Visits::default();
    let flow = flow! { #[flow(durable)] forever }.with_state(visits.clone());
    let running = place.open().await.start(flow).await.expect("it starts");
    let call = tokio::spawn({
        let running = running.clone();
        async move { running.call(1).await.map(|message| message.payload) }
    });
    while visits.count() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    while running.ledger().await.expect("the store works").cancelled == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(
        running
            .try_fetch()
            .await
            .expect("the store works")
            .is_none()
    );

    let id = running.emit(1).await.expect("it is stored");
    running.cancel(id).await.expect("it runs");
    assert_eq!(error(&running).await.kind(), ErrorKind::Cancelled);
    let again = running.cancel(id).await.expect_err("it is refused");
    assert!(matches!(again, Error::NotThere(trace) if trace == id));
}

#[tokio::test]
async fn the_same_key_is_the_same_trace() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(flow! { #[flow(durable)] square });
    let running = running.await.expect("it starts");
    let one = running
        .emit_keyed("order 7", 2)
        .await
        .expect("it is stored");
    let same = running.emit_keyed("order 7", 3).await.expect("it is there");
    assert_eq!(one, same);
    assert_eq!(payload(&running).await, 4);
    assert_eq!(
        running.emit_keyed("order 7", 2).await.expect("it is there"),
        one
    );
    running
        .emit_keyed("order 8", 3)
        .await
        .expect("it is stored");
    assert_eq!(payload(&running).await, 9);
    assert!(
        running
            .try_fetch()
            .await
            .expect("the store works")
            .is_none()
    );
}

#[tokio::test]
async fn a_message_for_later_waits_in_the_store() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(flow! { #[flow(durable)] square });
    let running = running.await.expect("it starts");
    let later = SystemTime::now() + Duration::from_millis(300);
    running.emit_at(later, 2).await.expect("it is stored");
    let ledger = running.ledger().await.expect("the store works");
    assert_eq!((ledger.retrying, ledger.running), (1, 0));
    assert_eq!(payload(&running).await, 4);
    assert!(SystemTime::now() >= later);
}

/// It is due each second.
#[tokio::test]
async fn each_time_of_a_schedule_has_one_trace_over_restarts() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] square };
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    running
        .schedule("tick", "* * * * * *", &3)
        .await
        .expect("a pattern");
    let mut times = vec![schedule_time(&running).await];
    running.stop().await;
    drop(running);
    store.close().await;
    tokio::time::sleep(Duration::from_millis(2100)).await;

    let store = place.open().await;
    let running = store.start(flow).await.expect("it starts");
    for _ in 0..3 {
        times.push(schedule_time(&running).await);
    }
    assert!(running.unschedule("tick").await.expect("the store works"));
    assert!(!running.unschedule("tick").await.expect("the store works"));
    let seconds: Vec<_> = times.iter().map(|time| time - times[0]).collect();
    assert_eq!(seconds, [0, 1, 2, 3]);
    let error = running.schedule("x", "every day", &3).await;
    let error = error.expect_err("it is no pattern").to_string();
    assert!(error.contains("every day"), "{error}");
}

/// The second that the next result is of.
async fn schedule_time(running: &Running<u32, u64>) -> u64 {
    let output = next(running).await.into_output().await;
    let message = output.expect("no node fails");
    assert_eq!(message.headers.meta["schedule"], "tick");
    let since = message.ts.duration_since(SystemTime::UNIX_EPOCH);
    since.expect("it is later").as_secs()
}

#[tokio::test]
async fn headers_and_what_was_spent_come_with_the_result() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(flow! { #[flow(durable)] square });
    let running = running.await.expect("it starts");
    let message = Message::new(2).tenant("acme");
    let id = message.trace_id;
    running.emit(message).await.expect("it is stored");
    let fetched = next(&running).await;
    assert_eq!(fetched.trace_id(), id);
    let output = fetched.output().expect("no node fails");
    assert_eq!((&*output.headers.tenant, output.payload), ("acme", 4));
    fetched.ack().await.expect("the store works");
}
