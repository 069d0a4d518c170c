//! The two nodes: one finds sentences that answer a question, the other one streams them.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use handbook::{Index, Passage, terms};
use penguiflow::prelude::*;
use serde::Serialize;

/// How many passages are read for an answer.
const PASSAGES: usize = 5;
/// How many sentences an answer has at most.
const SENTENCES: usize = 3;
/// The time per word, about that of a language model.
const PACE: Duration = Duration::from_millis(20);
/// After how many words a connection breaks that breaks off.
const WORDS_UNTIL_BREAK: usize = 5;

/// The name of the stream of the places that sentences come from.
pub(crate) const PLACES: &str = "places";
/// The name in events of the stream without a name.
pub(crate) const WORDS: &str = "words";

/// What the nodes share.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) index: Index,
    pub(crate) model: Model,
}

/// In place of a connection to a model.
#[derive(Clone, Copy, Default)]
pub(crate) struct Model {
    /// Whether it breaks in the first attempt, after some words.
    pub(crate) breaks_off: bool,
}

/// A sentence of the handbook.
#[derive(Debug)]
pub(crate) struct Quote {
    place: String,
    sentence: String,
}

/// All that was streamed, in one piece.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) places: Vec<String>,
}

/// How many of the sentences have been streamed.
#[derive(Debug, Serialize)]
struct Progress {
    done: usize,
    of: usize,
}

/// No sentence has a word of the question.
#[derive(Debug, thiserror::Error)]
#[error("no sentence has a word of \"{0}\": ask in other words, or search another folder")]
pub(crate) struct NothingFound(String);

/// The model stopped in the middle of its answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection broke after {0} words")]
pub(crate) struct BrokenOff(usize);

/// Finds the sentences that share most words with the question. It runs on a thread of its own,
/// since searching keeps a core busy.
#[node(blocking, timeout = "5s")]
pub(crate) fn retrieve(
    question: String,
    State(index): State<Index>,
) -> Result<Vec<Quote>, NothingFound> {
    let asked: HashSet<_> = terms(&question).into_iter().collect();
    let shared = |quote: &Quote| {
        let said: HashSet<_> = terms(&quote.sentence).into_iter().collect();
        asked.intersection(&said).count()
    };
    let hits = index.search(&question, PASSAGES).into_iter();
    let mut quotes: Vec<_> = hits.flat_map(|hit| sentences(&hit.passage)).collect();
    quotes.retain(|quote| shared(quote) > 0);
    // Stable: among equals, the better passage stays first.
    quotes.sort_by_cached_key(|quote| Reverse(shared(quote)));
    quotes.truncate(SENTENCES);
    match quotes.is_empty() {
        true => Err(NothingFound(question)),
        false => Ok(quotes),
    }
}

/// Streams the sentences. Each word goes out as soon as it is there. Where the connection breaks,
/// the words so far are void, and the retry streams the whole answer.
#[node(retries = 1, backoff = "100ms")]
pub(crate) async fn answer(
    quotes: &[Quote],
    State(model): State<Model>,
    ctx: Ctx,
) -> Result<Answer, BrokenOff> {
    let mut answer = Answer::default();
    let mut words = 0;
    for Quote { place, sentence } in quotes {
        if !answer.text.is_empty() {
            answer.send("\n\n", &ctx).await;
        }
        for word in sentence.split_inclusive(' ') {
            if model.breaks_off && ctx.attempt() == 0 && words == WORDS_UNTIL_BREAK {
                return Err(BrokenOff(words));
            }
            tokio::time::sleep(PACE).await;
            answer.send(word, &ctx).await;
            words += 1;
        }
        let source = ctx.chunk(place).stream(PLACES);
        let (done, of) = (answer.places.len() + 1, quotes.len());
        source.kind("progress").json(&Progress { done, of }).await;
        answer.places.push(place.clone());
    }
    Ok(answer)
}

impl Answer {
    async fn send(&mut self, piece: &str, ctx: &Ctx) {
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

/// The sentences of a passage, without its code and its tables.
fn sentences(passage: &Passage) -> Vec<Quote> {
    let paragraphs = passage.text.split("\n\n");
    let prose = paragraphs.filter(|text| !text.contains("```") && !text.starts_with('|'));
    let lines = prose.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let quote = |sentence: &str| Quote {
        place: passage.place(),
        sentence: sentence.trim().to_owned(),
    };
    lines
        .flat_map(|line| line.split_inclusive(". ").map(quote).collect::<Vec<_>>())
        .collect()
}
