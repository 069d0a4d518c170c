//! Fallbacks in loops: they take over from a node that fails, and from a loop whose budget is
//! used up, with the state reached so far.

use penguiflow::prelude::*;

use super::failure;

#[node]
async fn plan(steps: Vec<String>) -> ControlFlow<String, Vec<String>> {
    match steps.len() {
        20 => ControlFlow::Break("done".to_owned()),
        _ => ControlFlow::Continue(steps),
    }
}

#[node]
async fn act(mut steps: Vec<String>) -> Vec<String> {
    steps.push(format!("step {}", steps.len()));
    steps
}

#[node]
async fn give_up(failed: Failed<Vec<String>>) -> String {
    format!(
        "gave up after {}: {:?}",
        failed.input.join(", "),
        failed.error.kind
    )
}

#[node]
async fn best_so_far(steps: Vec<String>) -> String {
    format!("so far {}", steps.len())
}

#[tokio::test]
async fn a_loops_fallback_has_the_state_reached_so_far() -> Result<(), FlowError> {
    let flow = flow! { plan -> act -> plan else give_up };
    let told = "gave up after step 0, step 1, step 2: BudgetExhausted";
    assert_eq!(flow.clone().hops(3).run(vec![]).await?, told);
    assert_eq!(flow.hops(30).run(vec![]).await?, "done");
    let plain = flow! { plan -> act -> plan else best_so_far };
    assert_eq!(plain.run(vec![]).await?, "so far 8");
    Ok(())
}

#[node]
async fn controller(n: u32) -> Result<ControlFlow<String, u32>, String> {
    match n {
        0..=9 => Ok(ControlFlow::Continue(n + 1)),
        10 => Ok(ControlFlow::Break("ten".to_owned())),
        n => Err(format!("{n} is too many")),
    }
}

#[node]
async fn told(failed: Failed<u32>) -> String {
    format!("{} after {}", failed.error, failed.input)
}

/// A loop of one node, which also falls back when it fails.
#[tokio::test]
async fn a_loop_of_one_node_falls_back_for_either_reason() -> Result<(), FlowError> {
    let flow = flow! { controller -> controller else told };
    assert_eq!(flow.clone().hops(20).run(0).await?, "ten");
    assert_eq!(
        flow.run(11).await?,
        "node `controller` failed: 11 is too many after 11"
    );
    let answer = flow.clone().hops(4).run(0).await?;
    assert!(
        answer.starts_with("node `controller` wants another round"),
        "{answer}"
    );
    assert!(answer.ends_with("after 4"), "{answer}");
    Ok(())
}

/// Without a fallback the budget is an error still.
#[tokio::test]
async fn a_fallback_elsewhere_is_not_the_loops() {
    let flow = flow! { plan -> work else best_so_far_list -> plan };
    assert_eq!(
        failure(flow.run(vec![]).await).0,
        ErrorKind::BudgetExhausted
    );
}

#[node]
async fn work(steps: Vec<String>) -> Result<Vec<String>, String> {
    Err(format!("no step {}", steps.len()))
}

#[node]
async fn best_so_far_list(mut steps: Vec<String>) -> Vec<String> {
    steps.push("no step".to_owned());
    steps
}

/// In a loop's body it saves the round.
#[tokio::test]
async fn a_fallback_in_a_loops_body_saves_the_round() -> Result<(), FlowError> {
    let flow = flow! { plan -> work else best_so_far_list -> plan };
    assert_eq!(flow.hops(21).run(vec![]).await?, "done");
    Ok(())
}

#[node]
async fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[node]
async fn repair(mut text: String) -> String {
    text.pop();
    text
}

/// A fallback may lead back to the node that failed: that is a loop, and the budget ends it.
#[tokio::test]
async fn a_fallback_may_lead_back_to_what_failed() -> Result<(), FlowError> {
    flow! {
        struct Repaired(String) -> u32;

        parse else repair;
        repair -> parse;
    }
    assert_eq!(Repaired::flow().run("12abc".to_owned()).await?, 12);
    let end = failure(Repaired::flow().run("12 is a number".to_owned()).await);
    assert_eq!(end.0, ErrorKind::BudgetExhausted);
    Ok(())
}

/// Also by way of other nodes of the loop.
#[tokio::test]
async fn a_fallback_may_lead_back_into_the_loop() {
    let flow = flow! {
        plan -> act -> plan else shorten;
        shorten -> act;
    };
    assert_eq!(
        failure(flow.run(vec![]).await).0,
        ErrorKind::BudgetExhausted
    );
}

#[node]
async fn shorten(mut steps: Vec<String>) -> Vec<String> {
    steps.truncate(1);
    steps
}

/// Whoever takes over from a loop has no rounds left either, of whichever loop.
#[tokio::test]
async fn a_loop_that_takes_over_from_another_has_no_rounds() -> Result<(), FlowError> {
    #[node]
    async fn second(steps: Vec<String>) -> ControlFlow<String, Vec<String>> {
        if steps.len() < 4 {
            ControlFlow::Break("second".to_owned())
        } else {
            ControlFlow::Continue(steps)
        }
    }
    let flow = flow! { plan -> act -> plan else second; second -> second else best_so_far; };
    assert_eq!(flow.clone().hops(3).run(vec![]).await?, "second");
    let end = failure(flow.hops(4).run(vec![]).await);
    assert_eq!(end.0, ErrorKind::BudgetExhausted);
    Ok(())
}
