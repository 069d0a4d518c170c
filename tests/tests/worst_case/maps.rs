//! A map that says how many items it takes is held to it.

use penguiflow::prelude::*;
use penguiflow_tests::by_json::run_steps;

const MOST: usize = 3;

#[node]
async fn items(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[node]
async fn sum(numbers: Vec<u32>) -> u32 {
    numbers.into_iter().sum()
}

#[tokio::test]
async fn as_many_items_as_it_takes_run() {
    let flow = flow! { items -> [double; 2, max = MOST] -> join -> sum };
    assert_eq!(flow.run(3).await.expect("three items"), 6);
}

#[tokio::test]
async fn one_more_is_an_error_before_any_runs() {
    let flow = flow! { items -> [double; 2, max = MOST] -> join -> sum };
    let error = flow.run(4).await.expect_err("four items");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Invalid, Some("join"))
    );
    assert_eq!(
        error.to_string(),
        "node `join` was given 4 items, and its map takes 3 at most"
    );
}

#[tokio::test]
async fn the_limit_holds_for_a_map_without_a_join() {
    let flow = flow! { items -> [double; 2, max = 3] };
    assert_eq!(flow.run_all(3).await.expect("three items").len(), 3);
    let error = flow.run_all(4).await.expect_err("four items");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

/// It is a failure of the branch that the map stands on.
#[tokio::test]
async fn a_join_around_the_map_bears_it() {
    #[node]
    async fn either((sum, _): (Result<u32, NodeError>, Result<u32, NodeError>)) -> u32 {
        sum.unwrap_or(77)
    }
    let flow = flow! {
        double -> [items -> [double2; 2, max = 3] -> join -> sum, double3] -> settle -> either
    };
    assert_eq!(flow.run(2).await.expect("it is tolerated"), 77);
}
use double as double2;
use double as double3;

/// What is kept between steps is held to it as well.
#[tokio::test]
async fn a_host_that_stops_after_every_step_sees_the_same() {
    let flow = flow! { #[flow(durable)] items -> [double; 2, max = 3] -> join -> sum };
    let mut frontier = flow.begin(4);
    let ran = run_steps(&flow, &mut frontier).await;
    ran.expect("no node fails");
    let error = frontier.finish().expect_err("four items");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
