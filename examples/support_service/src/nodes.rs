//! The nodes, and the messages between them.

use handbook::{Index, Passage, terms};
use penguiflow::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{ModelError, Models};

/// How many passages of each kind go into a prompt.
const PASSAGES: usize = 2;
/// How many passages are looked through for them.
const CANDIDATES: usize = 20;

/// What the nodes share.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) index: Index,
    pub(crate) models: Models,
}

/// What somebody wants to know.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Question {
    #[serde(rename = "question")]
    pub(crate) text: String,
}

/// What a question is about.
pub(crate) enum Topic {
    SmallTalk(Question),
    HowTo(Question),
}

/// What to look for.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    question: String,
    words: String,
}

/// A question, and what a model should know for its answer.
#[derive(Debug, Clone)]
pub(crate) struct Prompt {
    pub(crate) question: String,
    pub(crate) passages: Vec<Passage>,
}

/// What a model wrote.
#[derive(Debug)]
pub(crate) struct Draft {
    by: &'static str,
    text: String,
}

/// What the client is given.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    pub(crate) by: &'static str,
    pub(crate) text: String,
    pub(crate) sources: Vec<String>,
}

#[node]
pub(crate) async fn triage(question: Question) -> Topic {
    let is_polite = |term: &String| matches!(term.as_str(), "hello" | "hi" | "thank");
    match terms(&question.text).iter().all(is_polite) {
        true => Topic::SmallTalk(question),
        false => Topic::HowTo(question),
    }
}

#[node]
pub(crate) async fn chat(_: Question) -> Answer {
    Answer {
        by: "nobody",
        text: "Ask me how something is done with flows.".to_owned(),
        sources: Vec::new(),
    }
}

/// Leaves out the words with a `#`: they are for the model alone.
#[node]
pub(crate) async fn plan(question: Question) -> Search {
    let words = question.text.split_whitespace();
    let words: Vec<_> = words.filter(|word| !word.starts_with('#')).collect();
    Search {
        words: words.join(" "),
        question: question.text,
    }
}

/// The passages that explain. Searching keeps a core busy, so this runs on a thread of its own.
#[node(blocking, timeout = "5s")]
pub(crate) fn explanations(search: Search, State(index): State<Index>) -> Vec<Passage> {
    best(&index, &search.words, |passage| !has_code(passage))
}

/// The passages that show code.
#[node(blocking, timeout = "5s")]
pub(crate) fn samples(search: Search, State(index): State<Index>) -> Vec<Passage> {
    best(&index, &search.words, has_code)
}

/// `None` where nothing was found: then there is nothing to ask a model.
#[node]
pub(crate) async fn compose(
    (mut passages, samples, search): (Vec<Passage>, Vec<Passage>, Search),
) -> Option<Prompt> {
    passages.extend(samples);
    let question = search.question;
    (!passages.is_empty()).then_some(Prompt { question, passages })
}

/// The model to ask first. One tenant's questions wait for that tenant's earlier ones alone.
#[node(
    timeout = "20s",
    idle = "5s",
    retries = 1,
    backoff = "200ms..2s",
    after_max = "5s",
    fallback_if = ModelError::is_outage,
    concurrency = 4,
    per = "tenant"
)]
pub(crate) async fn large(
    prompt: &Prompt,
    State(models): State<Models>,
    ctx: Ctx,
) -> Result<Draft, ModelError> {
    let text = models.complete("large", prompt, &ctx).await?;
    Ok(Draft { by: "large", text })
}

/// The model to ask while the large one is out of order.
#[node(timeout = "10s", idle = "5s", concurrency = 16)]
pub(crate) async fn small(
    prompt: &Prompt,
    State(models): State<Models>,
    ctx: Ctx,
) -> Result<Draft, ModelError> {
    let text = models.complete("small", prompt, &ctx).await?;
    Ok(Draft { by: "small", text })
}

#[node]
pub(crate) async fn cite((draft, prompt): (Draft, Prompt)) -> Answer {
    Answer {
        by: draft.by,
        text: draft.text,
        sources: prompt.passages.iter().map(Passage::place).collect(),
    }
}

fn best(index: &Index, words: &str, is_wanted: impl Fn(&Passage) -> bool) -> Vec<Passage> {
    let hits = index.search(words, CANDIDATES).into_iter();
    let passages = hits.map(|hit| hit.passage);
    passages
        .filter(|passage| is_wanted(passage))
        .take(PASSAGES)
        .collect()
}

fn has_code(passage: &Passage) -> bool {
    passage.text.contains("```")
}
