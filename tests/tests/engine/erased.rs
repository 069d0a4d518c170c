//! Flows without their types: JSON in and out.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::{ErasedFlow, ResumeJsonError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use tokio::time::sleep;

#[derive(Debug, Deserialize, JsonSchema)]
struct Order {
    count: u32,
}

#[derive(Debug, Serialize)]
struct Receipt {
    text: String,
}

#[node]
async fn buy(order: Order, ctx: Ctx) -> Option<Receipt> {
    ctx.chunk("counting").await;
    sleep(Duration::from_secs(u64::from(order.count))).await;
    let text = format!("{} for {}", order.count, ctx.headers().tenant);
    (order.count > 0).then_some(Receipt { text })
}

flow! {
    struct Shop(Order) -> Receipt;

    buy;
}

/// What cannot be written.
struct Unwritable(bool);

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        assert!(self.0, "written on water");
        Err(serde::ser::Error::custom("too large"))
    }
}

#[node]
async fn unwritable(fails: bool) -> Unwritable {
    Unwritable(fails)
}

/// Generic code erases any flow.
fn erased(flow: impl AnyFlow<In: serde::de::DeserializeOwned, Out: Serialize>) -> ErasedFlow {
    flow.erase()
}

fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}

#[tokio::test(start_paused = true)]
async fn json_goes_in_and_comes_out() -> Result<(), FlowError> {
    let flow = erased(Shop::flow());
    is_shared(&flow);
    assert_eq!(flow.name(), "Shop");
    assert_eq!(format!("{flow:?}"), "Shop: Order -> Receipt");
    assert_eq!(flow.graph().nodes.len(), 1);
    assert_eq!(flow.run(r#"{"count": 2}"#).await?, r#"{"text":"2 for "}"#);
    let message = Message::new(&br#"{"count": 2}"#[..]).tenant("acme");
    let run = tokio::spawn(flow.clone().run_message(message));
    let receipt = run.await.expect("it ends")?;
    assert_eq!(receipt.payload, r#"{"text":"2 for acme"}"#);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_error_is_that_of_the_messages_trace() {
    let flow = Shop::flow().erase();
    let message = |json| Message::new(json).deadline_in(Duration::from_secs(1));
    for (json, kind) in [
        (r#"{"count": "two"}"#, ErrorKind::Invalid),
        (r#"{"count": 0}"#, ErrorKind::Filtered),
        (r#"{"count": 9}"#, ErrorKind::DeadlineExceeded),
    ] {
        let message = message(json);
        let id = message.trace_id;
        let error = flow.run_message(message).await.expect_err("it fails");
        assert_eq!((error.kind(), error.trace_id()), (kind, id));
    }
}

#[tokio::test]
async fn an_output_that_cannot_be_written_is_an_error() {
    let flow = flow! { unwritable }.erase();
    for (json, kind, told) in [
        ("true", ErrorKind::Invalid, "too large"),
        ("false", ErrorKind::Panicked, "written on water"),
    ] {
        let error = flow.run(json).await.expect_err("it fails");
        assert_eq!(error.kind(), kind);
        let text = format!("{error:#}");
        assert!(
            text.starts_with("the output `Unwritable` could not be written"),
            "{text}"
        );
        assert!(text.contains(told), "{text}");
        let mut trace = flow.trace(json);
        let error = trace
            .next()
            .await
            .expect("the output")
            .expect_err("it fails");
        assert_eq!(error.kind(), kind);
        assert!(trace.next().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_trace_streams_chunks_and_the_output() {
    let flow = Shop::flow().erase();
    let mut trace = flow.trace_message(Message::new(r#"{"count": 1}"#).tenant("acme"));
    let Some(Ok(TraceItem::Chunk(chunk))) = trace.next().await else {
        panic!("a chunk comes first");
    };
    assert_eq!(chunk.text, "counting");
    let output = loop {
        match trace.next().await {
            Some(Ok(TraceItem::Output(message))) => break message,
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(output.payload, r#"{"text":"1 for acme"}"#);
    assert_eq!(output.headers.tenant, "acme");
    assert!(trace.next().await.is_none());
    let error = flow
        .trace("{}")
        .next()
        .await
        .expect("an error")
        .expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[test]
fn types_that_have_a_schema_show_it() {
    let flow = Shop::flow().erase();
    let schema = flow.input_schema().expect("`Order` is `JsonSchema`");
    assert_eq!(schema.get("title").expect("it is there"), "Order");
    assert_eq!(
        schema
            .pointer("/properties/count/format")
            .expect("it is there"),
        "uint32"
    );
    assert!(flow.output_schema().is_none());
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
struct Approval {
    approved: bool,
}

/// Neither read from JSON, nor described.
#[derive(Debug)]
struct Opaque;

#[node]
async fn draft(topic: String) -> String {
    format!("On {topic}")
}

#[node]
async fn publish((_, approval): (String, Approval)) -> bool {
    approval.approved
}

#[node]
async fn stamp(_: (String, Opaque)) -> bool {
    true
}

#[tokio::test]
async fn a_parked_trace_is_resumed_without_types() -> Result<(), Box<dyn std::error::Error>> {
    let flow = flow! { draft -> await Approval -> publish }
        .show_payloads()
        .erase();
    let place = flow.awaits()[0];
    assert_eq!(place.awaited.to_string(), "Approval");
    let schema = place.schema().expect("it has one");
    assert_eq!(
        schema.pointer("/properties/approved/type"),
        Some(&"boolean".into())
    );

    let mut parkings = flow.parkings();
    let running = tokio::spawn(flow.run(r#""krill""#));
    let id = parkings.next().await.expect("it parks").trace_id;
    let parked = flow.parked();
    assert_eq!((parked.len(), parked[0].trace_id), (1, id));
    assert_eq!(parked[0].payload_json(), Some("On krill".into()));
    let refused = flow.resume_json(id, None, "true").await;
    assert!(
        matches!(refused, Err(ResumeJsonError::Invalid(_))),
        "{refused:?}"
    );
    let step = Some(parked[0].step);
    flow.resume_json(id, step, r#"{"approved": true}"#).await?;
    assert_eq!(running.await??, "true");
    let late = flow.resume_json(id, None, "{}").await;
    assert!(matches!(late, Err(ResumeJsonError::NotParked)), "{late:?}");
    Ok(())
}

#[test]
fn what_is_awaited_may_have_no_schema() {
    let flow = flow! { draft -> await Opaque -> stamp }.erase();
    assert_eq!(flow.awaits()[0].awaited.to_string(), "Opaque");
    assert!(flow.awaits()[0].schema().is_none());
}
