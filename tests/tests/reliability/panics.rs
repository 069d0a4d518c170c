//! Panics: caught at the node, reported as an error, not retried.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, drain, watched};

#[node(retries = 3, backoff = "1ms")]
async fn fragile(n: u32) -> Result<u32, String> {
    assert!(n != 3, "three is too many");
    Ok(n)
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_its_trace_alone() -> Result<(), FlowError> {
    let running = flow! { fragile }.ordered().start();
    for n in 2..=4 {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.failed), (2, 1));
    let results = drain(&running).await;
    assert!(
        matches!(results.as_slice(), [Ok(2), Err(_), Ok(4)]),
        "{results:?}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_not_retried() {
    let (flow, seen) = watched(flow! { fragile });
    let error = flow.run(3).await.expect_err("it panics");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Panicked, 1));
    assert_eq!(
        error.to_string(),
        "node `fragile` panicked: three is too many"
    );
    flow.flush().await;
    let expected = [
        "trace_start",
        "node_start fragile 0",
        "node_error fragile 0",
        "node_failed fragile 0",
        "trace_end",
    ];
    assert_eq!(seen.lines(), expected);
}

#[node]
async fn panics_with(what: u32) {
    match what {
        0 => panic!("plain text"),
        1 => panic!("formatted {what}"),
        _ => std::panic::panic_any(what),
    }
}

#[tokio::test]
async fn a_panics_message_is_kept() {
    let flow = flow! { panics_with };
    for (what, message) in [
        (0, "plain text"),
        (1, "formatted 1"),
        (2, "a value that is not text"),
    ] {
        let error = flow.run(what).await.expect_err("it panics");
        assert_eq!(
            error.to_string(),
            format!("node `panics_with` panicked: {message}")
        );
        let source = error.into_source().expect("the message");
        assert_eq!(source.to_string(), message);
    }
}

/// After an await, in the middle of a poll.
#[node]
async fn panics_later(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    tokio::task::yield_now().await;
    panic!("later")
}

#[tokio::test]
async fn a_panic_drops_what_the_node_held() {
    let notes = Notebook::new();
    let error = flow! { panics_later }
        .run(notes.clone())
        .await
        .expect_err("it panics");
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(notes.lines(), ["dropped"]);
}

/// An extractor's panic is the visit's.
struct Fragile;

impl<S: Sync> Extract<S> for Fragile {
    type Rejection = std::convert::Infallible;

    async fn extract(_: &penguiflow::VisitParts<'_, S>) -> Result<Self, Self::Rejection> {
        panic!("no extractor either")
    }
}

#[node]
async fn extracts(_: (), _: Fragile) {}

fn panics_on_asking(_: &String) -> bool {
    panic!("nor who asks")
}

#[node(retries = 1, retry_if = panics_on_asking)]
async fn asks(_: ()) -> Result<(), String> {
    Err("no".to_owned())
}

#[tokio::test(start_paused = true)]
async fn panics_around_a_node_are_caught_too() {
    let error = flow! { extracts }.run(()).await.expect_err("it panics");
    assert_eq!(
        error.to_string(),
        "node `extracts` panicked: no extractor either"
    );
    let error = flow! { asks }.run(()).await.expect_err("it panics");
    assert_eq!(error.to_string(), "node `asks` panicked: nor who asks");
}

#[node]
async fn quick(_: u32) -> &'static str {
    "quick"
}

#[node]
async fn panics(n: u32) -> &'static str {
    tokio::task::yield_now().await;
    panic!("branch {n}")
}

#[tokio::test]
async fn a_panicking_branch_fails_its_trace() {
    let error = flow! { quick; panics }
        .run_all(1)
        .await
        .expect_err("one panics");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Panicked, Some("panics"))
    );
}
