//! User code that runs between nodes and panics: a copy, a guard, an iterator, a conversion.

use penguiflow::prelude::*;

use super::{
    Touchy, count, good, kinds_of_two, number, number_too, panicked, show, start, sum, three, told,
    touchy,
};

/// A guard that panics at nought.
fn asks(n: u32) -> bool {
    assert!(n > 0, "asked at {n}");
    true
}

/// What is no list after its first item.
struct Broken(bool);

impl Iterator for Broken {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        assert!(!self.0, "no next");
        self.0 = true;
        Some(1)
    }
}

#[node]
async fn broken(_: u32) -> Broken {
    Broken(false)
}

/// A copy, a guard and an iterator are their node's.
#[tokio::test]
async fn a_panic_between_nodes_is_a_nodes_failure() {
    let flow = flow! { touchy -> [number, number_too] -> join -> sum };
    assert_eq!(
        told(&flow.run(1).await.expect_err("copied")),
        panicked("touchy")
    );
    let flow = flow! { [number, number_too] -> join -> sum };
    assert_eq!(
        told(&flow.run(Touchy(1)).await.expect_err("copied")),
        panicked("number")
    );
    let flow = flow! { start -> match { n if asks(n) => show(n), n => good(n) } };
    assert_eq!(
        told(&flow.run(0).await.expect_err("asked")),
        panicked("start")
    );
    let flow = flow! { broken -> [show; 8] -> join -> count };
    assert_eq!(
        told(&flow.run(1).await.expect_err("no list")),
        panicked("broken")
    );
}

struct Odd;

impl From<Odd> for BoxError {
    fn from(_: Odd) -> Self {
        panic!("converted")
    }
}

#[node]
async fn odd(_: u32) -> Result<u32, Odd> {
    Err(Odd)
}

struct Left;

impl From<Left> for u32 {
    fn from(_: Left) -> Self {
        panic!("converted")
    }
}

#[node]
async fn leaves(_: u32) -> ControlFlow<Left, u32> {
    ControlFlow::Break(Left)
}

/// So are conversions of what it returned.
#[tokio::test]
async fn a_conversion_that_panics_is_its_nodes() {
    let error = flow! { start -> show -> odd }.run(1).await;
    assert_eq!(told(&error.expect_err("odd")), panicked("odd"));
    flow! {
        struct Leaving(u32) -> u32;
        start -> leaves -> show;
    }
    let error = Leaving::flow().run(1).await;
    assert_eq!(told(&error.expect_err("odd")), panicked("leaves"));
}

use super::good as last;
use super::show as show2;
use super::start as start2;

#[node]
async fn kinds(results: Vec<Result<u32, NodeError>>) -> Vec<String> {
    let kind = |result: Result<u32, NodeError>| match result {
        Ok(n) => n.to_string(),
        Err(error) => format!("{:?}", error.kind),
    };
    results.into_iter().map(kind).collect()
}

/// A join that can do without a branch can do without one that panics between its nodes.
#[tokio::test]
async fn a_join_that_bears_failures_bears_panics_between_nodes() -> Result<(), FlowError> {
    let flow = flow! {
        #[flow(durable)]
        start -> [
            start2 -> match { n if asks(n) => show(n), n => show2(n) },
            good
        ] -> race -> last
    };
    assert_eq!(both!(flow, 0)?, [0]);
    let flow = flow! {
        #[flow(durable)]
        start -> [
            start2 -> match { n if asks(n) => show(n), n => show2(n) },
            good
        ] -> settle -> kinds_of_two
    };
    assert_eq!(both!(flow, 0)?, ["Err(Panicked) Ok(0)"]);
    let flow = flow! {
        #[flow(durable)]
        three -> [start -> match { n if asks(n) => show(n), n => show2(n) }; 8] -> settle -> kinds
    };
    assert_eq!(both!(flow, 0)?, [["Panicked", "1", "2"]]);
    let flow = flow! {
        #[flow(durable)]
        three -> [start -> match { n if asks(n) => show(n), n => show2(n) }; 8]
            -> quorum(2) -> count
    };
    assert_eq!(both!(flow, 0)?, [2]);
    Ok(())
}

/// Where there is none, both say the same of it.
#[tokio::test]
async fn stored_traces_fail_at_the_same_node() {
    let flow = flow! {
        #[flow(durable)]
        start -> match { n if asks(n) => show(n), n => good(n) }
    };
    let error = both!(flow, 0).expect_err("asked");
    assert_eq!(error.to_string(), "node `start` panicked: asked at 0");
    let flow = flow! { #[flow(durable)] start -> odd };
    assert_eq!(told(&both!(flow, 1).expect_err("odd")), panicked("odd"));
}
