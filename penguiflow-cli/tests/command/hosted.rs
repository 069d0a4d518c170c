//! A store that a host has filled and has open.

use std::time::Duration;

use penguiflow::TraceId;
use penguiflow::prelude::*;
use penguiflow_sqlite::Sqlite;
use serde_json::Value;

use crate::publish::Publish;
use crate::shop::Shop;
use crate::{run_in, texts};

#[node]
async fn charge(order: u32) -> Result<u32, String> {
    Err(format!("order {order} has no card"))
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

flow! { #[flow(durable)] struct Double(u32) -> u32; double; }
flow! { #[flow(durable)] struct Pay(u32) -> u32; charge; }

/// What a command prints once its output has this text.
async fn prints_in_time(shop: &Shop, args: &[&str], text: &str) -> String {
    let args = [args, &["--store", "shop.db"]].concat();
    for _ in 0..400 {
        let (out, err) = texts(&run_in(shop.folder(), &args));
        assert_eq!(err, "");
        if out.contains(text) {
            return out;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let (out, _) = texts(&run_in(shop.folder(), &args));
    panic!("{args:?} does not print `{text}`: {out}")
}

async fn prints_of(shop: &Shop, command: &str, trace: TraceId, text: &str) -> String {
    prints_in_time(shop, &[command, &trace.to_string()], text).await
}

#[tokio::test]
async fn a_parked_trace_of_a_host_is_shown() {
    let shop = Shop::empty().await;
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Publish::flow()).await.expect("it starts");
    let message = Message::new("krill".to_owned()).tenant("acme");
    let trace = running.emit(message).await.expect("it is stored");
    let out = prints_of(&shop, "show", trace, "state     parked").await;
    assert!(out.contains("headers   tenant acme\n"), "{out}");
    assert!(out.contains("\n  `await Approval` has waited "), "{out}");
    assert!(
        out.contains(" for `Approval`, for 23h more (step "),
        "{out}"
    );
    for node in ["draft", "facts", "style"] {
        assert!(out.contains(&format!("    done    {node} ")), "{out}");
    }
    assert!(out.contains("  > parked  await Approval  -> "), "{out}");
    let out = prints_in_time(&shop, &["waiting", "--json"], "").await;
    let waiting: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(waiting[0]["id"], trace.to_string());
    let wrong = [
        "resume",
        &trace.to_string(),
        "--value",
        "true",
        "--store",
        "shop.db",
    ];
    let (_, err) = texts(&run_in(shop.folder(), &wrong));
    assert!(
        err.contains(r#"the value is no `Approval`: true is not of type "object""#),
        "{err}"
    );
    running.stop().await;
    store.close().await;
}

#[tokio::test]
async fn a_dead_letter_of_a_host_is_shown() {
    let shop = Shop::empty().await;
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Pay::flow()).await.expect("it starts");
    let trace = running.emit(7).await.expect("it is stored");
    let out = prints_of(&shop, "show", trace, "state     dead").await;
    assert!(out.contains("Dead letter\n"), "{out}");
    let out = prints_of(&shop, "dead", trace, "input     7\n").await;
    assert!(out.contains("kind      failed\n"), "{out}");
    assert!(
        out.contains("error     node `charge` failed: order 7 has no card\n"),
        "{out}"
    );
    let out = prints_in_time(&shop, &["top", "--once"], "Pay").await;
    assert!(
        out.contains(&format!("process {} on ", std::process::id())),
        "{out}"
    );
    running.stop().await;
    store.close().await;
}

#[tokio::test]
async fn an_output_of_a_host_is_shown_until_it_is_acknowledged() {
    let shop = Shop::empty().await;
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Double::flow()).await.expect("it starts");
    let trace = running.emit(21).await.expect("it is stored");
    let out = prints_of(&shop, "show", trace, "state     done").await;
    assert!(out.contains("\n  output 42\n"), "{out}");
    let result = running.fetch().await.expect("a store").expect("a result");
    result.ack().await.expect("a store").expect("an output");
    let out = prints_of(&shop, "show", trace, "state     done").await;
    assert!(!out.contains("output"), "{out}");
    running.stop().await;
    store.close().await;
}
