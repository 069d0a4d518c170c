//! Where a fallback stands: at the entry, the exit, in arms, in branches of joins.

use penguiflow::prelude::*;

use super::{Model, apologize, ask, failure, loud, why};
use penguiflow_tests::support::Notebook;

const BAD: Model = Model::fails("bad");
const GOOD: Model = Model::answers("good");

#[tokio::test(start_paused = true)]
async fn at_the_entry_in_the_middle_and_at_the_exit() -> Result<(), FlowError> {
    let entry = flow! { let bad: Model = BAD; bad else apologize -> loud };
    let told = "NO ANSWER TO WHY: NODE `BAD` FAILED: BAD IS DOWN";
    assert_eq!(entry.with_state(Notebook::new()).run(why()).await?, told);
    let middle =
        flow! { let bad: Model = BAD; let good: Model = GOOD; ask -> bad else good -> loud };
    assert_eq!(
        middle.with_state(Notebook::new()).run(why()).await?,
        "GOOD: WHY?"
    );
    let exit = flow! { let bad: Model = BAD; let good: Model = GOOD; ask -> bad else good };
    assert_eq!(
        exit.with_state(Notebook::new()).run(why()).await?,
        "good: why?"
    );
    Ok(())
}

/// What a statement adds follows the node that it names, and that one alone.
#[tokio::test(start_paused = true)]
async fn a_fallback_may_be_drawn_by_a_statement_of_its_own() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        ask -> bad -> loud;
        bad else apologize;
    };
    let told = "no answer to why?: node `bad` failed: bad is down";
    assert_eq!(flow.with_state(Notebook::new()).run(why()).await?, told);
    Ok(())
}

enum Topic {
    Fact(String),
    Chat(String),
}

#[node]
async fn triage(question: String) -> Topic {
    if question.ends_with('?') {
        Topic::Fact(question)
    } else {
        Topic::Chat(question)
    }
}

/// In an arm it is given what the arm passes on.
#[tokio::test(start_paused = true)]
async fn in_an_arm_with_an_expression() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        let good: Model = GOOD;
        triage -> match {
            Topic::Fact(question) => bad(question + "!") else good -> loud,
            Topic::Chat(text) => apologize_plainly(text),
        }
    };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run("why?".to_owned()).await?, "GOOD: WHY?!");
    assert_eq!(flow.run(why()).await?, "sorry for why");
    Ok(())
}

#[node]
async fn apologize_plainly(text: String) -> String {
    format!("sorry for {text}")
}

#[node]
async fn tell_both((one, other): (String, String)) -> String {
    format!("{one}, {other}")
}

/// What follows the `match` follows both ends of an arm.
#[tokio::test(start_paused = true)]
async fn what_follows_a_match_follows_the_fallbacks_in_its_arms() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        let good: Model = GOOD;
        ask -> match { text if text.len() > 3 => bad else good, short => apologize_plainly } -> loud
    };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run("where".to_owned()).await?, "GOOD: WHERE?");
    assert_eq!(flow.run("so".to_owned()).await?, "SORRY FOR SO?");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fallback_stands_in_a_branch_of_a_join() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        let good: Model = GOOD;
        ask -> [bad else apologize -> loud, good] -> join -> tell_both
    };
    let told = "NO ANSWER TO WHY?: NODE `BAD` FAILED: BAD IS DOWN, good: why?";
    assert_eq!(flow.with_state(Notebook::new()).run(why()).await?, told);
    Ok(())
}

/// A race is not lost by a branch that still has a fallback.
#[tokio::test(start_paused = true)]
async fn a_branch_with_a_fallback_does_not_lose_the_race() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let bad: Model = BAD;
        let good: Model = GOOD;
        let slow: Model = Model::hangs("slow");
        ask -> [bad else good, slow] -> race
    };
    assert_eq!(
        flow.with_state(notes.clone()).run(why()).await?,
        "good: why?"
    );
    assert_eq!(notes.timed().last(), Some(&(10, "good".to_owned())));
    let lost = flow! {
        let bad: Model = BAD;
        let worse: Model = Model::panics("worse");
        let slow: Model = Model::hangs("slow");
        ask -> [bad else worse, slow] -> race
    };
    let end = failure(lost.with_state(Notebook::new()).run(why()).await);
    assert_eq!(end.0, ErrorKind::TimedOut);
    Ok(())
}

type Settled = Result<String, NodeError>;

#[node]
async fn tell_settled((one, other): (Settled, Settled)) -> String {
    let told = |part: Settled| part.unwrap_or_else(|error| error.to_string());
    format!("{}, {}", told(one), told(other))
}

/// A branch fails when its last fallback does.
#[tokio::test(start_paused = true)]
async fn a_branch_settles_with_the_error_of_its_last_fallback() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        let worse: Model = Model::panics("worse");
        let other: Model = Model::fails("other");
        let good: Model = GOOD;
        ask -> [bad else worse, other else good] -> settle -> tell_settled
    };
    let told = "node `worse` panicked: worse slipped, good: why?";
    assert_eq!(flow.with_state(Notebook::new()).run(why()).await?, told);
    Ok(())
}

#[node]
async fn words(text: String) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[node]
async fn number(word: &str) -> Result<i64, std::num::ParseIntError> {
    word.parse()
}

#[node]
async fn length(word: String) -> i64 {
    word.len() as i64
}

#[tokio::test(start_paused = true)]
async fn a_fallback_stands_in_a_map() -> Result<(), FlowError> {
    let flow = flow! { words -> [number else length; 2] -> join };
    assert_eq!(flow.run("1 penguin 23 x".to_owned()).await?, [1, 7, 23, 1]);
    Ok(())
}

/// A node may take over from several, and be reached by edges besides.
#[tokio::test(start_paused = true)]
async fn one_node_takes_over_from_several() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        let worse: Model = Model::panics("worse");
        let good: Model = GOOD;
        ask -> [bad, worse];
        bad else good;
        worse else good;
    };
    let answers = flow.with_state(Notebook::new()).run_all(why()).await?;
    assert_eq!(answers, ["good: why?", "good: why?"]);
    Ok(())
}

/// Before a fork the fallback forks as the node would have.
#[tokio::test(start_paused = true)]
async fn a_fallback_before_a_group_forks_as_its_node() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = BAD;
        let good: Model = GOOD;
        bad else good -> [loud, ask] -> join -> tell_both
    };
    assert_eq!(
        flow.with_state(Notebook::new()).run(why()).await?,
        "GOOD: WHY, good: why?"
    );
    Ok(())
}
