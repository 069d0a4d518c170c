//! A started flow without its types: the same in memory and on a store.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use penguiflow::host::{HostError, HostTrace, HostedState, ParkedStep, TraceFilter};
use penguiflow::prelude::*;
use penguiflow::{AnyRunning, ErasedRunning, ResumeJsonError};
use serde::{Deserialize, Serialize};

use crate::Place;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Draft {
    text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Approval {
    by: String,
}

#[node]
async fn draft(topic: String, ctx: Ctx) -> Result<Draft, &'static str> {
    ctx.chunk("thinking").await;
    if topic.is_empty() {
        return Err("nothing to write about");
    }
    let text = format!("On {topic}");
    Ok(Draft { text })
}

#[node]
async fn publish((draft, approval): (Draft, Approval)) -> String {
    format!("{}, approved by {}", draft.text, approval.by)
}

macro_rules! press {
    () => {
        flow! { #[flow(durable)] draft -> await Approval -> publish }
    };
}

async fn on_both(test: impl AsyncFn(ErasedRunning)) {
    test(press!().start().erase()).await;
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(press!()).await.expect("a new store");
    test(running.erase()).await;
}

fn topic(json: &str) -> Message<Vec<u8>> {
    Message::new(json.as_bytes().to_vec())
}

/// Waits until a trace is parked.
async fn parked(running: &ErasedRunning) -> ParkedStep {
    loop {
        if let Some(step) = running.parked(10).await.expect("it can be asked").pop() {
            return step;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_call_waits_until_its_trace_is_resumed() {
    on_both(async |running| {
        let called = tokio::spawn(running.call(topic(r#""krill""#).tenant("acme")));
        let step = parked(&running).await;
        assert_eq!(step.node, "await Approval");
        let place = running.signature().awaited_at(&step.node);
        assert_eq!(
            place.map(|place| place.awaited.to_string()).as_deref(),
            Some("Approval")
        );

        let wrong = running
            .resume(step.trace_id, Some(step.step), b"{}".to_vec())
            .await;
        assert!(
            matches!(wrong, Err(HostError::Resume(ResumeJsonError::Invalid(_)))),
            "{wrong:?}"
        );
        let value = br#"{"by": "Ada"}"#.to_vec();
        running
            .resume(step.trace_id, None, value)
            .await
            .expect("it waits for that");
        let output = called.await.expect("no panic").expect("an output");
        assert_eq!(output.payload, r#""On krill, approved by Ada""#);
        assert_eq!(output.headers.tenant, "acme");
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_in_the_error_and_a_wrong_document_is_no_trace() {
    on_both(async |running| {
        let trace = running.trace(topic(r#""""#)).await.expect("there is room");
        let items: Vec<_> = trace.collect().await;
        assert!(
            matches!(items[0], Ok(penguiflow::TraceItem::Chunk(_))),
            "{items:?}"
        );
        let error = items[items.len() - 1].as_ref();
        let error = error.expect_err("it fails");
        assert!(
            error.to_string().contains("nothing to write about"),
            "{error}"
        );

        let wrong = running.call(topic("7")).await.expect_err("it is no text");
        assert!(
            matches!(&wrong, HostError::TraceFailed(error) if error.kind() == ErrorKind::Invalid),
            "{wrong:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_trace_is_cancelled_from_outside_and_by_dropping_its_call() {
    on_both(async |running| {
        for dropped in [false, true] {
            let called = tokio::spawn(running.call(topic(r#""krill""#)));
            let step = parked(&running).await;
            if dropped {
                called.abort();
            } else {
                running.cancel(step.trace_id).await.expect("it waits");
                called
                    .await
                    .expect("no panic")
                    .expect_err("it was cancelled");
            }
            while !running.parked(1).await.expect("it can be asked").is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let again = running.cancel(step.trace_id).await;
            assert!(
                matches!(again, Err(HostError::UnknownTrace(_))),
                "{again:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_flow_that_was_stopped_takes_nothing() {
    on_both(async |running| {
        running
            .stop_within(Duration::from_secs(5))
            .await
            .expect("it stops");
        for _ in 0..2 {
            let refused = running.call(topic(r#""krill""#)).await;
            assert!(matches!(refused, Err(HostError::Stopped)), "{refused:?}");
        }
        assert_eq!(running.load().in_flight, 0);
    })
    .await;
}

#[tokio::test]
async fn a_store_lists_its_traces_and_keeps_keys() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(press!()).await.expect("a new store").erase();
    let emit = |topic_json, key: &str| running.emit(topic(topic_json), Some(key.to_owned()));
    let first = emit(r#""krill""#, "a").await.expect("it is stored");
    assert_eq!(emit(r#""krill""#, "a").await.expect("it is there"), first);
    parked(&running).await;
    let failed = emit(r#""""#, "b").await.expect("it is stored");
    let dead = async |states: Vec<HostedState>, search: Option<String>| {
        let filter = TraceFilter {
            states,
            search,
            ..TraceFilter::default()
        };
        let listed = running.traces(filter).await.expect("it can be read");
        listed.into_iter().map(|trace| trace.id).collect::<Vec<_>>()
    };
    while dead(vec![HostedState::Dead], None).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(dead(vec![], None).await, [failed, first]);
    assert_eq!(
        dead(vec![], Some("nothing to write".into())).await,
        [failed]
    );
    assert_eq!(
        dead(vec![], Some(first.to_string()[..8].into())).await,
        [first]
    );

    let detail = running.trace_detail(failed).await.expect("it is there");
    let error = detail.summary.error.expect("it failed");
    assert_eq!(
        (error.kind.as_str(), error.node.as_deref()),
        ("failed", Some("draft"))
    );
    assert_eq!(detail.attempts[0].node, "draft");
    assert_eq!(detail.key.as_deref(), Some("b"));

    let refused = running.retry(first, None).await;
    assert!(matches!(refused, Err(HostError::Refused(_))), "{refused:?}");
    running
        .retry(failed, Some(br#""squid""#.to_vec()))
        .await
        .expect("it is dead");
    while dead(vec![HostedState::Parked], None).await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for id in [first, failed] {
        let value = br#"{"by": "Ada"}"#.to_vec();
        running.resume(id, None, value).await.expect("it waits");
    }
    while dead(vec![HostedState::Completed], None).await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let detail = running.trace_detail(failed).await.expect("it is there");
    assert_eq!(detail.outputs, ["On squid, approved by Ada"]);
}

/// Polls a trace until steps of it wait.
async fn waits(trace: &mut HostTrace) -> Vec<ParkedStep> {
    poll_fn(|cx| {
        while let Poll::Ready(item) = trace.poll_next_unpin(cx) {
            let chunk = matches!(item, Some(Ok(TraceItem::Chunk(_))));
            assert!(chunk, "it waits before it ends: {item:?}");
        }
        match trace.waits() {
            waits if waits.is_empty() => Poll::Pending,
            waits => Poll::Ready(waits),
        }
    })
    .await
}

/// The rest of a trace, of which the output is kept.
async fn output(trace: &mut HostTrace) -> String {
    let mut output = None;
    while let Some(item) = trace.next().await {
        if let TraceItem::Output(message) = item.expect("it ends well") {
            output = Some(message.payload);
        }
    }
    output.expect("it has an output")
}

#[tokio::test]
async fn a_stream_shows_the_steps_that_wait() {
    on_both(async |running| {
        let trace = running.trace(topic(r#""krill""#)).await;
        let mut trace = trace.expect("there is room");
        let waits = waits(&mut trace).await;
        assert_eq!((waits.len(), &*waits[0].node), (1, "await Approval"));
        let answer = br#"{"by": "Ada"}"#.to_vec();
        let step = Some(waits[0].step);
        let resumed = running.resume(trace.trace_id(), step, answer).await;
        resumed.expect("it waits");
        assert_eq!(output(&mut trace).await, r#""On krill, approved by Ada""#);
    })
    .await;
}

#[tokio::test]
async fn a_trace_on_a_store_is_left_and_watched_again_and_one_in_memory_is_not() {
    on_both(async |running| {
        let trace = running.trace(topic(r#""krill""#)).await;
        let mut trace = trace.expect("there is room");
        let id = trace.trace_id();
        waits(&mut trace).await;
        if !running.is_durable() {
            assert!(matches!(trace.leave(), Err(HostError::Unsupported(_))));
            let watched = running.watch(id).await;
            assert!(matches!(watched, Err(HostError::Unsupported(_))));
            return;
        }
        trace.leave().expect("it goes on by itself");
        let mut trace = running.watch(id).await.expect("it waits");
        let step = trace.waits().pop().expect("it waits");
        assert_eq!(
            step.payload,
            Some(serde_json::json!({ "text": "On krill" }))
        );
        let answer = br#"{"by": "Bob"}"#.to_vec();
        let resumed = running.resume(id, Some(step.step), answer).await;
        resumed.expect("it waits");
        assert_eq!(output(&mut trace).await, r#""On krill, approved by Bob""#);
        let over = running.watch(id).await;
        assert!(matches!(over, Err(HostError::UnknownTrace(of)) if of == id));
    })
    .await;
}

/// What nobody watches is a result, and what is watched and dropped is cancelled.
#[tokio::test]
async fn a_trace_that_was_left_puts_out_a_result_and_one_that_is_dropped_ends() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(press!()).await.expect("a new store");
    let erased = running.erase();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let trace = erased.trace(topic(r#""krill""#)).await;
        let mut trace = trace.expect("there is room");
        waits(&mut trace).await;
        ids.push(trace.trace_id());
        trace.leave().expect("it goes on by itself");
    }
    drop(erased.watch(ids[0]).await.expect("it waits"));
    while running.ledger().await.expect("it is read").cancelled == 0 {
        tokio::task::yield_now().await;
    }
    let by = "Ada".to_owned();
    running
        .resume(ids[1], Approval { by })
        .await
        .expect("it waits");
    let result = running.fetch().await.expect("it is read");
    let result = result.expect("a result for each message");
    assert_eq!(result.trace_id(), ids[1]);
}
