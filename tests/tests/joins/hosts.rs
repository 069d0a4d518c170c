//! Joins on a host that keeps the frontier as JSON: it ends as the host in memory does.

use penguiflow::prelude::*;

use super::{Branch, failure, plus, start, sum, tell, tell_list, tell_pair, tell_settled};
use penguiflow_tests::by_json::{again, nth_step, run_steps, same};
use penguiflow_tests::support::Notebook;

#[tokio::test(start_paused = true)]
async fn every_kind_of_join_gives_the_same_outputs() -> Result<(), FlowError> {
    let join = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(30);
        let b: Branch = Branch::gives(10);
        start -> [a -> plus, b] -> join -> tell_pair
    };
    assert_eq!(same!(join)?, ["(31, 10)"]);
    let race = flow! {
        #[flow(durable)]
        let a: Branch = Branch::fails(30);
        let b: Branch = Branch::gives(10);
        let c: Branch = Branch::is_none(5);
        start -> [a, b -> plus, c] -> race -> tell
    };
    assert_eq!(same!(race)?, ["11"]);
    let quorum = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::fails(20);
        let c: Branch = Branch::gives(10);
        start -> [a, b, c] -> quorum(2) -> tell_list
    };
    assert_eq!(same!(quorum)?, ["[10, 10]"]);
    let settle = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::fails(20);
        start -> [a -> plus, b] -> settle -> tell_settled
    };
    assert_eq!(same!(settle)?, ["11; node `b` failed: no luck after 20"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nested_joins_give_the_same_outputs() -> Result<(), FlowError> {
    let joins = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(1);
        let b: Branch = Branch::gives(2);
        let c: Branch = Branch::gives(3);
        let d: Branch = Branch::gives(4);
        start -> [[a, b] -> join, [c, d] -> join] -> join
    };
    assert_eq!(same!(joins)?, [((1, 2), (3, 4))]);
    let races = flow! {
        #[flow(durable)]
        let bad: Branch = Branch::fails(10);
        let sibling: Branch = Branch::gives(40);
        let other: Branch = Branch::gives(50);
        start -> [[bad, sibling] -> join -> sum, other] -> race -> tell
    };
    assert_eq!(same!(races)?, ["50"]);
    let settled = flow! {
        #[flow(durable)]
        let bad: Branch = Branch::fails(10);
        let sibling: Branch = Branch::gives(40);
        let other: Branch = Branch::gives(50);
        start -> [[bad, sibling] -> join -> sum, other] -> settle -> tell_settled
    };
    let told = "node `bad` failed: no luck after 10; 50";
    assert_eq!(same!(settled)?, [told]);
    Ok(())
}

/// `Frontier::finish` says what `run` says, and an error of `advance` is the trace's.
#[tokio::test(start_paused = true)]
async fn failures_are_of_the_same_kind() {
    let join = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::fails(20);
        start -> [a, b] -> join
    };
    assert_eq!(failure(same!(join)).0, ErrorKind::Failed);
    let unjoined = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::is_none(20);
        start -> [a, b] -> join
    };
    assert_eq!(failure(same!(unjoined)).0, ErrorKind::Unjoined);
    let filtered = flow! {
        #[flow(durable)]
        let a: Branch = Branch::is_none(10);
        let b: Branch = Branch::is_none(20);
        start -> [a, b] -> join
    };
    assert_eq!(failure(same!(filtered)).0, ErrorKind::Filtered);
    let race = flow! {
        #[flow(durable)]
        let a: Branch = Branch::fails(10);
        let b: Branch = Branch::is_none(20);
        start -> [a, b] -> race
    };
    assert_eq!(failure(same!(race)).0, ErrorKind::Failed);
    let no_race = flow! {
        #[flow(durable)]
        let a: Branch = Branch::is_none(10);
        let b: Branch = Branch::is_none(20);
        start -> [a, b] -> race
    };
    assert_eq!(failure(same!(no_race)).0, ErrorKind::Unjoined);
    let quorum = flow! {
        #[flow(durable)]
        let a: Branch = Branch::fails(10);
        let b: Branch = Branch::gives(20);
        let c: Branch = Branch::fails(30);
        start -> [a, b, c] -> quorum(2)
    };
    assert_eq!(failure(same!(quorum)).0, ErrorKind::Failed);
    let settle = flow! {
        #[flow(durable)]
        let a: Branch = Branch::fails(10);
        let b: Branch = Branch::is_none(20);
        start -> [a, b] -> settle
    };
    assert_eq!(failure(same!(settle)).0, ErrorKind::Unjoined);
}

