//! Entries and exits: where OpenSea leads to, what leads to Rookery, and `Into` at the end.

use std::convert::Infallible;

use penguiflow::prelude::*;

#[node]
async fn one(text: String) -> u32 {
    text.len() as u32
}

#[node]
async fn other(text: &str) -> u64 {
    text.len() as u64 * 100
}

#[node]
async fn add_one(n: u32) -> u32 {
    n + 1
}

fn names(graph: &penguiflow::Graph, places: &[usize]) -> Vec<&'static str> {
    places
        .iter()
        .map(|place| graph.nodes[*place].name)
        .collect()
}

/// All entries take the same type, and each gets every message.
#[tokio::test]
async fn every_node_without_a_predecessor_is_an_entry() -> Result<(), FlowError> {
    flow! {
        struct Both(String) -> u64;
        one -> add_one;
        other;
    }
    let flow = Both::flow();
    assert_eq!(names(flow.graph(), flow.graph().entries), ["one", "other"]);
    assert_eq!(
        names(flow.graph(), flow.graph().exits),
        ["add_one", "other"]
    );
    let mut outputs = flow.run_all("krill".to_owned()).await?;
    outputs.sort();
    assert_eq!(outputs, [6, 500]);
    Ok(())
}

/// An expression yields what its first exit does; the others convert.
#[tokio::test]
async fn exits_convert_into_the_first_ones_type() -> Result<(), FlowError> {
    let flow = flow! { other; one };
    let outputs: Vec<u64> = flow.run_all("krill".to_owned()).await?;
    assert_eq!(outputs, [500, 5]);
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Answer {
    Count(u32),
    Refusal(&'static str),
}

impl From<u32> for Answer {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

impl From<&'static str> for Answer {
    fn from(refusal: &'static str) -> Self {
        Self::Refusal(refusal)
    }
}

#[node]
async fn guard(text: String) -> ControlFlow<&'static str, String> {
    if text.is_empty() {
        return ControlFlow::Break("nothing to count");
    }
    ControlFlow::Continue(text)
}

flow! {
    /// Outputs and breaks convert into the declared type.
    struct Counted(String) -> Answer;

    guard -> one;
}

#[tokio::test]
async fn outputs_and_breaks_convert_into_the_declared_type() -> Result<(), FlowError> {
    let flow = Counted::flow();
    assert_eq!(flow.run("krill".to_owned()).await?, Answer::Count(5));
    assert_eq!(
        flow.run(String::new()).await?,
        Answer::Refusal("nothing to count")
    );
    Ok(())
}

#[node]
async fn swallow(_: u32) -> Option<Infallible> {
    None
}

/// A flow that is there for what its nodes do.
#[tokio::test]
async fn a_flow_may_never_give_anything() {
    let error = flow! { add_one -> swallow }
        .run(1)
        .await
        .expect_err("nothing comes out");
    assert_eq!(error.kind(), ErrorKind::Filtered);
}

#[derive(Debug, PartialEq)]
struct Unclonable(u32);

#[node]
async fn wrap(n: u32) -> Unclonable {
    Unclonable(n)
}

#[node]
async fn rewrap(n: Unclonable) -> Unclonable {
    Unclonable(n.0 + 1)
}

/// Nothing is copied on a straight line.
#[tokio::test]
async fn a_straight_line_asks_for_no_clone() -> Result<(), FlowError> {
    assert_eq!(flow! { wrap -> rewrap }.run(1).await?, Unclonable(2));
    Ok(())
}
