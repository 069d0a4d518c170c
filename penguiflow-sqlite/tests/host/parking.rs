//! Traces that wait for a value, in the store.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::Error;
use serde::{Deserialize, Serialize};

use crate::{Place, error, payload};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Approval {
    by: String,
}

#[node]
async fn draft(topic: String) -> String {
    format!("On {topic}")
}

#[node]
async fn publish((draft, approval): (String, Approval)) -> String {
    format!("{draft}, approved by {}", approval.by)
}

async fn until_parked<In: Send + 'static>(
    running: &penguiflow_sqlite::Running<In, String>,
    traces: usize,
) {
    while running.parked(10).await.expect("the store works").len() < traces {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_parked_trace_is_resumed_in_another_process() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] draft -> await Approval -> publish };
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    let one = running.emit("penguins".to_owned()).await.expect("stored");
    let other = running.emit("krill".to_owned()).await.expect("stored");
    until_parked(&running, 2).await;
    running.stop().await;
    drop(running);
    store.close().await;

    let running = place.open().await.start(flow).await.expect("it starts");
    let parked = running.parked(10).await.expect("the store works");
    assert_eq!(parked[0].trace_id, one);
    assert_eq!(parked[0].waits[0]["node"], "await Approval");
    assert_eq!(parked[0].waits[0]["awaited"], "Approval");

    let refused = running.resume(one, 7_u32).await.expect_err("it is refused");
    assert!(matches!(refused, Error::NotAwaited { .. }), "{refused}");
    let approval = Approval {
        by: "Ada".to_owned(),
    };
    running.resume(one, approval).await.expect("it waits");
    assert_eq!(payload(&running).await, "On penguins, approved by Ada");

    let refused = running
        .resume_json(other, None, "7")
        .await
        .expect_err("it is refused");
    assert!(matches!(refused, Error::Resume(_)), "{refused}");
    let json = r#"{"by": "Bob"}"#;
    running
        .resume_json(other, None, json)
        .await
        .expect("it waits");
    assert_eq!(payload(&running).await, "On krill, approved by Bob");
    let gone = running
        .resume_json(other, None, json)
        .await
        .expect_err("it is refused");
    assert!(matches!(gone, Error::NotThere(_)), "{gone}");
}

#[tokio::test]
async fn the_time_of_a_wait_passes_while_no_process_runs() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] draft -> await Approval within "400ms" -> publish };
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    running.emit("penguins".to_owned()).await.expect("stored");
    until_parked(&running, 1).await;
    running.stop().await;
    drop(running);
    store.close().await;
    tokio::time::sleep(Duration::from_millis(500)).await;

    let running = place.open().await.start(flow).await.expect("it starts");
    assert_eq!(error(&running).await.kind(), ErrorKind::TimedOut);
}

/// The next step that parks; `None` once the flow has stopped.
async fn next_parking(
    parkings: &mut penguiflow_sqlite::Parkings,
) -> Option<penguiflow::host::ParkedStep> {
    let next = tokio::time::timeout(Duration::from_secs(30), parkings.next());
    let next = next.await.expect("something parks");
    next.map(|parked| parked.expect("the store works"))
}

#[tokio::test]
async fn what_parks_is_a_stream_that_begins_with_what_is_parked() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] draft -> await Approval within "1h" -> publish };
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    let mut parkings = running.parkings();
    let one = running.emit("penguins".to_owned()).await.expect("stored");
    let parked = next_parking(&mut parkings).await.expect("the flow runs");
    assert_eq!((parked.trace_id, &*parked.node), (one, "await Approval"));
    assert!(parked.until.is_some_and(|until| until > parked.since));
    let other = running.emit("krill".to_owned()).await.expect("stored");
    until_parked(&running, 2).await;
    running.stop().await;
    let unread = next_parking(&mut parkings).await;
    assert_eq!(unread.map(|parked| parked.trace_id), Some(other));
    assert_eq!(next_parking(&mut parkings).await, None, "it ends");
    let mut parkings = running.parkings();
    for waits in [true, true, false] {
        assert_eq!(next_parking(&mut parkings).await.is_some(), waits);
    }
    drop((running, parkings));
    store.close().await;

    let store = place.open().await;
    let running = store.start(flow).await.expect("it starts");
    let mut parkings = running.parkings();
    let third = running.emit("icebergs".to_owned()).await.expect("stored");
    until_parked(&running, 3).await;
    let approval = Approval {
        by: "Ada".to_owned(),
    };
    running.resume(other, approval).await.expect("it waits");
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let parked = next_parking(&mut parkings).await.expect("the flow runs");
        waiting.push(parked.trace_id);
    }
    assert_eq!(waiting, [one, third], "each once, and none that went on");
    running.stop().await;
    assert_eq!(next_parking(&mut parkings).await, None);
}

#[node]
async fn topics(n: u32) -> Vec<String> {
    (0..n).map(|n| format!("topic {n}")).collect()
}

#[node]
async fn bind(pages: Vec<String>) -> String {
    pages.join("; ")
}

#[tokio::test]
async fn each_item_of_a_map_parks_by_itself() {
    let place = Place::new();
    let flow = flow! {
        #[flow(durable = "awaits")]
        topics -> [draft -> await Approval -> publish; 2] -> join -> bind
    };
    let running = place.open().await.start(flow).await.expect("it starts");
    let mut parkings = running.parkings();
    let id = running.emit(3).await.expect("stored");
    for by in ["Ada", "Bob", "Cleo"] {
        let parked = next_parking(&mut parkings).await.expect("the flow runs");
        let approval = Approval { by: by.to_owned() };
        let resumed = running.resume_step(id, parked.step, approval).await;
        resumed.expect("it waits");
    }
    let bound = payload(&running).await;
    for by in ["Ada", "Bob", "Cleo"] {
        assert!(bound.contains(&format!("approved by {by}")), "{bound}");
    }
}
