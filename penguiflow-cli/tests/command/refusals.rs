//! What cannot be done is one sentence, and an exit code.

use std::fs;

use expect_test::{Expect, expect};

use crate::refuses;
use crate::shop::Shop;

/// For each of these lines, after which the store is as it was.
async fn all_refused<const N: usize>(code: i32, lines: [(&str, Expect); N]) {
    let shop = Shop::open().await;
    fs::write(
        shop.folder().join("text.db"),
        "no database, and longer than the header of one is: it goes on and on and on and on",
    )
    .expect("a file");
    fs::write(shop.folder().join("empty.db"), "").expect("a file");
    for (line, expected) in lines {
        let line = match line.contains("--store") {
            true => line.to_owned(),
            false => format!("{line} --store shop.db"),
        };
        refuses(shop.folder(), &line, code, expected);
    }
    let queued = "SELECT count(*) FROM commands";
    let queued: i64 = shop
        .connection()
        .query_row(queued, [], |row| row.get(0))
        .expect("a count");
    assert_eq!(queued, 0);
    assert!(!shop.folder().join("gone.db").exists());
}

#[tokio::test]
async fn files_that_are_no_stores_are_refused() {
    let lines = [
        (
            "traces --store gone.db",
            expect![[r#"
            penguiflow: there is no file `gone.db`
        "#]],
        ),
        (
            "traces --store text.db",
            expect![[r#"
            penguiflow: the file is not a store of penguiflow: name another file
        "#]],
        ),
        (
            "traces --store empty.db",
            expect![[r#"
            penguiflow: the file is not a store of penguiflow: name another file
        "#]],
        ),
        (
            "traces --store .",
            expect![[r#"
            penguiflow: there is no file `.`
        "#]],
        ),
        (
            "backup text.db",
            expect![[r#"
            penguiflow: `text.db` exists already: name a new file
        "#]],
        ),
        (
            "backup nowhere/copy.db",
            expect![[r#"
            penguiflow: `nowhere/copy.db` cannot be written: the file of the store cannot be read or written (No such file or directory (os error 2)): check the disk
        "#]],
        ),
    ];
    all_refused(1, lines).await;
}

#[tokio::test]
async fn a_store_of_a_newer_format_is_refused() {
    let shop = Shop::empty().await;
    let newer = "UPDATE meta SET value = 99 WHERE key = 'format'";
    shop.connection()
        .execute(newer, [])
        .expect("a newer format");
    refuses(
        shop.folder(),
        "traces --store shop.db",
        1,
        expect![[r#"
        penguiflow: the store has format 99, and this version reads 1: update penguiflow-sqlite
    "#]],
    );
}

#[tokio::test]
async fn ids_that_name_no_trace_are_refused() {
    let lines = [
        (
            "show 9999",
            expect![[r#"
            penguiflow: the store has no trace `9999`
        "#]],
        ),
        (
            "show 7777",
            expect![[r#"
            penguiflow: several traces begin with `7777`: 77770000000000000000000000000007, 77771111000000000000000000000008
        "#]],
        ),
        (
            "show ''",
            expect![[r#"
            penguiflow: `` is no trace id: write its first hexadecimal digits, up to 32
        "#]],
        ),
        (
            "show xyz",
            expect![[r#"
            penguiflow: `xyz` is no trace id: write its first hexadecimal digits, up to 32
        "#]],
        ),
        (
            "cancel 9999",
            expect![[r#"
            penguiflow: the store has no trace `9999`
        "#]],
        ),
        (
            "traces --flow Shop",
            expect![[r#"
            penguiflow: the store has no flow `Shop`; its flows: Publish
        "#]],
        ),
    ];
    all_refused(1, lines).await;
}

#[tokio::test]
async fn what_a_state_does_not_allow_is_refused() {
    let lines = [
        (
            "resume 1111 --json true",
            expect![[r#"
            penguiflow: the trace 1111aaaa000000000000000000000001 is running: a trace that is parked can be resumed
        "#]],
        ),
        (
            "retry 2222",
            expect![[r#"
            penguiflow: the trace 2222bbbb000000000000000000000002 is parked: a dead one can be tried again
        "#]],
        ),
        (
            "drop 5555",
            expect![[r#"
            penguiflow: the trace 5555eeee000000000000000000000005 is done: a dead one can be dropped; cancel others
        "#]],
        ),
        (
            "cancel 5555",
            expect![[r#"
            penguiflow: the trace 5555eeee000000000000000000000005 is done: there is nothing to cancel
        "#]],
        ),
        (
            "dead 5555",
            expect![[r#"
            penguiflow: the trace 5555eeee000000000000000000000005 is done: it has no dead letter
        "#]],
        ),
        (
            "resume 2222 --step ffffffffffffffff --json true",
            expect![[r#"
                penguiflow: the trace 2222bbbb000000000000000000000002 is not parked at a step `ffffffffffffffff`; it is at de8ded7a0c430131 (await Approval)
            "#]],
        ),
    ];
    all_refused(1, lines).await;
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_before_it_is_queued() {
    let lines = [
        (
            "resume 2222 --json yes",
            expect![[r#"
            penguiflow: the value is no JSON (a text stands in quotes): expected value at line 1 column 1
        "#]],
        ),
        (
            "resume 2222 --json '\"yes\"'",
            expect![[r#"
            penguiflow: the value is no `Approval`: "yes" is not of type "object"
        "#]],
        ),
        (
            r#"resume 2222 --json '{"approved": "yes", "by": "Emma"}'"#,
            expect![[r#"
                penguiflow: the value is no `Approval` at `/approved`: "yes" is not of type "boolean"
            "#]],
        ),
        (
            r#"resume 2222 --json '{"approved": true}'"#,
            expect![[r#"
            penguiflow: the value is no `Approval`: "by" is a required property
        "#]],
        ),
        (
            "retry 4444 --input {",
            expect![[r#"
            penguiflow: the value is no JSON (a text stands in quotes): EOF while parsing an object at line 1 column 1
        "#]],
        ),
    ];
    all_refused(1, lines).await;
}

#[tokio::test]
async fn what_is_not_understood_ends_with_2() {
    let lines = [
        (
            "traces --state asleep",
            expect![[r#"
            error: invalid value 'asleep' for '--state <STATE>'
              [possible values: running, parked, retrying, dead, done, failed, cancelled]

            For more information, try '--help'.
        "#]],
        ),
        (
            "traces --older soon",
            expect![[r#"
            error: invalid value 'soon' for '--older <AGE>': expected number at 0

            For more information, try '--help'.
        "#]],
        ),
        (
            "draw graph.json --types --store shop.db",
            expect![[r#"
                error: the following required arguments were not provided:
                  --svg

                Usage: penguiflow draw --svg --types --store <FILE> <GRAPH>

                For more information, try '--help'.
            "#]],
        ),
        (
            "resume 2222",
            expect![[r#"
                error: the following required arguments were not provided:
                  --json <VALUE>

                Usage: penguiflow resume --json <VALUE> --store <FILE> <ID>

                For more information, try '--help'.
            "#]],
        ),
    ];
    all_refused(2, lines).await;
}

#[tokio::test]
async fn a_dead_letter_without_an_input_takes_none() {
    let shop = Shop::open().await;
    let sql = "UPDATE dead SET input = NULL, step = NULL, node = NULL, path = NULL";
    shop.connection().execute(sql, []).expect("it is changed");
    let line = "retry 4444 --input 1 --store shop.db";
    refuses(
        shop.folder(),
        line,
        1,
        expect![[r#"
        penguiflow: the dead letter of 4444dddd000000000000000000000004 names no step that could have another input: retry it as it is
    "#]],
    );
}

#[tokio::test]
async fn a_command_without_a_store_ends_with_2() {
    let shop = Shop::open().await;
    refuses(
        shop.folder(),
        "traces",
        2,
        expect![[r#"
        error: name the store: `--store FILE`, or the variable `PENGUIFLOW_STORE`

        Usage: penguiflow [OPTIONS] <COMMAND>

        For more information, try '--help'.
    "#]],
    );
}

#[tokio::test]
async fn a_trace_without_a_readable_graph_or_frontier_is_a_sentence() {
    let shop = Shop::open().await;
    let connection = shop.connection();
    connection
        .execute("UPDATE flows SET graph = '{}'", [])
        .expect("it is changed");
    refuses(
        shop.folder(),
        "show 2222 --store shop.db",
        1,
        expect![[r#"
        penguiflow: the graph of `Publish` cannot be read: not the JSON of a flow's graph: missing field `name` at line 1 column 2
    "#]],
    );
    let sql = "UPDATE traces SET frontier = x'ff', waits = 'no', history = x'00', error = '{'";
    assert_eq!(connection.execute(sql, []).expect("it is changed"), 8);
    for command in ["traces", "waiting"] {
        let output = crate::run_in(shop.folder(), &[command, "--store", "shop.db"]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{command}: {:?}",
            crate::texts(&output)
        );
    }
}
