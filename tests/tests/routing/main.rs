//! Groups and routing: `a -> [b -> e, c]`, and `a -> match { … }`.

mod arms;
mod clones;
mod deep;
mod envelope;
mod groups;
mod lints;
mod loops;
mod mixtures;
mod names;
mod patterns;
mod pictures;

use std::fmt::Debug;

use penguiflow::host::{Advance, Line, Topology};
use penguiflow::prelude::*;

/// What comes in: no copy can be made of it.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Topic {
    Sql(String),
    Doc { title: String, pages: u32 },
    Chat(String),
}

/// `select …`, `read TITLE PAGES`, or anything else.
#[node]
pub(crate) async fn triage(text: String) -> Topic {
    let words: Vec<_> = text.split(' ').collect();
    match words[..] {
        ["select", ..] => Topic::Sql(text),
        ["read", title, pages] => Topic::Doc {
            title: title.to_owned(),
            pages: pages.parse().unwrap_or(0),
        },
        _ => Topic::Chat(text),
    }
}

#[node]
pub(crate) async fn sql(query: String) -> String {
    format!("sql<{query}>")
}

#[node]
pub(crate) async fn chat(text: String) -> String {
    format!("chat<{text}>")
}

/// Takes the whole value.
#[node]
pub(crate) async fn any(topic: Topic) -> String {
    format!("any<{topic:?}>")
}

#[node]
pub(crate) async fn length(number: u32) -> String {
    format!("length<{number}>")
}

#[node]
pub(crate) async fn shout(text: String) -> String {
    text.to_uppercase()
}

#[node]
pub(crate) async fn same(number: u32) -> u32 {
    number
}

#[node]
pub(crate) async fn plus_one(number: u32) -> u32 {
    number + 1
}

#[node]
pub(crate) async fn times_ten(number: u32) -> u32 {
    number * 10
}

/// The outputs of a trace, sorted: by `run_all`, and by the host that stops after every node.
/// The two must agree, and they do so in each test of this folder that comes by here.
pub(crate) async fn outputs<F, S, I>(flow: &Flow<F, S>, input: I) -> Result<Vec<F::Out>, FlowError>
where
    F: Topology<Out: Ord + Debug> + Advance<S> + Line<S>,
    I: Into<F::In> + Clone,
    S: Send + Sync,
{
    let mut outputs = flow.run_all(Message::new(input.clone().into())).await?;
    outputs.sort();
    assert_eq!(
        step_by_step(flow, Message::new(input.into())).await?,
        outputs
    );
    Ok(outputs)
}

/// The one output, as both hosts and `run` return it.
pub(crate) async fn output<F, S, I>(flow: &Flow<F, S>, input: I) -> Result<F::Out, FlowError>
where
    F: Topology<Out: Ord + Debug> + Advance<S> + Line<S>,
    I: Into<F::In> + Clone,
    S: Send + Sync,
{
    let mut outputs = outputs(flow, input).await?;
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    Ok(outputs.remove(0))
}

/// The outputs of a trace whose frontier is put down after every node, sorted.
pub(crate) async fn step_by_step<F, S>(
    flow: &Flow<F, S>,
    input: Message<F::In>,
) -> Result<Vec<F::Out>, FlowError>
where
    F: Topology<Out: Ord> + Advance<S>,
    S: Send + Sync,
{
    let mut frontier = flow.begin(input);
    while let Some(step) = frontier.next_owned() {
        frontier.absorb(flow.advance(step).await?);
    }
    let outputs = frontier.outputs.into_iter();
    let mut outputs: Vec<_> = outputs.map(|message| message.payload).collect();
    outputs.sort();
    Ok(outputs)
}
