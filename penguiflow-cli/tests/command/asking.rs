//! Commands that change a trace: queued, and answered by a host if there is one.

use std::time::Duration;

use expect_test::expect;
use penguiflow_sqlite::store::{Command, Store};

use crate::shop::{PARKED, Shop, id};
use crate::{prints, refuses, run_in, texts};

/// The commands in the queue of a store, with their traces and arguments.
fn queued(shop: &Shop) -> Vec<String> {
    let connection = shop.connection();
    let sql = "SELECT verb, hex(substr(trace, 1, 2)), argument FROM commands ORDER BY seq";
    let mut statement = connection.prepare(sql).expect("a statement");
    let commands = statement.query_map([], |row| {
        let argument: Option<String> = row.get(2)?;
        let (verb, trace): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(format!("{verb} {trace} {}", argument.unwrap_or_default()))
    });
    commands
        .expect("commands")
        .collect::<Result<_, _>>()
        .expect("commands")
}

#[tokio::test]
async fn without_a_host_a_command_stays_queued() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "cancel 1111 --store shop.db",
        expect![[r#"
        queued as command 1: no host is running; the next one that opens the store applies it
    "#]],
    );
    prints(
        &shop,
        "cancel 1111 --store shop.db --json",
        expect![[r#"
            {
              "trace": "1111aaaa000000000000000000000001",
              "verb": "cancel",
              "command": 2,
              "done": false
            }
        "#]],
    );
    prints(
        &shop,
        "retry 4444 --store shop.db",
        expect![[r#"
        queued as command 3: no host is running; the next one that opens the store applies it
    "#]],
    );
    prints(
        &shop,
        r#"retry 4444 --input '"krill"' --store shop.db"#,
        expect![[r#"
            queued as command 4: no host is running; the next one that opens the store applies it
        "#]],
    );
    prints(
        &shop,
        "drop 4444 --store shop.db",
        expect![[r#"
        queued as command 5: no host is running; the next one that opens the store applies it
    "#]],
    );
    let value = r#"'{"approved": true, "by": "Emma"}'"#;
    prints(
        &shop,
        &format!("resume 2222 --json {value} --store shop.db"),
        expect![[r#"
            queued as command 6: no host is running; the next one that opens the store applies it
        "#]],
    );
    expect![[r#"
        cancel 1111 
        cancel 1111 
        retry 4444 
        retry 4444 {"input":{"style":"krill"}}
        drop 4444 
        resume 2222 {"step":"de8ded7a0c430131","value":{"approved":true,"by":"Emma"}}"#]]
    .assert_eq(&queued(&shop).join("\n"));
}

#[tokio::test]
async fn a_trace_shows_what_was_asked_for() {
    let shop = Shop::open().await;
    run_in(shop.folder(), &["cancel", "1111", "--store", "shop.db"]);
    let (out, _) = texts(&run_in(
        shop.folder(),
        &["show", "1111", "--store", "shop.db"],
    ));
    assert!(
        out.contains("Asked of the host, and not answered\n  cancel, command 1, "),
        "{out}"
    );
}

/// Answers the next command of a store.
async fn answers(store: &Store, answer: &str) -> Command {
    loop {
        let commands = store.commands(0).await.expect("commands");
        if let Some(command) = commands.into_iter().next() {
            store
                .answer(command.seq, answer.to_owned())
                .await
                .expect("an answer");
            return command;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Runs the command beside a host that answers so.
async fn answered(line: &'static str, answer: &str) -> (Command, Option<i32>, String, String) {
    let shop = Shop::open().await;
    let host = shop.host();
    let folder = shop.folder().to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let words = crate::words(line);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        run_in(&folder, &words)
    });
    let command = answers(&host, answer).await;
    let output = asked.await.expect("it runs");
    let (out, err) = texts(&output);
    (command, output.status.code(), out, err)
}

#[tokio::test]
async fn a_host_does_what_is_asked_for() {
    let line = r#"resume 2222 --json {"approved":true,"by":"Emma"} --store shop.db --wait 60s"#;
    let (command, code, out, err) = answered(line, "ok").await;
    assert_eq!((code, err.as_str()), (Some(0), ""));
    expect![[r#"
        resumed 2222bbbb000000000000000000000002
    "#]]
    .assert_eq(&out);
    assert_eq!(
        (command.verb.as_str(), command.trace),
        ("resume", Some(id(PARKED)))
    );
    expect![[r#"{"step":"de8ded7a0c430131","value":{"approved":true,"by":"Emma"}}"#]]
        .assert_eq(&command.argument.expect("a step and its value"));
}

#[tokio::test]
async fn a_refusal_of_the_host_is_an_error() {
    let line = "cancel 1111 --store shop.db --wait 60s";
    let (command, code, out, err) = answered(line, "error: the trace has ended").await;
    assert_eq!(
        (code, out.as_str(), command.verb.as_str()),
        (Some(1), "", "cancel")
    );
    expect![[r#"
        penguiflow: the host refused it: the trace has ended
    "#]]
    .assert_eq(&err);
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_named() {
    let shop = Shop::open().await;
    let host = shop.host();
    let output = run_in(
        shop.folder(),
        &["drop", "4444", "--store", "shop.db", "--wait", "50ms"],
    );
    let (out, err) = texts(&output);
    assert_eq!((output.status.code(), out.as_str()), (Some(1), ""));
    let process = format!("process {} on ", std::process::id());
    assert!(
        err.contains(&process) && err.contains("has not answered within 50ms"),
        "{err}"
    );
    host.close().await;
}

#[tokio::test]
async fn a_backup_is_a_store_that_has_all() {
    let shop = Shop::open().await;
    let host = shop.host();
    let output = run_in(shop.folder(), &["backup", "copy.db", "--store", "shop.db"]);
    assert_eq!(output.status.code(), Some(0), "{:?}", texts(&output));
    let listed = |store| {
        texts(&run_in(
            shop.folder(),
            &["traces", "--json", "--store", store],
        ))
        .0
    };
    assert_eq!(listed("copy.db"), listed("shop.db"));
    refuses(
        shop.folder(),
        "backup copy.db --store shop.db",
        1,
        expect![[r#"
            penguiflow: `copy.db` exists already: name a new file
        "#]],
    );
    host.close().await;
}
