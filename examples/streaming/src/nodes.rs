//! The two nodes: one finds passages, the other one answers in their words.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use handbook::{Hit, Index, terms};
use penguiflow::prelude::*;

/// How many passages are read for an answer.
const PASSAGES: usize = 5;
/// How many sentences an answer has at most.
const SENTENCES: usize = 3;
/// What a model would take for a word.
const PACE: Duration = Duration::from_millis(20);

/// The name of the stream that tells where sentences come from.
pub(crate) const PLACES: &str = "places";
/// What the stream without a name is called where it needs one.
pub(crate) const WORDS: &str = "words";

/// The passages that may answer a question.
#[derive(Debug)]
pub(crate) struct Docs {
    question: String,
    hits: Vec<Hit>,
}

/// All that was streamed, in one piece.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) places: Vec<String>,
}

/// No passage has a word of the question.
#[derive(Debug, thiserror::Error)]
#[error("no passage has a word of \"{0}\": ask in other words, or search another folder")]
pub(crate) struct NothingFound(String);

/// Looks the question up, on a thread of its own, for searching keeps a core busy.
#[node(blocking, timeout = "5s")]
pub(crate) fn retrieve(question: String, State(index): State<Index>) -> Result<Docs, NothingFound> {
    let hits = index.search(&question, PASSAGES);
    if hits.is_empty() {
        return Err(NothingFound(question));
    }
    Ok(Docs { question, hits })
}

/// Answers in the sentences that fit best. Each word goes out as soon as it is there.
#[node]
pub(crate) async fn answer(docs: Docs, ctx: Ctx) -> Answer {
    let mut answer = Answer {
        text: String::new(),
        places: Vec::new(),
    };
    for (place, sentence) in best(&docs) {
        if !answer.text.is_empty() {
            answer.say("\n\n", &ctx).await;
        }
        for word in sentence.split_inclusive(' ') {
            tokio::time::sleep(PACE).await;
            answer.say(word, &ctx).await;
        }
        ctx.chunk(&place).stream(PLACES).await;
        answer.places.push(place);
    }
    answer
}

impl Answer {
    async fn say(&mut self, piece: &str, ctx: &Ctx) {
        self.text += piece;
        ctx.chunk(piece).await;
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.text.split_whitespace().count();
        write!(f, "{words} words from {}", self.places.join(", "))
    }
}

/// The sentences that share most words with the question, best first, each with its place.
fn best(docs: &Docs) -> Vec<(String, String)> {
    let asked: HashSet<_> = terms(&docs.question).into_iter().collect();
    let all = docs.hits.iter().flat_map(|Hit { passage, .. }| {
        let place = passage.place();
        sentences(&passage.text).map(move |sentence| (place.clone(), sentence))
    });
    let shared = |sentence: &str| {
        let said: HashSet<_> = terms(sentence).into_iter().collect();
        asked.intersection(&said).count()
    };
    let mut ranked: Vec<_> = all
        .map(|(place, sentence)| (shared(&sentence), place, sentence))
        .collect();
    // Stable: among equals, the better passage stays first.
    ranked.sort_by_key(|(shared, ..)| std::cmp::Reverse(*shared));
    let best = ranked.into_iter().take(SENTENCES);
    best.map(|(_, place, sentence)| (place, sentence)).collect()
}

/// The sentences of a passage: what ends in a full stop, or stands in a paragraph by itself.
fn sentences(text: &str) -> impl Iterator<Item = String> {
    let paragraphs = text.split("\n\n");
    let sentences = paragraphs.flat_map(|paragraph| {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let ends: Vec<_> = line
            .split_inclusive(". ")
            .map(str::trim)
            .map(str::to_owned)
            .collect();
        ends
    });
    sentences.filter(|sentence| !sentence.is_empty())
}
