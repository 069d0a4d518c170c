//! Fallbacks on a host that keeps the frontier as JSON: it ends as the host in memory does.

use penguiflow::prelude::*;

use super::{Model, apologize, ask, failure, loud, why};
use penguiflow_tests::by_json::{again, same};
use penguiflow_tests::support::Notebook;

#[node]
async fn pair((one, other): (String, String)) -> String {
    format!("{one}, {other}")
}

#[node]
async fn words(text: String) -> Vec<String> {
    text.chars().map(String::from).collect()
}

#[tokio::test(start_paused = true)]
async fn the_outputs_are_the_same() -> Result<(), FlowError> {
    let chain = flow! {
        #[flow(durable)]
        let one: Model = Model::fails("one");
        let two: Model = Model::panics("two");
        ask -> one else two else apologize -> loud
    };
    let told = "NO ANSWER TO WHY?: NODE `TWO` PANICKED: TWO SLIPPED";
    assert_eq!(same!(chain, why())?, [told]);
    let joined = flow! {
        #[flow(durable)]
        let one: Model = Model::fails("one");
        let two: Model = Model::answers("two");
        let three: Model = Model::answers("three");
        ask -> [one else two, three] -> join -> pair
    };
    assert_eq!(same!(joined, why())?, ["two: why?, three: why?"]);
    let mapped = flow! {
        #[flow(durable)]
        let one: Model = Model::fails("one");
        let two: Model = Model::answers("two");
        words -> [one else two; 2] -> join
    };
    assert_eq!(same!(mapped, why())?, [["two: w", "two: h", "two: y"]]);
    Ok(())
}

#[node]
async fn longer(text: String) -> ControlFlow<String, String> {
    if text.len() > 90 {
        ControlFlow::Break(text)
    } else {
        ControlFlow::Continue(text + "!")
    }
}

#[node]
async fn even_longer(text: String) -> String {
    text + "!"
}

#[tokio::test(start_paused = true)]
async fn loops_end_alike() -> Result<(), FlowError> {
    let alone = flow! { #[flow(durable)] longer -> longer else apologize };
    assert!(same!(alone, why())?[0].starts_with("no answer to why!!!!!!!!: "));
    let round = flow! { #[flow(durable)] longer -> even_longer -> longer else loud };
    assert_eq!(same!(round, why())?, ["WHY!!!!!!!!!!!!!!!!"]);
    let none = flow! {
        #[flow(durable)]
        let bad: Model = Model::is_none("bad");
        bad else apologize
    };
    assert_eq!(failure(same!(none, why())).0, ErrorKind::Filtered);
    Ok(())
}

/// The failed input is a step of its own in the frontier: the node does not run again.
#[tokio::test(start_paused = true)]
async fn each_advance_is_one_node_run() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        #[flow(durable)]
        let one: Model = Model::fails("one");
        let two: Model = Model::fails("two");
        let three: Model = Model::answers("three");
        one else two else three
    };
    let flow = flow.with_state(notes.clone());
    let mut frontier = flow.begin(why());
    for number in 1..=3 {
        let step = frontier.next_step().expect("a step");
        frontier.absorb(flow.advance(step).await?);
        frontier = again(&frontier);
        assert_eq!(notes.lines().len(), number);
    }
    assert_eq!(frontier.finish()?[0].payload, "three: why");
    Ok(())
}
