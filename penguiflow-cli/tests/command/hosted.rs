//! A store that a host has filled and has open.

use std::time::Duration;

use expect_test::expect;
use penguiflow::TraceId;
use penguiflow::prelude::*;
use penguiflow_sqlite::Sqlite;
use serde_json::Value;

use crate::publish::Publish;
use crate::shop::Shop;
use crate::{run_in, texts};

/// Orders from 100 on have a card.
#[node]
async fn charge(order: u32) -> Result<u32, String> {
    match order {
        ..100 => Err(format!("order {order} has no card")),
        order => Ok(order),
    }
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn quick(text: String) -> usize {
    text.len()
}

/// It runs until it is dropped.
#[node]
async fn slow(_: String) -> usize {
    std::future::pending().await
}

#[node]
async fn sum((quick, slow): (usize, usize)) -> usize {
    quick + slow
}

flow! { #[flow(durable)] struct Wide(String) -> usize; quote -> [quick, slow] -> join -> sum; }

#[node]
async fn quote(text: String) -> String {
    format!("\"{text}\"")
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
    for node in ["draft", "facts", "style", "join", "edit"] {
        assert!(out.contains(&format!("    done    {node} ")), "{out}");
    }
    assert!(out.contains("  > parked  await Approval  -> "), "{out}");
    let out = prints_in_time(&shop, &["waiting", "--json"], "").await;
    let waiting: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(waiting[0]["id"], trace.to_string());
    let wrong = [
        "resume",
        &trace.to_string(),
        "--json",
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
    result.ack().await.expect("a store");
    let out = prints_of(&shop, "show", trace, "state     done").await;
    assert!(!out.contains("output"), "{out}");
    running.stop().await;
    store.close().await;
}

/// Runs a command beside the host, to its end.
async fn asked(shop: &Shop, args: &[&str]) -> (Option<i32>, String, String) {
    let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let folder = shop.folder().to_owned();
    let output = tokio::task::spawn_blocking(move || {
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        run_in(
            &folder,
            &[&args[..], &["--store", "shop.db", "--wait", "60s"]].concat(),
        )
    });
    let output = output.await.expect("it runs");
    let (out, err) = texts(&output);
    (output.status.code(), out, err)
}

#[tokio::test]
async fn a_host_resumes_what_the_command_asks_for() {
    let shop = Shop::empty().await;
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Publish::flow()).await.expect("it starts");
    let trace = running
        .emit("krill".to_owned())
        .await
        .expect("it is stored")
        .to_string();
    prints_in_time(&shop, &["show", &trace], "state     parked").await;
    let value = r#"{"approved": true, "by": "Emma"}"#;
    let (code, out, err) = asked(&shop, &["resume", &trace, "--json", value]).await;
    assert_eq!(
        (code, out, err.as_str()),
        (Some(0), format!("resumed {trace}\n"), "")
    );
    let result = running.fetch().await.expect("a store").expect("a result");
    let output = result.into_output().await.expect("an output");
    assert_eq!(
        output.payload,
        "All about krill (15 facts), approved by Emma"
    );
    let (code, _, err) = asked(&shop, &["cancel", &trace]).await;
    assert_eq!(code, Some(1), "{err}");
    running.stop().await;
    store.close().await;
}

#[tokio::test]
async fn a_host_retries_drops_and_cancels_what_the_command_asks_for() {
    let shop = Shop::empty().await;
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Pay::flow()).await.expect("it starts");
    let mut traces = Vec::new();
    for order in [7, 8] {
        let trace = running.emit(order).await.expect("it is stored").to_string();
        prints_in_time(&shop, &["show", &trace], "state     dead").await;
        traces.push(trace);
    }
    let (code, _, err) = asked(&shop, &["retry", &traces[0], "--input", "true"]).await;
    assert_eq!(code, Some(1));
    assert!(
        err.starts_with("penguiflow: the host refused it: "),
        "{err}"
    );
    let (code, out, err) = asked(&shop, &["retry", &traces[0], "--input", "107"]).await;
    assert_eq!(
        (code, out, err.as_str()),
        (Some(0), format!("to run again: {}\n", traces[0]), "")
    );
    prints_in_time(&shop, &["show", &traces[0]], "  output 107\n").await;
    let (code, out, err) = asked(&shop, &["drop", &traces[1]]).await;
    assert_eq!(
        (code, out, err.as_str()),
        (Some(0), format!("dropped {}\n", traces[1]), "")
    );
    prints_in_time(&shop, &["show", &traces[1]], "state     failed").await;
    running.stop().await;
    store.close().await;
}

#[tokio::test]
async fn what_was_queued_without_a_host_is_applied_before_anything_runs() {
    let shop = Shop::open().await;
    let (code, out, _) = asked(&shop, &["cancel", "1111"]).await;
    assert!(
        code == Some(0) && out.starts_with("queued as command 1: "),
        "{out}"
    );
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Publish::flow()).await.expect("it starts");
    let (out, _) = texts(&run_in(
        shop.folder(),
        &["show", "1111", "--store", "shop.db"],
    ));
    assert!(out.contains("state     cancelled\n"), "{out}");
    running.stop().await;
    store.close().await;
}

/// A newer command line may ask for more, and a hand may write anything.
#[tokio::test]
async fn a_command_that_a_host_does_not_understand_is_answered() {
    let shop = Shop::open().await;
    let sql = "INSERT INTO commands(verb, trace, argument, at) SELECT ?1, id, ?2, 0 FROM traces
        WHERE state = 1";
    let connection = shop.connection();
    for (verb, argument) in [("pause", None), ("resume", None), ("retry", Some("{"))] {
        connection
            .execute(sql, (verb, argument))
            .expect("a command");
    }
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Publish::flow()).await.expect("it starts");
    let mut statement = connection
        .prepare("SELECT answer FROM commands")
        .expect("a statement");
    let answers = statement
        .query_map([], |row| row.get::<_, String>(0))
        .expect("answers");
    let answers: Vec<_> = answers.collect::<Result<_, _>>().expect("each is answered");
    expect![[r#"
        error: the running flow knows no command `pause`: it is of another version than the command line
        error: the document does not fit `Approval`: invalid type: null, expected struct Approval at line 1 column 4
        error: the trace 2222bbbb000000000000000000000002 is not among the dead letters"#]].assert_eq(&answers.join("\n"));
    running.stop().await;
    store.close().await;
}

/// What its steps emit is in a journal beside its frontier.
#[tokio::test]
async fn a_trace_with_a_long_frontier_is_shown_with_its_journal() {
    let shop = Shop::empty().await;
    let store = Sqlite::open(shop.folder().join("shop.db"))
        .await
        .expect("a store");
    let running = store.start(Wide::flow()).await.expect("it starts");
    let trace = running.emit("x".repeat(6_000)).await.expect("it is stored");
    let joins = "  join of [quick, slow] has 1 input\n";
    let out = prints_of(&shop, "show", trace, joins).await;
    let journal = "SELECT count(*) FROM journal";
    let journal: i64 = shop
        .connection()
        .query_row(journal, [], |row| row.get(0))
        .expect("rows");
    assert!(journal > 0, "the frontier is long enough for a journal");
    assert!(
        out.contains("Where it stands\n  `slow` runs, or is to run (step "),
        "{out}"
    );
    assert!(out.contains("    done    quick "), "{out}");
    assert!(!out.contains("`quick` runs"), "{out}");
    running.stop_within(Duration::ZERO).await;
    store.close().await;
}
