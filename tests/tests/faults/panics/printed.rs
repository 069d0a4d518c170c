//! An error whose `Display` panics.

use penguiflow::prelude::*;
use penguiflow_tests::support::watched;

use super::{Touchy, failed, good, kinds_of_two, start, told};

#[node]
async fn fails_touchily(n: u32) -> Result<u32, Touchy> {
    Err(Touchy(n))
}

#[node]
async fn describe(failed: Failed<u32>) -> u32 {
    assert_eq!(failed.error.kind, ErrorKind::Failed);
    assert_eq!(failed.error.node.as_deref(), Some("fails_touchily"));
    failed.input
}

/// An error that cannot be printed is the error that it is: for the caller, for a fallback, for a
/// `settle`, and for who observes.
#[tokio::test]
async fn an_error_that_cannot_be_printed_is_told_all_the_same() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { fails_touchily });
    let error = flow.run(1).await.expect_err("it fails");
    assert_eq!(told(&error), failed("fails_touchily"));
    assert_eq!(
        error.to_string(),
        "node `fails_touchily` failed: an error whose `Display` panicked"
    );
    assert!(error.into_source().expect("its own").is::<Touchy>());
    flow.flush().await;
    assert_eq!(seen.count("node_failed"), 1);
    let flow = flow! { #[flow(durable)] fails_touchily else describe };
    assert_eq!(both!(flow, 7)?, [7]);
    let flow = flow! { #[flow(durable)] start -> [fails_touchily, good] -> settle -> kinds_of_two };
    assert_eq!(both!(flow, 7)?, ["Err(Failed) Ok(7)"]);
    Ok(())
}
