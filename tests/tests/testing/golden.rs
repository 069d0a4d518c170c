//! Golden files.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use expect_test::expect;
use penguiflow::Recording;
use penguiflow::prelude::*;
use penguiflow::testing::TraceRecord;

#[node(timeout = "2s", retries = 3, backoff = "1s..1s", jitter = false)]
async fn search(question: &str) -> std::io::Result<String> {
    Ok(question.to_uppercase())
}

#[node]
async fn answer(found: String) -> String {
    found
}

async fn record(slow: bool) -> TraceRecord {
    let recording = Recording::new();
    let flow = flow! { search -> answer }
        .observe(recording.clone())
        .script::<search>(|node| {
            let node = node.fails(|| std::io::Error::other("connection reset"));
            if slow { node.hangs() } else { node }
        });
    flow.run("krill".to_owned())
        .await
        .expect("the last attempt succeeds");
    flow.flush().await;
    TraceRecord::last(&recording)
}

#[tokio::test(start_paused = true)]
async fn the_same_run_has_the_same_text() {
    record(true).await.assert_golden("tests/testing/golden.txt");
}

/// The message of a comparison that fails. None while files are written: then all hold.
fn failure(record: &TraceRecord, path: &Path) -> Option<String> {
    if env::var_os("UPDATE_EXPECT").is_some() {
        return None;
    }
    let compared = catch_unwind(AssertUnwindSafe(|| record.assert_golden(path)));
    let message = compared.expect_err("it is another text");
    message.downcast().ok().map(|message| *message)
}

#[tokio::test(start_paused = true)]
async fn another_run_has_another_text() {
    let path = Path::new("tests/testing/golden.txt");
    if let Some(message) = failure(&record(false).await, path) {
        expect![[r"
            the trace is not as in tests/testing/golden.txt; run the test with UPDATE_EXPECT=1 to write it
            --- expected
            flow: completed
              search: failed: connection reset; timed out: took longer than 2s; succeeded
              answer: succeeded
            --- is
            flow: completed
              search: failed: connection reset; succeeded
              answer: succeeded
        "]]
        .assert_eq(&message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_there_is_an_error() {
    let path = Path::new("tests/testing/none.txt");
    if let Some(message) = failure(&record(false).await, path) {
        assert!(message.starts_with("tests/testing/none.txt: "), "{message}");
        let help = "; run the test with UPDATE_EXPECT=1 to write it";
        assert!(message.ends_with(help), "{message}");
    }
}
