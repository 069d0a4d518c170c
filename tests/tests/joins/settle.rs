//! `settle`: all branches, failed ones too, as a tuple of results.

use penguiflow::prelude::*;

use super::{Branch, Settled, failure, start, sum, tell_settled};
use penguiflow_tests::support::{Notebook, ms};

macro_rules! settle {
    ($one:expr, $other:expr) => {{
        let flow = flow! {
            let one: Branch = $one;
            let other: Branch = $other;
            start -> [one, other] -> settle
        };
        let parts: Result<(Settled, Settled), _> = flow.with_state(Notebook::new()).run(0).await;
        parts
    }};
}

#[tokio::test(start_paused = true)]
async fn what_succeeds_and_what_fails_is_told_apart() -> Result<(), FlowError> {
    assert_eq!(
        settle!(Branch::gives(10), Branch::gives(5))?,
        (Ok(10), Ok(5))
    );
    let (one, other) = settle!(Branch::fails(10), Branch::gives(20))?;
    assert_eq!(other, Ok(20));
    let error = one.expect_err("it fails");
    assert_eq!(error.kind, ErrorKind::Failed);
    assert_eq!(error.node.as_deref(), Some("one"));
    assert_eq!(error.attempts, 1);
    assert_eq!(error.message, "node `one` failed: no luck after 10");
    assert_eq!(error.to_string(), error.message);
    Ok(())
}

/// The trace does not fail, though every branch does.
#[tokio::test(start_paused = true)]
async fn timeouts_and_panics_settle_too() -> Result<(), FlowError> {
    let (late, panicked) = settle!(Branch::gives(500), Branch::panics(10))?;
    let kind = |part: Settled| part.expect_err("it fails").kind;
    assert_eq!(
        (kind(late), kind(panicked)),
        (ErrorKind::TimedOut, ErrorKind::Panicked)
    );
    Ok(())
}

#[node(retries = 2, backoff = "10ms")]
async fn stubborn(_: u32) -> Result<u32, String> {
    Err("no".to_owned())
}

/// A branch is given its retries before it settles, and the siblings are not held up.
#[tokio::test(start_paused = true)]
async fn a_branch_fails_for_good_before_it_settles() -> Result<(), FlowError> {
    let flow = flow! {
        let other: Branch = Branch::gives(5);
        start -> [stubborn, other] -> settle -> tell_settled
    };
    let told = flow.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "node `stubborn` failed after 3 attempts: no; 5");
    Ok(())
}

/// The whole of a branch settles once: at its first failure, its other parts are dropped.
#[tokio::test(start_paused = true)]
async fn a_branch_with_a_join_in_it_settles_as_one() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let bad: Branch = Branch::fails(10);
        let worse: Branch = Branch::fails(20);
        let other: Branch = Branch::gives(30);
        start -> [[bad, worse] -> join -> sum, other] -> settle -> tell_settled
    };
    let told = flow.with_state(notes.clone()).run(0).await?;
    assert_eq!(told, "node `bad` failed: no luck after 10; 30");
    tokio::time::sleep(ms(100)).await;
    let lines = notes.timed();
    assert!(lines.contains(&(10, "20 is gone".to_owned())), "{lines:?}");
    Ok(())
}

/// `None` is no failure: nothing is there to hand on, so the join is left waiting.
#[tokio::test(start_paused = true)]
async fn a_branch_that_ends_in_none_leaves_it_waiting() {
    let (kind, told) = failure(settle!(Branch::is_none(10), Branch::gives(20)));
    assert_eq!(kind, ErrorKind::Unjoined);
    assert!(told.contains("`one`"), "{told}");
}

/// A race of which nothing is left is a failed branch of the join around it.
#[tokio::test(start_paused = true)]
async fn a_race_that_all_lost_settles_as_one_failure() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Branch = Branch::fails(10);
        let worse: Branch = Branch::fails(20);
        let other: Branch = Branch::gives(30);
        start -> [[bad, worse] -> race, other] -> settle -> tell_settled
    };
    let told = flow.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "node `worse` failed: no luck after 20; 30");
    Ok(())
}
