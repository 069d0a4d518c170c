//! `run_json`, `emit_json` and `Message::from_json`: documents in place of payloads.

use std::collections::BTreeMap;
use std::error::Error;

use penguiflow::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use penguiflow_tests::support::ms;

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Order {
    id: u64,
    items: Vec<Item>,
    #[serde(default)]
    notes: BTreeMap<String, Note>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Item {
    name: String,
    count: u8,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Note {
    Text(String),
    Wait { milliseconds: u64 },
}

const GOOD: &str = r#"{"id": 7, "items": [{"name": "ice", "count": 2}],
 "notes": {"a": {"text": "caf\u00e9"}, "b": {"wait": {"milliseconds": 50}}}}"#;

#[node]
async fn fill(order: Order, headers: Headers) -> String {
    if let Some(Note::Wait { milliseconds }) = order.notes.get("b") {
        sleep(ms(*milliseconds)).await;
    }
    format!("{} {}", order.items[0].name, headers.tenant)
}

/// What is said of a document that does not fit an `Order`.
fn fault(json: impl AsRef<[u8]>) -> String {
    let error = Message::<Order>::from_json(json).expect_err("it does not fit");
    assert_eq!((error.kind(), error.node()), (ErrorKind::Invalid, None));
    error.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_document_is_run_as_its_payload() -> Result<(), FlowError> {
    let flow = flow! { fill };
    assert_eq!(flow.run_json(GOOD).await?, "ice ");
    assert_eq!(flow.run_json(GOOD.as_bytes()).await?, "ice ");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_message_of_a_document_takes_headers_and_a_deadline() -> Result<(), FlowError> {
    let flow = flow! { fill };
    let order = || Message::from_json(GOOD).map(|order| order.tenant("acme"));
    assert_eq!(flow.run(order()?).await?, "ice acme");
    let late = flow.run(order()?.deadline_in(ms(10))).await;
    let late = late.expect_err("it waits for longer");
    assert_eq!(late.kind(), ErrorKind::DeadlineExceeded);
    Ok(())
}

/// Protects what a person needs in order to mend a document: the path, the type, the place.
#[test]
fn a_fault_names_its_path_the_type_and_the_place() {
    assert_eq!(
        fault(
            "{\"id\": 7,\n \"items\": [{\"name\": \"ice\", \"count\": 2},\n  {\"name\": \"fish\", \"count\": 300}]}"
        ),
        "the document does not fit `Order` at `items[1].count`: \
         invalid value: integer `300`, expected u8 at line 3 column 31"
    );
    assert_eq!(
        fault(r#"{"id": 7, "items": [], "notes": {"b": {"wait": {}}}}"#),
        "the document does not fit `Order` at `notes.b.wait`: \
         missing field `milliseconds` at line 1 column 49"
    );
    assert_eq!(
        fault(r#"{"id": 7, "items": [{"name": "i"#),
        "the document does not fit `Order` at `items[0].name`: \
         EOF while parsing a string at line 1 column 31"
    );
}

#[test]
fn a_fault_of_the_whole_document_has_no_path() {
    assert_eq!(
        fault(r#"{"id": 7}"#),
        "the document does not fit `Order`: missing field `items` at line 1 column 9"
    );
    assert_eq!(
        fault(""),
        "the document does not fit `Order`: EOF while parsing a value at line 1 column 0"
    );
    let error = Message::<Vec<Order>>::from_json("7").expect_err("a number is no list");
    assert!(
        error
            .to_string()
            .starts_with("the document does not fit `Vec<Order>`: "),
        "{error}"
    );
}

#[test]
fn what_follows_a_document_is_an_error() {
    assert_eq!(
        fault(r#"{"id": 7, "items": []} {}"#),
        "the document does not fit `Order`: trailing characters at line 1 column 24"
    );
    assert!(Message::<Order>::from_json("{\"id\": 7, \"items\": []} \n").is_ok());
}

#[test]
fn the_source_is_the_error_of_serde_json() {
    let error = Message::<Order>::from_json("{").expect_err("it does not end");
    let source = error.source().expect("a source");
    let source = source.downcast_ref::<serde_json::Error>();
    assert!(source.is_some_and(serde_json::Error::is_eof));
}

/// Protects against input that nobody foresaw: it is read or refused, and never panics.
#[test]
fn no_document_panics() {
    let deep = "[".repeat(100_000);
    let deep_maps = r#"{"notes":"#.repeat(10_000);
    let odd: [&[u8]; 10] = [
        b"\0",
        b"\xff\xfe{",
        b"\xef\xbb\xbf{}",
        br#"{"id": 1e999, "items": []}"#,
        br#"{"id": -0, "items": [null]}"#,
        br#"{"id": 7, "id": 7, "items": []}"#,
        br#"{"id": 7, "items": [{"name": "\ud800", "count": 1}]}"#,
        b"{\"id\": 7, \"items\": [{\"name\": \"caf\xe9\", \"count\": 1}]}",
        deep.as_bytes(),
        deep_maps.as_bytes(),
    ];
    for json in odd {
        assert!(Message::<Order>::from_json(json).is_err());
        let _ = Message::<Value>::from_json(json);
    }
    let good = GOOD.as_bytes();
    for at in 0..good.len() {
        assert!(Message::<Order>::from_json(&good[..at]).is_err());
        for byte in [0, b'"', b'{', b']', b'9', 0xff] {
            let mut json = good.to_vec();
            json[at] = byte;
            let _ = Message::<Order>::from_json(&json);
            let _ = Message::<Value>::from_json(&json);
        }
    }
}

/// Protects the ledger and the capacity: a bad document is refused at once, also by a flow
/// that is full, and a good one waits as `emit` does.
#[tokio::test(start_paused = true)]
async fn a_document_that_does_not_fit_is_not_emitted() -> Result<(), FlowError> {
    let running = flow! { fill }.capacity(1).start();
    let (sea, _) = running.split();
    running.emit_json(GOOD).await?;
    let begun = Instant::now();
    for refused in [running.emit_json("{}").await, sea.emit_json("{}").await] {
        let refused = refused.expect_err("it does not fit");
        assert_eq!(refused.kind(), ErrorKind::Invalid);
    }
    assert!(timeout(ms(10), sea.emit_json(GOOD)).await.is_err());
    assert_eq!((running.ledger().emitted, begun.elapsed()), (1, ms(10)));

    let id = sea.emit_json(GOOD).await?;
    assert_eq!(begun.elapsed(), ms(50));
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (2, 2));
    running.fetch().await.expect("a first result")?;
    assert_eq!(running.fetch().await.expect("a second one")?.trace_id, id);

    let closed = sea.emit_json(GOOD).await.expect_err("it was stopped");
    assert_eq!(closed.kind(), ErrorKind::Closed);
    Ok(())
}
