//! Groups: `a -> [b -> e, c]`, all branches at once.

use penguiflow::prelude::*;

use super::{outputs, plus_one, same, times_ten};
use penguiflow_tests::support::{Notebook, balances, drain, ms};

#[node]
async fn square(number: u32) -> u32 {
    number * number
}

#[node]
async fn show(number: u32) -> String {
    number.to_string()
}

/// What follows the group follows each branch.
#[tokio::test]
async fn a_branch_may_be_a_chain() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] same -> [plus_one -> times_ten, square] -> show };
    assert_eq!(outputs(&flow, 5u32).await?, ["25", "60"]);
    Ok(())
}

#[tokio::test]
async fn a_group_of_one_is_its_branch() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] same -> [plus_one -> square] -> show };
    assert_eq!(flow.run(5).await?, "36");
    Ok(())
}

#[tokio::test]
async fn groups_may_stand_in_groups() -> Result<(), FlowError> {
    let flow =
        flow! { #[flow(durable)] same -> [plus_one -> [times_ten, square], [half, third]] -> show };
    assert_eq!(outputs(&flow, 6u32).await?, ["2", "3", "49", "70"]);
    assert_eq!(flow.graph().entries.len(), 1);
    Ok(())
}

#[node]
async fn half(number: u32) -> u32 {
    number / 2
}

#[node]
async fn third(number: u32) -> u32 {
    number / 3
}

/// Every pair of branches has an edge.
#[tokio::test]
async fn a_group_may_follow_a_group() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] same -> [plus_one, half] -> [times_ten, square] -> show };
    assert_eq!(outputs(&flow, 4u32).await?, ["20", "25", "4", "50"]);
    assert_eq!(flow.graph().edges.len(), 2 + 4 + 2);
    Ok(())
}

/// A group that nothing leads to is entered by every branch.
#[tokio::test]
async fn a_flow_may_begin_and_end_with_groups() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] [plus_one, half] -> [times_ten, square] };
    assert_eq!(outputs(&flow, 4u32).await?, [4, 20, 25, 50]);
    assert_eq!(
        (flow.graph().entries.len(), flow.graph().exits.len()),
        (2, 2)
    );
    Ok(())
}

/// A branch that ends at a node of another branch is one end with it.
#[tokio::test]
async fn branches_may_meet_in_a_node_of_the_group() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] same -> [plus_one -> square, times_ten -> square, square] -> show };
    assert_eq!(outputs(&flow, 2u32).await?, ["4", "400", "9"]);
    assert_eq!(flow.graph().nodes.len(), 5);
    Ok(())
}

#[node]
async fn slow(number: u32, State(notes): State<Notebook>) -> u32 {
    tokio::time::sleep(ms(100)).await;
    notes.write("slow");
    number
}

#[node]
async fn slower(number: u32, State(notes): State<Notebook>) -> u32 {
    tokio::time::sleep(ms(150)).await;
    notes.write("slower");
    number
}

#[node]
async fn fails(number: u32) -> Result<u32, String> {
    tokio::time::sleep(ms(120)).await;
    Err(format!("not {number}"))
}

#[tokio::test(start_paused = true)]
async fn branches_run_at_once() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { #[flow(durable)] same -> [slow -> plus_one, slower] -> show }
        .with_state(notes.clone());
    assert_eq!(flow.run_all(1).await?, ["2", "1"]);
    assert_eq!(notes.times(), [100, 150]);
    Ok(())
}

/// A failing branch ends the trace, and the branches that still run.
#[tokio::test(start_paused = true)]
async fn a_failing_branch_stops_the_others() {
    let notes = Notebook::new();
    let flow =
        flow! { #[flow(durable)] same -> [slow, fails, slower] -> show }.with_state(notes.clone());
    let error = flow.run_all(1).await.expect_err("one branch fails");
    assert_eq!(error.node(), Some("fails"));
    tokio::time::sleep(ms(1000)).await;
    assert_eq!(notes.lines(), ["slow"]);
}

/// Started, a trace's outputs come together, and the ledger counts it once.
#[tokio::test]
async fn a_group_is_one_trace_in_the_ledger() -> Result<(), FlowError> {
    let running = flow! { #[flow(durable)] same -> [plus_one, even -> square] }.start();
    for number in [1, 2] {
        running.emit(number).await.expect("it is running");
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (2, 2));
    assert!(balances(&ledger), "{ledger:?}");
    let mut outputs = drain(&running)
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    outputs.sort();
    assert_eq!(outputs, [2, 3, 4]);
    Ok(())
}

#[node]
async fn even(number: u32) -> Option<u32> {
    number.is_multiple_of(2).then_some(number)
}
