//! Panics of the user's code outside of its nodes' bodies: in `Drop`, `Clone`, guards, iterators,
//! conversions and `Display`. None leaves a run, each is a failure at the node that it is about,
//! and none hides a failure, a winner or a timeout that was there before.

use std::fmt;
use std::thread::panicking;

use penguiflow::prelude::*;
use penguiflow_tests::by_json::{again, by_json, nth_step, orders};
use penguiflow_tests::support::{ms, watched};
use serde::{Deserialize, Serialize};
use tokio::task::yield_now;

/// Panics when it is dropped.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Loud(u32);

impl Drop for Loud {
    fn drop(&mut self) {
        assert!(panicking(), "dropped {}", self.0);
    }
}

impl Loud {
    fn open(self) -> u32 {
        let n = self.0;
        std::mem::forget(self);
        n
    }
}

/// Panics when it is copied, or printed.
#[derive(Debug, Serialize, Deserialize)]
struct Touchy(u32);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        panic!("copied {}", self.0)
    }
}

impl fmt::Display for Touchy {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("printed {}", self.0)
    }
}

impl std::error::Error for Touchy {}

#[node]
async fn start(n: u32) -> u32 {
    n
}

#[node]
async fn show(n: u32) -> u32 {
    n
}

#[node]
async fn good(n: u32) -> u32 {
    yield_now().await;
    n
}

#[node]
async fn bad(_: u32) -> Result<u32, &'static str> {
    yield_now().await;
    Err("no such user")
}

#[node]
async fn holds(n: u32) -> u32 {
    let _loud = Loud(n);
    std::future::pending().await
}

#[node]
async fn loud(n: u32) -> Loud {
    Loud(n)
}

#[node]
async fn bad_loud(_: u32) -> Result<Loud, &'static str> {
    yield_now().await;
    Err("no such user")
}

#[node]
async fn refuses(_: &Loud) -> Result<u32, &'static str> {
    Err("no such user")
}

#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

#[node]
async fn sum_loud((one, other): (Loud, u32)) -> u32 {
    one.open() + other
}

fn told(error: &FlowError) -> (ErrorKind, Option<&str>) {
    (error.kind(), error.node())
}

const fn failed(node: &str) -> (ErrorKind, Option<&str>) {
    (ErrorKind::Failed, Some(node))
}

const fn panicked(node: &str) -> (ErrorKind, Option<&str>) {
    (ErrorKind::Panicked, Some(node))
}

/// The failure of a branch stays, whatever the others hold: a future, an output, what was put out,
/// or the input that the node itself was lent.
#[tokio::test]
async fn what_is_dropped_with_a_branch_does_not_hide_a_failure() {
    let flow = flow! { start -> [holds, bad] -> join -> sum };
    assert_eq!(told(&flow.run(1).await.expect_err("bad")), failed("bad"));
    let flow = flow! { start -> [loud, bad] -> join -> sum_loud };
    assert_eq!(told(&flow.run(1).await.expect_err("bad")), failed("bad"));
    let flow = flow! { holds; bad };
    assert_eq!(
        told(&flow.run_all(1).await.expect_err("bad")),
        failed("bad")
    );
    let flow = flow! { loud; bad_loud };
    assert_eq!(
        told(&flow.run_all(1).await.expect_err("bad")),
        failed("bad_loud")
    );
    let error = flow! { loud -> refuses }.run(1).await.expect_err("bad");
    assert_eq!(told(&error), failed("refuses"));
    assert_eq!(error.to_string(), "node `refuses` failed: no such user");
}

/// A started flow tells the same.
#[tokio::test]
async fn a_dropped_branch_hides_no_failure_in_a_started_flow() -> Result<(), FlowError> {
    let running = flow! { start -> [holds, bad] -> join -> sum }.start();
    running.emit(1).await?;
    let error = running.fetch().await.expect("an answer").expect_err("bad");
    assert_eq!(told(&error), failed("bad"));
    Ok(())
}

#[node]
async fn three(_: u32) -> Vec<u32> {
    vec![0, 1, 2]
}

#[node]
async fn louds(_: u32) -> Vec<Loud> {
    vec![Loud(0), Loud(1), Loud(2)]
}

#[node]
async fn loud_then_bad(n: u32) -> Result<Loud, &'static str> {
    match n {
        0 => Ok(Loud(n)),
        _ => Err("no such user"),
    }
}

#[node]
async fn open_badly(loud: Loud) -> Result<u32, &'static str> {
    loud.open();
    Err("no such user")
}

#[node]
async fn open(loud: Loud) -> u32 {
    loud.open()
}

#[node]
async fn count(list: Vec<u32>) -> usize {
    list.len()
}

#[node]
async fn count_louds(list: Vec<Loud>) -> usize {
    list.into_iter().map(Loud::open).count()
}

#[node]
async fn holds_first(n: u32) -> u32 {
    match n {
        0 => {
            let _loud = Loud(n);
            std::future::pending().await
        }
        n => n,
    }
}

/// Nor do the items of a map that came, or that wait for their turn.
#[tokio::test]
async fn the_other_items_do_not_hide_a_failure() {
    let flow = flow! { three -> [loud_then_bad; 8] -> join -> count_louds };
    let error = flow.run(1).await.expect_err("bad");
    assert_eq!(told(&error), failed("loud_then_bad"));
    let flow = flow! { louds -> [open_badly; 1] -> join -> count };
    let error = flow.run(1).await.expect_err("bad");
    assert_eq!(told(&error), failed("open_badly"));
}

