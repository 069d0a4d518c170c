//! `join`: all branches, as a tuple.

use penguiflow::prelude::*;

use super::{Branch, at, failure, plus, start, sum, tell_pair};
use penguiflow_tests::support::Notebook;

#[node]
async fn words(text: &str) -> usize {
    text.split(' ').count()
}

#[node]
async fn upper(text: String) -> String {
    text.to_uppercase()
}

#[node]
async fn initial(text: &str) -> Option<char> {
    text.chars().next()
}

#[node]
async fn describe((words, upper, initial): (usize, String, char)) -> String {
    format!("{words} words, {initial}: {upper}")
}

#[tokio::test]
async fn a_tuple_holds_each_branch_under_its_own_type() -> Result<(), FlowError> {
    let flow = flow! { [words, upper, initial] -> join -> describe };
    let told = flow.run("the king".to_owned()).await?;
    assert_eq!(told, "2 words, t: THE KING");
    Ok(())
}

/// The tuple is in the order of the flow, whoever comes first, and the branches run at once.
#[tokio::test(start_paused = true)]
async fn the_order_is_the_flows_own() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let late: Branch = Branch::gives(30);
        let soon: Branch = Branch::gives(10);
        start -> [late, soon] -> join -> tell_pair
    };
    let told = flow.with_state(notes.clone()).run(0).await?;
    assert_eq!(told, "(30, 10)");
    let lines = notes.timed();
    assert_eq!(lines.last(), at(&[(30, "tell")]).first());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn eight_branches_meet() -> Result<(), FlowError> {
    let flow = flow! {
        let b1: Branch = Branch::gives(8);
        let b2: Branch = Branch::gives(7);
        let b3: Branch = Branch::gives(6);
        let b4: Branch = Branch::gives(5);
        let b5: Branch = Branch::gives(4);
        let b6: Branch = Branch::gives(3);
        let b7: Branch = Branch::gives(2);
        let b8: Branch = Branch::gives(1);
        start -> [b1, b2, b3, b4, b5, b6, b7, b8] -> join
    };
    let parts = flow.with_state(Notebook::new()).run(0).await?;
    assert_eq!(parts, (8, 7, 6, 5, 4, 3, 2, 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_branch_may_be_a_chain() -> Result<(), FlowError> {
    let flow = flow! {
        let one: Branch = Branch::gives(30);
        let other: Branch = Branch::gives(10);
        let then: Branch = Branch::gives(5);
        start -> [one -> plus, other -> then] -> join -> tell_pair
    };
    let told = flow.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "(31, 15)");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn joins_nest() -> Result<(), FlowError> {
    let in_a_branch = flow! {
        let a: Branch = Branch::gives(30);
        let b: Branch = Branch::gives(20);
        let c: Branch = Branch::gives(10);
        start -> [a, [b, c] -> join -> sum] -> join -> tell_pair
    };
    let told = in_a_branch.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "(30, 30)");
    let of_joins = flow! {
        let a: Branch = Branch::gives(4);
        let b: Branch = Branch::gives(3);
        let c: Branch = Branch::gives(2);
        let d: Branch = Branch::gives(1);
        start -> [[a, b] -> join, [c, d] -> join] -> join
    };
    let parts = of_joins.with_state(Notebook::new()).run(0).await?;
    assert_eq!(parts, ((4, 3), (2, 1)));
    Ok(())
}

/// A join of other kinds of join, each with what it is for.
#[tokio::test(start_paused = true)]
async fn kinds_of_joins_nest() -> Result<(), FlowError> {
    let flow = flow! {
        let a: Branch = Branch::fails(4);
        let b: Branch = Branch::gives(3);
        let c: Branch = Branch::gives(2);
        let d: Branch = Branch::gives(1);
        let e: Branch = Branch::gives(9);
        let f: Branch = Branch::gives(9);
        start -> [[a, b] -> race, [c, d, e] -> quorum(2), f -> plus] -> join
    };
    let parts = flow.with_state(Notebook::new()).run(0).await?;
    assert_eq!(parts, (3, vec![1, 2], 10));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_follows_a_join_may_part_again() -> Result<(), FlowError> {
    let flow = flow! {
        let a: Branch = Branch::gives(4);
        let b: Branch = Branch::gives(3);
        let c: Branch = Branch::gives(2);
        let d: Branch = Branch::gives(1);
        start -> [a, b] -> join -> sum -> [c, d] -> join -> tell_pair
    };
    let told = flow.with_state(Notebook::new()).run(10).await?;
    assert_eq!(told, "(29, 28)");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn inputs_may_be_entries_or_come_from_other_statements() -> Result<(), FlowError> {
    let entries = flow! {
        let a: Branch = Branch::gives(20);
        let b: Branch = Branch::gives(10);
        [a, b] -> join -> tell_pair
    };
    let told = entries.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "(20, 10)");
    let statements = flow! {
        let a: Branch = Branch::gives(20);
        let b: Branch = Branch::gives(10);
        start -> a -> plus;
        start -> b;
        [b, plus] -> join -> tell_pair;
    };
    let told = statements.with_state(Notebook::new()).run(0).await?;
    assert_eq!(told, "(10, 21)");
    Ok(())
}

/// The arms of a `match` are one input: whichever is taken fills it.
#[tokio::test(start_paused = true)]
async fn a_match_may_decide_within_a_branch() -> Result<(), FlowError> {
    let flow = flow! {
        let even: Branch = Branch::gives(10);
        let odd: Branch = Branch::gives(20);
        let other: Branch = Branch::gives(5);
        start -> [match { n if n % 2 == 0 => even, n => odd(n * 100) }, other] -> join -> tell_pair
    };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run(2).await?, "(12, 7)");
    assert_eq!(flow.run(3).await?, "(320, 8)");
    Ok(())
}

/// The original's siblings went on after a failure, and its join waited forever.
#[tokio::test(start_paused = true)]
async fn b34_a_failing_branch_stops_its_siblings_at_once() {
    let notes = Notebook::new();
    let flow = flow! {
        let bad: Branch = Branch::fails(10);
        let slow: Branch = Branch::gives(50);
        let chain: Branch = Branch::gives(5);
        let end: Branch = Branch::gives(40);
        start -> [bad, slow, chain -> end] -> join
    };
    let end = failure(flow.with_state(notes.clone()).run(0).await);
    let told = "node `bad` failed: no luck after 10".to_owned();
    assert_eq!(end, (ErrorKind::Failed, told));
    tokio::time::sleep(penguiflow_tests::support::ms(100)).await;
    let lines = at(&[
        (5, "after 5"),
        (5, "5 is gone"),
        (10, "after 10"),
        (10, "10 is gone"),
        (10, "40 is gone"),
        (10, "50 is gone"),
    ]);
    let mut seen = notes.timed();
    seen[4..].sort();
    assert_eq!(seen, lines);
}
