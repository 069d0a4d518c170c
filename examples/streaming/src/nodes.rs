//! The two nodes: one finds sentences that answer a question, the other one says them.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use handbook::{Index, Passage, terms};
use penguiflow::prelude::*;

/// How many passages are read for an answer.
const PASSAGES: usize = 5;
/// How many sentences an answer has at most.
const SENTENCES: usize = 3;
/// How long a word takes: about what it takes a language model.
const PACE: Duration = Duration::from_millis(20);

/// The name of the stream that tells where sentences come from.
pub(crate) const PLACES: &str = "places";
/// What the stream without a name is called where it needs one.
pub(crate) const WORDS: &str = "words";

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

/// No sentence has a word of the question.
#[derive(Debug, thiserror::Error)]
#[error("no sentence has a word of \"{0}\": ask in other words, or search another folder")]
pub(crate) struct NothingFound(String);

/// Finds the sentences that share most words with the question, on a thread of its own, for
/// searching keeps a core busy.
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

/// Says the sentences. Each word goes out as soon as it is there.
#[node]
pub(crate) async fn answer(quotes: Vec<Quote>, ctx: Ctx) -> Answer {
    let mut answer = Answer::default();
    for Quote { place, sentence } in quotes {
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
