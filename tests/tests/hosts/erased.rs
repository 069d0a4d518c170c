//! A flow without its types begins, parks, is resumed from JSON, streams its chunks, and has the
//! settings of its flow value.

use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use penguiflow::host::TraceState;
use penguiflow::prelude::*;
use tokio::time::Instant;

use crate::{attempt, begin, payload, reload, run_to_end};

#[node]
async fn draft(topic: String, ctx: Ctx) -> String {
    ctx.chunk("On ").await;
    ctx.chunk(&*topic).await;
    format!("On {topic}")
}

#[node]
async fn publish((draft, by): (String, String)) -> String {
    format!("{draft}, approved by {by}")
}

#[tokio::test(start_paused = true)]
async fn a_parked_trace_is_resumed_by_json_or_by_value_or_expires() {
    let flow = flow! { #[flow(durable)] draft -> await String within "24h" -> publish }.durable();
    assert_eq!(
        (flow.awaits()[0].name, flow.name()),
        ("await String", "flow")
    );
    let mut trace = begin(&flow, r#""penguins""#);
    let emits = attempt(&mut trace).await;
    trace.absorb(emits);
    let until = Instant::now() + Duration::from_secs(24 * 60 * 60);
    assert_eq!(trace.state(), TraceState::Waiting(Some(until)));
    let parked = trace.parked().remove(0);
    assert_eq!((parked.node, parked.until), ("await String", Some(until)));

    let mut by_json = reload(&flow, &trace);
    assert!(by_json.resume_json(Some(parked.step), "7").is_err());
    by_json
        .resume_json(Some(parked.step), r#""Ada""#)
        .expect("it waits");
    let outputs = run_to_end(&flow, by_json).await.expect("it goes on");
    assert_eq!(
        payload::<String>(&outputs[0]),
        "On penguins, approved by Ada"
    );

    let mut by_value = reload(&flow, &trace);
    assert_eq!(by_value.resume(None, 7_u32), Err(7));
    assert_eq!(by_value.resume(None, "Bob".to_owned()), Ok(()));
    assert_eq!(by_value.state(), TraceState::Active);

    let error = run_to_end(&flow, trace).await.expect_err("it does not fit");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test]
async fn chunks_reach_the_reader_of_a_live_trace() {
    let flow = flow! { #[flow(durable)] draft }.durable();
    let mut trace = begin(&flow, r#""penguins""#);
    let chunks = trace.chunks();
    let emits = attempt(&mut trace).await;
    trace.absorb(emits);
    drop(trace);
    let texts: Vec<_> = chunks.map(|chunk| chunk.text).collect().await;
    assert_eq!(texts, ["On ", "penguins", ""]);

    let mut unread = begin(&flow, r#""penguins""#);
    drop(unread.chunks());
    let emits = attempt(&mut unread).await;
    assert!(
        emits.failure().is_none(),
        "nobody waits for a reader that is gone"
    );
}

#[tokio::test]
async fn a_trace_has_the_id_the_time_and_the_headers_that_the_host_gives() {
    let flow = flow! { #[flow(durable)] draft }.durable();
    let mut message = Message::new("penguins".to_owned()).tenant("acme");
    message.ts = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let (id, ts) = (message.trace_id, message.ts);
    let trace = flow.begin(message, SystemTime::now()).expect("it fits");
    let trace = reload(&flow, &trace);
    assert_eq!((trace.trace_id(), &*trace.headers().tenant), (id, "acme"));
    let outputs = run_to_end(&flow, trace).await.expect("no node fails");
    let output: Message<String> = serde_json::from_slice(&outputs[0]).expect("an output");
    assert_eq!((output.trace_id, output.ts), (id, ts));

    let error = flow
        .begin(Message::new(7_u32), SystemTime::now())
        .expect_err("it does not fit");
    assert_eq!(error.to_string(), "the flow takes `String`");
}

#[tokio::test(start_paused = true)]
async fn stubs_and_settings_of_the_flow_value_hold() {
    let flow = flow! { #[flow(durable)] draft };
    let flow = flow.stub::<draft>(|topic: String| async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        topic
    });
    let flow = flow.policy::<draft>(|policy| policy.timeout(Duration::from_secs(1)));
    let flow = flow.durable();
    let error = run_to_end(&flow, begin(&flow, r#""x""#))
        .await
        .expect_err("it does not fit");
    assert_eq!(error.to_string(), "node `draft` exceeded its timeout of 1s");
}

#[tokio::test]
async fn what_is_stored_is_short_where_nothing_is_set() {
    let flow = flow! { #[flow(durable)] draft }.durable();
    let stored = begin(&flow, r#""penguins""#).store().expect("plain data");
    let stored: serde_json::Value = serde_json::from_slice(&stored).expect("JSON");
    let cursor = &stored["steps"][0]["cursor"];
    let keys: Vec<_> = cursor.as_object().expect("a map").keys().collect();
    assert_eq!(keys, ["envelope", "id"]);
    assert!(cursor["id"].is_string());
    let envelope: Vec<_> = cursor["envelope"]
        .as_object()
        .expect("a map")
        .keys()
        .collect();
    assert_eq!(envelope, ["trace_id", "ts"]);
}
