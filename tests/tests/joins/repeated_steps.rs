//! A host that runs branches twice, and puts in what they gave at once, or when it is late: in
//! the turns of a loop, and in a map of no item, of one and of a thousand.

use std::collections::VecDeque;

use penguiflow::host::{Advance, Durable, Frontier};
use penguiflow::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plus;
use penguiflow_tests::by_json::again;
use penguiflow_tests::support::ms;

/// The node that a step is of.
fn node(step: &impl Serialize) -> String {
    let step = serde_json::to_value(step).expect("a step is plain data");
    match step {
        Value::Object(step) => step.keys().next().cloned().unwrap_or_default(),
        other => panic!("{other} is no step"),
    }
}

/// Runs a trace, and each of the branches twice. What a second run gave comes when so many other
/// second runs are over, or when all else is done.
async fn twice<F>(
    flow: &Flow<F>,
    input: F::In,
    branches: &[&str],
    late: usize,
) -> Result<Vec<F::Out>, FlowError>
where
    F: Advance<()> + Durable<Step: Clone + Serialize + DeserializeOwned>,
{
    let mut frontier: Frontier<F::Step, F::Out> = flow.begin(input);
    let mut kept = VecDeque::new();
    while let Some(step) = frontier.next_step() {
        if branches.contains(&&*node(&step.step)) {
            kept.push_back(flow.advance(again(&step)).await?);
        }
        frontier.absorb(flow.advance(step).await?);
        if kept.len() > late {
            kept.drain(..1)
                .for_each(|emits| drop(frontier.absorb(emits)));
        }
    }
    kept.into_iter()
        .for_each(|emits| drop(frontier.absorb(emits)));
    assert!(frontier.steps().len() == 0, "what is late is not run");
    let outputs = frontier.finish()?.into_iter();
    Ok(outputs.map(|message| message.payload).collect())
}

/// How late a second run is: at once, after its join is full, in a later turn or item, last.
const LATE: [usize; 4] = [0, 1, 3, usize::MAX];

/// A number per turn, and what the turns came to.
#[derive(Clone, Serialize, Deserialize)]
struct Turns(Vec<u32>);

#[node]
async fn turn(turns: Turns) -> Turns {
    turns
}

#[node]
async fn one(turns: Turns) -> Turns {
    turns
}

#[node]
async fn other(turns: Turns) -> u32 {
    turns.0.len() as u32
}

#[node]
async fn another(turns: Turns) -> Turns {
    turns
}

fn next(mut turns: Turns, sum: u32) -> ControlFlow<Vec<u32>, Turns> {
    turns.0.push(sum);
    match turns.0.len() {
        3 => ControlFlow::Break(turns.0),
        _ => ControlFlow::Continue(turns),
    }
}

#[node]
async fn both((turns, number): (Turns, u32)) -> ControlFlow<Vec<u32>, Turns> {
    next(turns, number)
}

#[node]
async fn first(turns: Turns) -> ControlFlow<Vec<u32>, Turns> {
    let number = turns.0.len() as u32;
    next(turns, number)
}

/// Protects a join's cell: it belongs to one turn, and takes each input once.
#[tokio::test(start_paused = true)]
async fn b07_a_branch_counts_once_in_each_turn() -> Result<(), FlowError> {
    for late in LATE {
        let join = flow! { #[flow(durable)] turn -> [one, other] -> join -> both -> turn };
        let end = twice(&join, Turns(Vec::new()), &["one", "other"], late).await?;
        assert_eq!(end, [[0, 1, 2]], "join, {late} runs late");
        let race = flow! { #[flow(durable)] turn -> [one, another] -> race -> first -> turn };
        let end = twice(&race, Turns(Vec::new()), &["one", "another"], late).await?;
        assert_eq!(end, [[0, 1, 2]], "race, {late} runs late");
    }
    Ok(())
}

#[node]
async fn items(count: u32) -> Vec<u32> {
    (0..count).collect()
}

#[node]
async fn left(n: u32) -> u32 {
    tokio::time::sleep(ms(1)).await;
    n
}

#[node]
async fn right(n: u32) -> u32 {
    n
}

#[node]
async fn add((one, other): (u32, u32)) -> u32 {
    one + other
}

/// How many items a map has in these tests.
const COUNTS: [u32; 3] = [0, 1, 1_000];

/// The same for the items of a map.
#[tokio::test(start_paused = true)]
async fn b07_a_branch_counts_once_in_each_item() -> Result<(), FlowError> {
    let branches = ["left", "right"];
    for (late, count) in LATE.into_iter().flat_map(|late| COUNTS.map(|n| (late, n))) {
        let place = format!("{count} items, {late} runs late");
        let join = flow! { #[flow(durable)] items -> [[left, right] -> join -> add; 3] -> join };
        let end = twice(&join, count, &branches, late).await?;
        assert_eq!(
            end,
            [(0..count).map(|n| 2 * n).collect::<Vec<_>>()],
            "join, {place}"
        );
        let race = flow! { #[flow(durable)] items -> [[left, right] -> race -> plus; 3] -> join };
        let end = twice(&race, count, &branches, late).await?;
        assert_eq!(end, [(1..=count).collect::<Vec<_>>()], "race, {place}");
        if count == 0 {
            continue; // without a join, no items are no output
        }
        let each = flow! { #[flow(durable)] items -> [[left, right] -> race -> plus; 3] };
        let mut end = twice(&each, count, &branches, late).await?;
        end.sort_unstable();
        assert_eq!(end, (1..=count).collect::<Vec<_>>(), "each, {place}");
    }
    Ok(())
}
