//! `quorum(k)`: the first k successes, in the order in which they came.

use penguiflow::prelude::*;

use super::{Branch, failure, start, tell_list};
use penguiflow_tests::support::Notebook;

/// A quorum of that many among three branches, and what was recorded.
macro_rules! quorum {
    ($wanted:literal of $one:expr, $two:expr, $three:expr) => {{
        let notes = Notebook::new();
        let flow = flow! {
            let one: Branch = $one;
            let two: Branch = $two;
            let three: Branch = $three;
            start -> [one, two, three] -> quorum($wanted) -> tell_list
        };
        (flow.with_state(notes.clone()).run(0).await, notes.timed())
    }};
}

#[tokio::test(start_paused = true)]
async fn the_first_come_in_their_order_and_the_rest_is_dropped() -> Result<(), FlowError> {
    let (result, seen) = quorum!(2 of Branch::gives(50), Branch::gives(20), Branch::gives(10));
    assert_eq!(result?, "[10, 20]");
    assert!(seen.contains(&(20, "50 is gone".to_owned())), "{seen:?}");
    assert!(!seen.iter().any(|(_, line)| line == "after 50"));
    Ok(())
}

/// A quorum of one, and one of all: the order is still that of their coming.
#[tokio::test(start_paused = true)]
async fn one_or_all_may_be_wanted() -> Result<(), FlowError> {
    let (one, _) = quorum!(1 of Branch::gives(30), Branch::gives(20), Branch::gives(10));
    assert_eq!(one?, "[10]");
    let (all, _) = quorum!(3 of Branch::gives(30), Branch::gives(20), Branch::gives(10));
    assert_eq!(all?, "[10, 20, 30]");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_quorum_tolerates_failures_until_too_few_are_left() -> Result<(), FlowError> {
    for bad in [
        Branch::fails(10),
        Branch::panics(10),
        Branch::is_none(10),
        Branch::gives(500),
    ] {
        let (result, _) = quorum!(2 of Branch::gives(30), bad, Branch::gives(20));
        assert_eq!(result?, "[20, 30]");
    }
    Ok(())
}

/// When it can no longer be reached, nobody waits for what is left.
#[tokio::test(start_paused = true)]
async fn too_many_failures_end_the_trace_at_once() {
    let (result, seen) = quorum!(2 of Branch::fails(20), Branch::fails(10), Branch::gives(50));
    let told = "node `one` failed: no luck after 20".to_owned();
    assert_eq!(failure(result), (ErrorKind::Failed, told));
    assert!(seen.contains(&(20, "50 is gone".to_owned())), "{seen:?}");
    let (result, _) = quorum!(2 of Branch::fails(10), Branch::is_none(20), Branch::gives(50));
    assert_eq!(failure(result).0, ErrorKind::Failed);
}

#[tokio::test(start_paused = true)]
async fn too_many_nones_leave_it_waiting() {
    let (result, _) = quorum!(2 of Branch::is_none(10), Branch::is_none(20), Branch::gives(50));
    let (kind, told) = failure(result);
    assert_eq!(kind, ErrorKind::Unjoined);
    assert!(told.contains("`one`, `two`"), "{told}");
}
