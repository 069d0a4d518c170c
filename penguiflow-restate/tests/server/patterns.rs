//! What a flow is made of, each on a server: it comes to the same as in memory.

use std::ops::ControlFlow;
use std::time::Duration;

use penguiflow::host::{IntoDurable, Line};
use penguiflow::prelude::*;
use penguiflow_restate::{Error, endpoint};

use crate::support::{registered, server};

/// What a trace comes to: its outputs in the order of their values, or how and where it has failed.
type Outcome = Result<Vec<u32>, (ErrorKind, Option<String>)>;

fn outcome(outputs: Result<Vec<u32>, FlowError>) -> Outcome {
    let mut outputs = outputs.map_err(|error| (error.kind(), error.node().map(str::to_owned)))?;
    outputs.sort_unstable();
    Ok(outputs)
}

/// Runs the flow on these inputs in memory and on a server; returns what both came to.
async fn on_both<F, const N: usize>(flow: Flow<F>, inputs: [u32; N]) -> Option<[Outcome; N]>
where
    F: Line<(), In = u32, Out = u32>,
    Flow<F>: IntoDurable<u32, u32> + Clone,
{
    let (_server, client) = server().await?;
    let _worker = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow.clone());
    let mut outcomes = inputs.map(|_| Ok(Vec::new()));
    for (input, both) in inputs.into_iter().zip(&mut outcomes) {
        let in_memory = outcome(flow.run_all(input).await);
        let id = running.emit(input).await.expect("emitted");
        let on_server = match running.outputs(id).await {
            Ok(outputs) => Ok(outputs.into_iter().map(|output| output.payload).collect()),
            Err(Error::Flow(error)) => Err(error),
            Err(error) => panic!("{input}: {error}"),
        };
        assert_eq!(outcome(on_server), in_memory, "of {input}");
        *both = in_memory;
    }
    Some(outcomes)
}

fn failed(kind: ErrorKind, node: &str) -> Outcome {
    Err((kind, Some(node.to_owned())))
}

#[node]
async fn up_to(n: u32) -> Vec<u32> {
    (1..=n).collect()
}

#[node]
async fn square(n: u32) -> Result<u32, &'static str> {
    match n {
        13 => Err("unlucky"),
        n => Ok(n * n),
    }
}

#[node]
async fn total(numbers: Vec<u32>) -> u32 {
    numbers.into_iter().fold(0, |total, n| total * 3 + n)
}

flow! {
    #[flow(durable)]
    struct Squares(u32) -> u32;

    up_to -> [square; 3, max = 20] -> join -> total;
}

#[tokio::test]
async fn a_map_with_a_join_has_its_results_in_the_order_of_its_items() {
    let outcomes = on_both(Squares::flow(), [0, 1, 7, 13, 21]).await;
    let Some([none, one, seven, unlucky, many]) = outcomes else {
        return;
    };
    let in_order = (1..=7).fold(0, |total, n| total * 3 + n * n);
    assert_eq!(
        (none, one, seven),
        (Ok(vec![0]), Ok(vec![1]), Ok(vec![in_order]))
    );
    assert_eq!(unlucky, failed(ErrorKind::Failed, "square"));
    assert!(many.is_err(), "{many:?}");
}

flow! {
    #[flow(durable)]
    struct Each(u32) -> u32;

    up_to -> [square; 3];
}

#[tokio::test]
async fn a_map_without_a_join_has_an_output_for_each_item() {
    let Some([none, four]) = on_both(Each::flow(), [0, 4]).await else {
        return;
    };
    assert_eq!(none, Err((ErrorKind::Filtered, None)));
    assert_eq!(four, Ok(vec![1, 4, 9, 16]));
}

/// The rest of a trace after an odd number.
#[node]
async fn halve(n: u32) -> ControlFlow<u32, u32> {
    match n % 2 {
        0 => ControlFlow::Continue(n / 2),
        _ => ControlFlow::Break(n),
    }
}

flow! {
    #[flow(durable, hops = 4)]
    struct Halving(u32) -> u32;

    halve -> halve;
}

#[tokio::test]
async fn a_loop_ends_by_its_break_or_its_hops() {
    let Some([at_once, later, never]) = on_both(Halving::flow(), [5, 40, 1024]).await else {
        return;
    };
    assert_eq!((at_once, later), (Ok(vec![5]), Ok(vec![5])));
    assert_eq!(never, failed(ErrorKind::BudgetExhausted, "halve"));
}

#[node(retries = 1, backoff = "1ms")]
async fn first(n: u32) -> Result<u32, &'static str> {
    if n < 10 {
        Ok(n + 100)
    } else {
        Err("too large")
    }
}

