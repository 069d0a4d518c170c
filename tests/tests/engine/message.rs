//! `Message`, `Headers` and `TraceId` as values.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::secs;

#[tokio::test(start_paused = true)]
async fn a_message_is_built_in_steps() {
    let trace_id = TraceId::random();
    let message = Message::new("question")
        .tenant("acme")
        .topic("billing")
        .priority(2)
        .meta("locale", "nb")
        .trace_id(trace_id)
        .deadline_in(secs(20))
        .hops(16);
    assert_eq!(message.payload, "question");
    assert_eq!(message.headers.tenant, "acme");
    assert_eq!(message.headers.topic.as_deref(), Some("billing"));
    assert_eq!(message.headers.priority, 2);
    assert_eq!(message.headers.meta["locale"], "nb");
    assert_eq!(message.trace_id, trace_id);
    assert_eq!(message.deadline, Some(Instant::now() + secs(20)));
    let at = Instant::now() + secs(3);
    assert_eq!(message.deadline_at(at).deadline, Some(at));
}

#[test]
fn a_bare_payload_becomes_a_message() {
    let message: Message<u32> = 7.into();
    assert_eq!((message.payload, message.deadline), (7, None));
    assert_eq!(message.headers, Headers::default());
    assert_eq!(Headers::new("acme").tenant, "acme");
}

#[test]
fn another_payload_keeps_the_envelope() {
    let message = Message::new(20).tenant("acme");
    let (trace_id, ts) = (message.trace_id, message.ts);
    let message = message.map(|n| n + 1).with("text");
    assert_eq!(
        (message.payload, message.trace_id, message.ts),
        ("text", trace_id, ts)
    );
    assert_eq!(message.headers.tenant, "acme");
    let headers = Headers::new("other");
    assert_eq!(message.headers(headers.clone()).headers, headers);
}

/// A time beyond the clock's range sets no deadline, and does not panic.
#[tokio::test]
async fn a_deadline_out_of_reach_is_none() {
    assert_eq!(Message::new(()).deadline_in(Duration::MAX).deadline, None);
}

#[tokio::test(start_paused = true)]
async fn a_message_can_be_stored() -> Result<(), serde_json::Error> {
    let message = Message::new(vec![1, 2])
        .tenant("acme")
        .deadline_in(secs(5))
        .hops(3);
    let read: Message<Vec<u32>> = serde_json::from_str(&serde_json::to_string(&message)?)?;
    assert_eq!(read, message);
    Ok(())
}

#[test]
fn a_messages_time_is_wall_time() {
    let before = SystemTime::now();
    let age = before.duration_since(Message::new(()).ts);
    let age = age.unwrap_or_else(|ahead| ahead.duration());
    assert!(age < Duration::from_secs(3600 * 24), "{age:?}");
}

#[test]
fn trace_ids_read_and_print_in_the_w3c_form() -> Result<(), Box<dyn std::error::Error>> {
    let text = "4bf92f3577b34da6a3ce929d0e0e4736";
    let id: TraceId = text.parse()?;
    assert_eq!(id.to_string(), text);
    assert_eq!(format!("{id:?}"), format!("TraceId({text})"));
    assert_eq!(id.to_u128(), 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
    assert_eq!(TraceId::from_u128(id.to_u128()), Some(id));
    assert_eq!(serde_json::to_value(id)?, serde_json::json!(text));
    assert_eq!(
        serde_json::from_value::<TraceId>(serde_json::json!(text))?,
        id
    );
    assert_eq!(
        "00000000000000000000000000000001".parse(),
        Ok(TraceId::from_u128(1).expect("not zero"))
    );
    Ok(())
}

#[test]
fn an_invalid_trace_id_is_refused() {
    let zero = "0".repeat(32);
    let too_long = "a".repeat(33);
    let signed = format!("+{}", "a".repeat(31));
    for text in [
        "",
        "abc",
        "4bf92f3577b34da6a3ce929d0e0e473g",
        &zero,
        &too_long,
        &signed,
    ] {
        let error = text.parse::<TraceId>().expect_err(text);
        assert_eq!(
            error.to_string(),
            "a trace id is 32 hexadecimal digits, not all zero"
        );
        assert!(serde_json::from_value::<TraceId>(serde_json::json!(text)).is_err());
    }
    assert_eq!(TraceId::from_u128(0), None);
}

#[test]
fn random_trace_ids_differ() {
    let ids: HashSet<_> = (0..1000).map(|_| TraceId::random()).collect();
    assert_eq!(ids.len(), 1000);
}