/// A host that crashed between running a step and keeping what it emitted runs it again. In
/// the original one branch that came twice had filled the join.
#[tokio::test(start_paused = true)]
async fn b07_a_branch_that_comes_twice_counts_once() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::gives(20);
        start -> [a, b] -> join -> tell_pair
    };
    let flow = flow.with_state(Notebook::new());
    let mut frontier = flow.begin(0);
    let started = flow
        .advance(frontier.next_step().expect("an entry"))
        .await?;
    frontier.absorb(started);
    let mut twice = again(&frontier);
    let a = flow.advance(nth_step(&mut frontier, 0)).await?;
    let same_a = flow.advance(nth_step(&mut twice, 0)).await?;
    frontier.absorb(a);
    frontier.absorb(same_a);
    let b = flow.advance(nth_step(&mut frontier, 0)).await?;
    assert!(
        frontier.steps().len() == 0,
        "one branch does not fill the join"
    );
    frontier.absorb(b);
    assert_eq!(frontier.steps().len(), 1, "the join is filled once");
    run_steps(&flow, &mut frontier).await?;
    let outputs = frontier.finish()?;
    assert_eq!(outputs.len(), 1);
    assert_eq!(outputs[0].payload, "(10, 20)");
    Ok(())
}

/// Such a branch, of a race that another one has won.
#[tokio::test(start_paused = true)]
async fn b07_a_branch_that_comes_late_counts_nothing() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::gives(20);
        start -> [a, b] -> race -> tell
    };
    let flow = flow.with_state(Notebook::new());
    let mut frontier = flow.begin(0);
    let started = flow
        .advance(frontier.next_step().expect("an entry"))
        .await?;
    frontier.absorb(started);
    let mut late = again(&frontier);
    let b = flow.advance(nth_step(&mut frontier, 1)).await?;
    let a = flow.advance(nth_step(&mut late, 0)).await?;
    frontier.absorb(b);
    frontier.absorb(a);
    assert_eq!(frontier.steps().len(), 1, "the race is won once");
    run_steps(&flow, &mut frontier).await?;
    let outputs = frontier.finish()?;
    assert_eq!((outputs.len(), &*outputs[0].payload), (1, "20"));
    Ok(())
}

/// A node of a branch may lead elsewhere, too: that way goes on when the join is full.
#[tokio::test(start_paused = true)]
async fn what_a_branch_leads_to_beside_its_join_is_run() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        let a: Branch = Branch::gives(10);
        let b: Branch = Branch::gives(20);
        start -> [a, b] -> join -> tell_pair;
        a -> plus -> tell;
    };
    let mut outputs = same!(flow)?;
    outputs.sort();
    assert_eq!(outputs, ["(10, 20)", "11"]);
    Ok(())
}

/// A host may run several steps at once. What a race dropped in the meantime fills no join
/// within its branch, and leaves none waiting.
#[tokio::test(start_paused = true)]
async fn b07_what_runs_while_its_branch_is_dropped_counts_nothing() -> Result<(), FlowError> {
    for bad in [Branch::gives(1), Branch::fails(1), Branch::is_none(1)] {
        let flow = flow! {
            #[flow(durable)]
            let a: Branch = bad;
            let b: Branch = Branch::gives(2);
            let c: Branch = Branch::gives(3);
            start -> [[a, b] -> join -> sum, c] -> race -> tell
        };
        let flow = flow.with_state(Notebook::new());
        let mut frontier = flow.begin(0);
        let entry = frontier.next_step().expect("an entry");
        frontier.absorb(flow.advance(entry).await?);
        let mut emits = Vec::new();
        while frontier.steps().len() > 0 {
            let step = nth_step(&mut frontier, 0);
            emits.push(flow.advance(step).await?);
        }
        while let Some(late) = emits.pop() {
            frontier = again(&frontier);
            frontier.absorb(late);
        }
        assert_eq!(
            frontier.steps().len(),
            1,
            "only what follows the race is run"
        );
        let last = frontier.next_step().expect("what follows the race");
        frontier.absorb(flow.advance(last).await?);
        assert_eq!(frontier.finish()?[0].payload, "3");
    }
    Ok(())
}
