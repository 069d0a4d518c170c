//! The three nodes, and the types that travel between them.

use handbook::{Hit, Index};
use penguiflow::prelude::*;

/// How many passages go into a prompt.
const PASSAGES: usize = 3;

/// What somebody wants to know.
#[derive(Debug)]
pub(crate) struct Question(pub(crate) String);

/// A question whose topic stands in its message's headers.
#[derive(Debug)]
pub(crate) struct Triaged(pub(crate) String);

/// The passages that answer a question.
#[derive(Debug)]
pub(crate) struct Docs {
    question: String,
    hits: Vec<Hit>,
}

/// What a language model would be asked, and where it comes from.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) text: String,
    pub(crate) sources: Vec<Hit>,
}

/// No passage has a word of the question.
#[derive(Debug, thiserror::Error)]
#[error("no passage has a word of \"{0}\": ask in other words, or search another folder")]
pub(crate) struct NothingFound(String);

/// Sorts a question by topic. It takes and returns a `Message`, since it writes a header.
#[node]
pub(crate) async fn triage(question: Message<Question>) -> Message<Triaged> {
    let topic = topic(&question.payload.0);
    question.topic(topic).map(|Question(text)| Triaged(text))
}

/// Looks the question up. Searching keeps a core busy, so this is a plain `fn` that runs on
/// tokio's pool of blocking threads.
#[node(blocking, timeout = "5s")]
pub(crate) fn retrieve(
    Triaged(question): Triaged,
    State(index): State<Index>,
) -> Result<Docs, NothingFound> {
    let hits = index.search(&question, PASSAGES);
    if hits.is_empty() {
        return Err(NothingFound(question));
    }
    Ok(Docs { question, hits })
}

/// Packs the passages into a prompt.
#[node]
pub(crate) async fn pack(docs: Docs, headers: Headers) -> Prompt {
    let topic = headers.topic.unwrap_or_default();
    let mut text = format!(
        "You answer for {}. Topic: {topic}. {} Use these passages alone, and name the ones \
         that you used.\n",
        headers.tenant,
        advice(&topic),
    );
    for (number, hit) in (1..).zip(&docs.hits) {
        let passage = &hit.passage;
        text += &format!("\n[{number}] {}\n{}\n", passage.place(), passage.text);
    }
    text += &format!("\nQuestion: {}", docs.question);
    Prompt {
        text,
        sources: docs.hits,
    }
}

/// The topics, each with the words that identify it. The first that fits is taken.
const TOPICS: [(&str, &[&str]); 4] = [
    (
        "troubleshooting",
        &[
            "error", "fail", "fails", "failed", "wrong", "broken", "stuck", "hang", "hangs",
        ],
    ),
    ("reasons", &["why"]),
    (
        "how-to",
        &["how", "can", "configure", "configured", "set", "use"],
    ),
    (
        "concepts",
        &["what", "which", "who", "when", "where", "mean", "means"],
    ),
];

fn topic(question: &str) -> &'static str {
    let question = question.to_lowercase();
    let words: Vec<_> = question.split(|c: char| !c.is_alphanumeric()).collect();
    let fits = |(_, telling): &&(_, &[&str])| telling.iter().any(|word| words.contains(word));
    TOPICS
        .iter()
        .find(fits)
        .map_or("general", |(topic, _)| topic)
}

/// How a question of a topic is best answered.
fn advice(topic: &str) -> &'static str {
    match topic {
        "troubleshooting" => "Name the likely cause, then what to try.",
        "reasons" => "Give the reasons.",
        "how-to" => "Answer in steps, with code.",
        "concepts" => "Define it in one or two sentences.",
        _ => "Be brief.",
    }
}
