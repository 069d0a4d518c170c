//! The flows, their nodes and their types.

use handbook::Index;
use penguiflow::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many words a reader takes in a minute.
const WORDS_A_MINUTE: usize = 200;

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Query {
    /// In plain words.
    question: String,
    /// How many passages at most.
    #[serde(default = "three")]
    most: usize,
}

fn three() -> usize {
    3
}

/// Where something is said.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    place: String,
    heading: String,
}

#[node]
async fn words(text: String) -> usize {
    text.split_whitespace().count()
}

#[node]
async fn minutes(words: usize) -> usize {
    words.div_ceil(WORDS_A_MINUTE)
}

/// Searching keeps a core busy, so this runs on tokio's pool of blocking threads.
#[node(blocking, timeout = "10s")]
fn search(query: Query, State(index): State<Index>) -> Vec<Found> {
    let hits = index.search(&query.question, query.most).into_iter();
    hits.map(|hit| Found {
        place: hit.passage.place(),
        heading: hit.passage.heading,
    })
    .collect()
}

flow! {
    /// How many minutes a text takes to read.
    pub(crate) struct ReadingTime(String) -> usize;

    words -> minutes;
}

flow! {
    /// The passages of a folder that share words with a question.
    pub(crate) struct Search(Query) -> Vec<Found>;

    search;
}
