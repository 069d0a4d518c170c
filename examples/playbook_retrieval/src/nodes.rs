//! The nodes of both flows and their messages.

use std::cmp::Reverse;
use std::fmt;

use handbook::{Hit, Index, terms};
use penguiflow::prelude::*;

use crate::Retrieval;

/// How many passages are ranked again.
const PASSAGES: usize = 8;

/// Where to look.
#[derive(Clone)]
pub(crate) enum Library {
    /// Three little documents about the question.
    Little,
    Folder(Index),
}

/// A passage that may answer.
#[derive(Debug)]
pub(crate) struct Passage {
    title: String,
    heading: String,
    text: String,
}

/// Passages for a question, the best first.
#[derive(Debug)]
pub(crate) struct Found {
    question: String,
    passages: Vec<Passage>,
}

/// The best passage, reduced to the part that answers the question.
#[derive(Debug)]
pub(crate) struct Finding {
    title: String,
    heading: String,
    sentences: Vec<String>,
}

#[node(timeout = "5s")]
pub(crate) async fn retrieve(
    question: String,
    State(library): State<Library>,
) -> Result<Found, String> {
    let passages: Vec<_> = match library {
        Library::Little => (1..=3)
            .map(|number| Passage::little(&question, number))
            .collect(),
        Library::Folder(index) => {
            let hits = index.search(&question, PASSAGES).into_iter();
            hits.map(Passage::from).collect()
        }
    };
    match passages.is_empty() {
        true => Err(format!("no passage has a word of \"{question}\"")),
        false => Ok(Found { question, passages }),
    }
}

/// Puts the passages first that have the most of the question's words, and of equal ones the
/// first.
#[node]
pub(crate) async fn rerank(mut found: Found) -> Found {
    let wanted = terms(&found.question);
    found.passages.sort_by_cached_key(|passage| {
        let there = terms(&format!("{} {}", passage.heading, passage.text));
        Reverse(wanted.iter().filter(|term| there.contains(term)).count())
    });
    found
}

/// Keeps the sentences of the best passage that have a word of the question.
#[node]
pub(crate) async fn compress(found: Found) -> Option<Finding> {
    let wanted = terms(&found.question);
    let best = found.passages.into_iter().next()?;
    let is_wanted = |sentence: &&str| terms(sentence).iter().any(|term| wanted.contains(term));
    let text = best.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = text.split_inclusive(". ").filter(is_wanted);
    Some(Finding {
        title: best.title,
        heading: best.heading,
        sentences: sentences.map(|text| text.trim().to_owned()).collect(),
    })
}

#[node]
pub(crate) async fn ask(question: String) -> Result<String, &'static str> {
    match terms(&question).is_empty() {
        true => Err("the question has no word that can be looked for"),
        false => Ok(question),
    }
}

/// Searches for the heading above the best passage: the same playbook, in the same trace.
#[node]
pub(crate) async fn deepen(
    finding: Finding,
    ctx: Ctx,
    State(library): State<Library>,
) -> Result<Vec<Finding>, FlowError> {
    if terms(&finding.heading).is_empty() {
        return Ok(vec![finding]);
    }
    let retrieval = Retrieval::flow().with_state(library);
    let beside = ctx.call(&retrieval, finding.heading.clone()).await?;
    let is_new = beside.title != finding.title;
    Ok([finding]
        .into_iter()
        .chain(is_new.then_some(beside))
        .collect())
}

impl Passage {
    fn little(question: &str, number: u32) -> Self {
        Self {
            title: format!("{question}-doc-{number}"),
            heading: String::new(),
            text: String::new(),
        }
    }
}

impl From<Hit> for Passage {
    fn from(Hit { passage, .. }: Hit) -> Self {
        Self {
            title: passage.place(),
            heading: passage.heading,
            text: passage.text,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} :: compressed", self.title)?;
        self.sentences
            .iter()
            .try_for_each(|sentence| write!(f, "\n    {sentence}"))
    }
}