#[node(timeout = "20ms")]
async fn second(n: u32) -> u32 {
    if n >= 20 {
        std::future::pending::<()>().await;
    }
    n + 200
}

#[node]
async fn third(n: u32) -> Result<u32, &'static str> {
    if n < 30 {
        Ok(n + 300)
    } else {
        Err("far too large")
    }
}

flow! {
    #[flow(durable)]
    struct Falling(u32) -> u32;

    first else second else third;
}

#[tokio::test]
async fn a_fallback_takes_the_input_of_what_has_failed() {
    let Some([one, two, three, none]) = on_both(Falling::flow(), [1, 11, 21, 31]).await else {
        return;
    };
    assert_eq!(
        (one, two, three),
        (Ok(vec![101]), Ok(vec![211]), Ok(vec![321]))
    );
    assert_eq!(none, failed(ErrorKind::Failed, "third"));
}

/// Ends by being dropped alone.
#[node]
async fn never(n: u32) -> u32 {
    std::future::pending::<()>().await;
    n
}

#[node]
async fn even(n: u32) -> Result<u32, &'static str> {
    if n.is_multiple_of(2) {
        Ok(n + 1000)
    } else {
        Err("odd")
    }
}

#[node]
async fn small(n: u32) -> Result<u32, &'static str> {
    if n < 10 { Ok(n + 2000) } else { Err("large") }
}

#[node]
async fn entry(n: u32) -> u32 {
    n
}

#[node]
async fn exit(n: u32) -> u32 {
    n
}

flow! {
    #[flow(durable)]
    struct Racing(u32) -> u32;

    entry -> [never, even] -> race -> exit;
}

#[node]
async fn late(_: u32) -> Result<u32, &'static str> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    Err("late")
}

flow! {
    #[flow(durable)]
    struct Lost(u32) -> u32;

    entry -> [late, even] -> race -> exit;
}

#[tokio::test]
async fn a_race_that_nobody_wins_fails_as_the_last_one() {
    let Some([odd]) = on_both(Lost::flow(), [3]).await else {
        return;
    };
    assert_eq!(odd, failed(ErrorKind::Failed, "late"));
}

flow! {
    #[flow(durable)]
    struct Losing(u32) -> u32;

    entry -> [even, small] -> race -> exit;
}

#[tokio::test]
async fn a_race_drops_what_has_lost() {
    let Some([two]) = on_both(Racing::flow(), [2]).await else {
        return;
    };
    assert_eq!(two, Ok(vec![1002]));
}

#[tokio::test]
async fn a_race_takes_the_first_success() {
    let Some([odd, large]) = on_both(Losing::flow(), [3, 12]).await else {
        return;
    };
    assert_eq!((odd, large), (Ok(vec![2003]), Ok(vec![1012])));
}

#[node]
async fn count(results: (Result<u32, NodeError>, Result<u32, NodeError>)) -> u32 {
    let worth = |result: &Result<u32, NodeError>| *result.as_ref().unwrap_or(&7);
    worth(&results.0) * 10_000 + worth(&results.1)
}

flow! {
    #[flow(durable)]
    struct Settling(u32) -> u32;

    entry -> [even, small] -> settle -> count;
}

#[tokio::test]
async fn a_settle_has_failures_and_successes() {
    let outcomes = on_both(Settling::flow(), [2, 3, 12, 13]).await;
    let Some([both, odd, large, none]) = outcomes else {
        return;
    };
    assert_eq!((both, odd), (Ok(vec![10_022_002]), Ok(vec![72_003])));
    assert_eq!((large, none), (Ok(vec![10_120_007]), Ok(vec![70_007])));
}

#[node]
async fn sum(numbers: Vec<u32>) -> u32 {
    numbers.into_iter().sum()
}

flow! {
    #[flow(durable)]
    struct Voting(u32) -> u32;

    entry -> [even, small, third] -> quorum(2) -> sum;
}

#[tokio::test]
async fn a_quorum_is_as_many_successes() {
    let Some([odd, large]) = on_both(Voting::flow(), [3, 12]).await else {
        return;
    };
    assert_eq!((odd, large), (Ok(vec![2306]), Ok(vec![1324])));
}

flow! {
    #[flow(durable)]
    struct Outvoted(u32) -> u32;

    entry -> [late, even, third] -> quorum(2) -> sum;
}

#[tokio::test]
async fn a_quorum_that_cannot_be_reached_fails_as_the_branch_that_it_needed() {
    let Some([odd]) = on_both(Outvoted::flow(), [3]).await else {
        return;
    };
    assert_eq!(odd, failed(ErrorKind::Failed, "late"));
}
