//! A join that can no longer fill: the trace ends, and says what is missing.

use penguiflow::prelude::*;

use super::{Branch, failure, plus, start, sum, tell_pair};
use penguiflow_tests::support::{Notebook, balances, drain, tasks};

macro_rules! joined {
    ($one:expr, $other:expr) => {
        flow! {
            let one: Branch = $one;
            let other: Branch = $other;
            start -> [one, other -> plus] -> join -> tell_pair
        }
        .with_state(Notebook::new())
    };
}

#[tokio::test(start_paused = true)]
async fn the_missing_inputs_are_named() {
    let end = failure(joined!(Branch::is_none(10), Branch::gives(30)).run(0).await);
    let told = "node `join` was left waiting: nothing came from `one`".to_owned();
    assert_eq!(end, (ErrorKind::Unjoined, told));
    let end = failure(joined!(Branch::gives(10), Branch::is_none(30)).run(0).await);
    let told = "node `join` was left waiting: nothing came from `plus`".to_owned();
    assert_eq!(end, (ErrorKind::Unjoined, told));
}

/// It ends when its last branch does, and waits for no time-out.
#[tokio::test(start_paused = true)]
async fn a_join_is_unjoined_as_soon_as_its_last_branch_ends() {
    let flow = joined!(Branch::is_none(10), Branch::gives(30));
    let error = flow.run(0).await.expect_err("nothing came from `one`");
    assert_eq!(error.elapsed(), penguiflow_tests::support::ms(30));
    assert_eq!((error.node(), error.attempts()), (Some("join"), 0));
}

/// Where no branch has come, there is nothing that waits: the trace is filtered, or its
/// joins are left waiting. Either way it ends, and `None` on all paths is `Filtered`.
#[tokio::test(start_paused = true)]
async fn all_paths_that_end_in_none_are_filtered() {
    let end = failure(
        joined!(Branch::is_none(10), Branch::is_none(30))
            .run(0)
            .await,
    );
    assert_eq!(end.0, ErrorKind::Filtered);
}

#[tokio::test(start_paused = true)]
async fn the_ledger_counts_it_as_failed() -> Result<(), FlowError> {
    let running = joined!(Branch::is_none(10), Branch::gives(30)).start();
    let id = running.emit(Message::new(0).tenant("acme")).await?;
    let error = running
        .fetch()
        .await
        .expect("a result")
        .expect_err("unjoined");
    assert_eq!((error.trace_id(), &*error.headers().tenant), (id, "acme"));
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.failed, ledger.filtered), (1, 1, 0));
    assert!(balances(&ledger));
    assert!(drain(&running).await.is_empty());
    assert_eq!(tasks(), 0);
    Ok(())
}

/// An outer join waits for an inner one that cannot fill: both are left, the error names one.
#[tokio::test(start_paused = true)]
async fn a_nested_join_that_cannot_fill_ends_the_trace() {
    let flow = flow! {
        let a: Branch = Branch::is_none(10);
        let b: Branch = Branch::gives(20);
        let c: Branch = Branch::gives(30);
        start -> [[a, b] -> join -> sum, c] -> join -> tell_pair
    };
    let (kind, told) = failure(flow.with_state(Notebook::new()).run(0).await);
    assert_eq!(kind, ErrorKind::Unjoined);
    assert!(told.contains("nothing came from `a`"), "{told}");
}
