//! `race`: the first success, and the others are dropped.

use penguiflow::prelude::*;

use super::{Branch, at, failure, plus, start, sum, tell};
use penguiflow_tests::support::{Notebook, ms};

/// A race of two branches, and what was written down.
macro_rules! race {
    ($one:expr, $other:expr) => {{
        let notes = Notebook::new();
        let flow = flow! {
            let one: Branch = $one;
            let other: Branch = $other;
            start -> [one, other] -> race -> tell
        };
        let result = flow.with_state(notes.clone()).run(0).await;
        tokio::time::sleep(ms(200)).await;
        (result, notes.timed())
    }};
}

/// The loser's future is dropped when the winner is in, and has no effect afterwards.
#[tokio::test(start_paused = true)]
async fn the_first_success_wins_and_the_loser_is_dropped_at_once() -> Result<(), FlowError> {
    let lines = at(&[
        (10, "after 10"),
        (10, "10 is gone"),
        (10, "50 is gone"),
        (10, "tell"),
    ]);
    for (result, seen) in [
        race!(Branch::gives(10), Branch::gives(50)),
        race!(Branch::gives(50), Branch::gives(10)),
    ] {
        assert_eq!(result?, "10");
        let (mut seen, mut lines) = (seen, lines.clone());
        seen.sort();
        lines.sort();
        assert_eq!(seen, lines);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_loser_is_gone_before_what_follows_is_done() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let fast: Branch = Branch::gives(10);
        let slow: Branch = Branch::gives(30);
        let later: Branch = Branch::gives(60);
        start -> [fast, slow -> plus] -> race -> later
    };
    assert_eq!(flow.with_state(notes.clone()).run(0).await?, 70);
    let lines = notes.timed();
    let lines: Vec<_> = lines
        .iter()
        .map(|(at, line)| (*at, line.as_str()))
        .collect();
    assert_eq!(lines[0], (10, "after 10"));
    assert!(lines.contains(&(10, "30 is gone")), "{lines:?}");
    assert!(!lines.contains(&(30, "after 30")), "{lines:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn failures_timeouts_panics_and_none_lose() -> Result<(), FlowError> {
    assert_eq!(race!(Branch::fails(10), Branch::gives(50)).0?, "50");
    assert_eq!(race!(Branch::panics(10), Branch::gives(50)).0?, "50");
    assert_eq!(race!(Branch::is_none(10), Branch::gives(50)).0?, "50");
    assert_eq!(race!(Branch::gives(50), Branch::fails(10)).0?, "50");
    let late = flow! {
        let one: Branch = Branch::gives(500);
        let one_more: Branch = Branch::gives(60);
        let other: Branch = Branch::gives(90);
        start -> [one, one_more -> other] -> race -> tell
    };
    let told = late.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "150", "the other timed out at 100 ms");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn where_all_fail_the_last_failure_is_told() {
    let end = failure(race!(Branch::fails(50), Branch::fails(10)).0);
    let told = "node `one` failed: no luck after 50".to_owned();
    assert_eq!(end, (ErrorKind::Failed, told));
    let (kind, _) = failure(race!(Branch::fails(50), Branch::gives(500)).0);
    assert_eq!(kind, ErrorKind::TimedOut);
    let (kind, _) = failure(race!(Branch::panics(50), Branch::fails(10)).0);
    assert_eq!(kind, ErrorKind::Panicked);
}

/// A failure says more than a `None`; where there is no failure, the join is left waiting.
#[tokio::test(start_paused = true)]
async fn where_nothing_comes_a_failure_is_told_or_the_join() {
    let (kind, _) = failure(race!(Branch::fails(10), Branch::is_none(50)).0);
    assert_eq!(kind, ErrorKind::Failed);
    let (kind, _) = failure(race!(Branch::is_none(10), Branch::fails(50)).0);
    assert_eq!(kind, ErrorKind::Failed);
    let (kind, _) = failure(race!(Branch::is_none(10), Branch::is_none(50)).0);
    assert_eq!(kind, ErrorKind::Unjoined);
}

/// What happens in a join within a branch is the branch's: its parts are dropped with it.
#[tokio::test(start_paused = true)]
async fn a_branch_with_a_join_in_it_loses_as_one() -> Result<(), FlowError> {
    for bad in [Branch::fails(10), Branch::is_none(10), Branch::panics(10)] {
        let notes = Notebook::new();
        let flow = flow! {
            let bad: Branch = bad;
            let sibling: Branch = Branch::gives(40);
            let other: Branch = Branch::gives(50);
            start -> [[bad, sibling] -> join -> sum, other] -> race -> tell
        };
        assert_eq!(flow.with_state(notes.clone()).run(0).await?, "50");
        let lines = notes.timed();
        assert!(lines.contains(&(10, "40 is gone".to_owned())), "{lines:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn arms_of_one_match_may_race() -> Result<(), FlowError> {
    let flow = flow! {
        let even: Branch = Branch::gives(10);
        let odd: Branch = Branch::gives(20);
        start -> match { n if n % 2 == 0 => even, _ => odd };
        [even, odd] -> race -> tell;
    };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run(2).await?, "12");
    assert_eq!(flow.run(3).await?, "23");
    Ok(())
}