#[tokio::test]
async fn the_winner_of_a_race_stays_the_winner() -> Result<(), FlowError> {
    let flow = flow! { start -> [holds, good] -> race -> show };
    assert_eq!(flow.run(1).await?, 1);
    let flow = flow! { three -> [holds_first; 8] -> race -> show };
    assert_eq!(flow.run(1).await?, 1);
    let flow = flow! { louds -> [open; 1] -> race -> show };
    assert_eq!(flow.run(1).await?, 0);
    Ok(())
}

#[node(timeout = "5ms")]
async fn slow(n: u32) -> u32 {
    let _loud = Loud(n);
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_timeout_stays_a_timeout() {
    let error = flow! { slow }.run(1).await.expect_err("it is slow");
    assert_eq!(told(&error), (ErrorKind::TimedOut, Some("slow")));
    let late = Message::new(1).deadline_in(ms(5));
    let error = flow! { holds }.run(late).await.expect_err("it is late");
    assert_eq!(told(&error), (ErrorKind::DeadlineExceeded, Some("holds")));
}

#[node]
async fn touchy(n: u32) -> Touchy {
    Touchy(n)
}

#[node]
async fn number(touchy: Touchy) -> u32 {
    touchy.0
}

#[node]
async fn number_too(touchy: Touchy) -> u32 {
    touchy.0
}

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

use self::good as last;
use self::show as show2;
use self::start as start2;

#[node]
async fn kinds(results: Vec<Result<u32, NodeError>>) -> Vec<String> {
    let kind = |result: Result<u32, NodeError>| match result {
        Ok(n) => n.to_string(),
        Err(error) => format!("{:?}", error.kind),
    };
    results.into_iter().map(kind).collect()
}

#[node]
async fn kinds_of_two((one, other): (Result<u32, NodeError>, Result<u32, NodeError>)) -> String {
    let kind = |result: Result<u32, NodeError>| result.map_err(|error| error.kind);
    format!("{:?} {:?}", kind(one), kind(other))
}

/// What a flow comes to in memory, and where each step is stored.
macro_rules! both {
    ($flow:expr, $input:expr) => {{
        let flow = $flow;
        let in_memory = flow.run_all($input).await;
        for order in orders() {
            let by_json = by_json(&flow, Message::new($input), order).await;
            match (&in_memory, by_json) {
                (Ok(one), Ok(other)) => assert_eq!(*one, other),
                (Err(one), Err(other)) => assert_eq!(told(one), told(&other)),
                (one, other) => panic!("{one:?} and {other:?}"),
            }
        }
        in_memory
    }};
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

/// A host meets no panic either: where a trace begins, and where a step is taken out.
#[tokio::test]
async fn a_copy_that_panics_ends_a_stored_trace() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] [number, number_too] -> join -> sum };
    let frontier = again(&flow.begin(Touchy(1)));
    assert_eq!(frontier.steps().len(), 0);
    let error = frontier.finish().expect_err("it panicked");
    assert_eq!(error.to_string(), "node `number` panicked: copied 1");

    let flow = flow! { #[flow(durable)] touchy -> number };
    let mut frontier = flow.begin(1);
    let first = frontier.next_step().expect("an entry");
    frontier.absorb(flow.advance(first).await?);
    assert!(frontier.next_step().is_none(), "its input cannot be copied");
    let error = frontier.finish().expect_err("it panicked");
    assert_eq!(told(&error), panicked("number"));
    Ok(())
}

#[node]
async fn open_all(list: Vec<Loud>) -> u32 {
    list.into_iter().map(Loud::open).sum()
}

/// Nor does what a frontier drops hide why.
#[tokio::test]
async fn what_a_stored_join_drops_hides_no_failure() -> Result<(), FlowError> {
    use self::bad_loud as bad_loud_too;
    let flow = flow! {
        #[flow(durable)] start -> [loud, bad_loud, bad_loud_too] -> quorum(2) -> open_all
    };
    let mut frontier = flow.begin(1);
    while frontier.steps().len() > 0 {
        let step = nth_step(&mut frontier, 0);
        frontier.absorb(flow.advance(step).await?);
    }
    let error = frontier.finish().expect_err("too few");
    assert_eq!(told(&error), failed("bad_loud_too"));
    let flow = flow! { start -> [loud, bad_loud, bad_loud_too] -> quorum(2) -> open_all };
    let error = flow.run(1).await.expect_err("too few");
    assert_eq!(error.kind(), ErrorKind::Failed);
    Ok(())
}

#[node]
async fn fails_touchily(n: u32) -> Result<u32, Touchy> {
    Err(Touchy(n))
}

#[node]
async fn describe(failed: Failed<u32>) -> u32 {
    assert_eq!(failed.error.kind, ErrorKind::Failed);
    assert_eq!(failed.error.node.as_deref(), Some("fails_touchily"));
    failed.input
}

/// An error that cannot be printed is the error that it is: for the caller, for a fallback, for a
/// `settle`, and for who observes.
#[tokio::test]
async fn an_error_that_cannot_be_printed_is_told_all_the_same() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { fails_touchily });
    let error = flow.run(1).await.expect_err("it fails");
    assert_eq!(told(&error), failed("fails_touchily"));
    assert_eq!(
        error.to_string(),
        "node `fails_touchily` failed: an error whose `Display` panicked"
    );
    assert!(error.into_source().expect("its own").is::<Touchy>());
    flow.flush().await;
    assert_eq!(seen.count("node_failed"), 1);
    let flow = flow! { #[flow(durable)] fails_touchily else describe };
    assert_eq!(both!(flow, 7)?, [7]);
    let flow = flow! { #[flow(durable)] start -> [fails_touchily, good] -> settle -> kinds_of_two };
    assert_eq!(both!(flow, 7)?, ["Err(Failed) Ok(7)"]);
    Ok(())
}
