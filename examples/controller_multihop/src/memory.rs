//! The agent's working memory: its question, and the facts that it found.

use std::cmp::Reverse;
use std::fmt;

use handbook::{Hit, Passage, terms};
use penguiflow::python::{FinalAnswer, WM};

/// How many characters of a fact are shown.
const EXCERPT: usize = 100;

/// What travels round the loop: the original's working memory, with a sentence for each fact,
/// and what this agent needs beside it.
#[derive(Debug)]
pub(crate) struct Memory {
    wm: WM,
    /// How many words the question has.
    words: usize,
    /// Those that are still to be looked up.
    pub(crate) open: Vec<String>,
    /// Those that nothing was found about.
    missing: Vec<String>,
    /// The place of each fact.
    places: Vec<String>,
}

/// A passage, and the words that it was kept for.
#[derive(Debug)]
pub(crate) struct Fact {
    passage: Passage,
    covers: Vec<String>,
}

/// What one look-up brought.
#[derive(Debug)]
pub(crate) struct Hop {
    pub(crate) number: u32,
    word: String,
    found: Option<Fact>,
    confidence: f64,
}

impl Memory {
    /// A memory that wants to know about each word of the question, once.
    pub(crate) fn of(question: &str) -> Self {
        let mut open: Vec<String> = Vec::new();
        for word in question.split(|c: char| !c.is_alphanumeric()) {
            let term = terms(word);
            if !term.is_empty() && !open.iter().any(|other| terms(other) == term) {
                open.push(word.to_owned());
            }
        }
        Self {
            wm: WM::new(question),
            words: open.len(),
            open,
            missing: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Keeps the passage that covers most of the open words, this one among them.
    pub(crate) fn learn(&mut self, word: String, hits: Vec<Hit>) -> Hop {
        let found = self.best(&word, hits);
        match &found {
            Some(fact) => {
                self.open.retain(|open| !fact.covers.contains(open));
                self.wm.facts.push(fact.to_string().into());
                self.places.push(fact.passage.place());
            }
            None => {
                self.open.retain(|open| *open != word);
                self.missing.push(word.clone());
            }
        }
        self.wm.hops += 1;
        self.wm.confidence = self.confidence();
        Hop {
            number: self.wm.hops,
            word,
            found,
            confidence: self.wm.confidence,
        }
    }

    /// The text of the facts.
    pub(crate) fn answer(self) -> FinalAnswer {
        let WM {
            hops, confidence, ..
        } = self.wm;
        let mut lines = vec![format!(
            "answer after {hops} hops, confidence {confidence:.2}:"
        )];
        let facts = self.wm.facts.iter().filter_map(|fact| fact.as_str());
        lines.extend(facts.map(|fact| format!("  {fact}")));
        if !self.missing.is_empty() {
            lines.push(format!("  nothing on {}", self.missing.join(", ")));
        }
        let answer = FinalAnswer::new(lines.join("\n"));
        self.places.into_iter().fold(answer, FinalAnswer::citation)
    }

    /// The part of the words that facts cover.
    fn confidence(&self) -> f64 {
        let covered = self.words - self.open.len() - self.missing.len();
        covered as f64 / self.words.max(1) as f64
    }

    fn best(&self, word: &String, hits: Vec<Hit>) -> Option<Fact> {
        let facts = hits.into_iter().map(|hit| self.fact(hit.passage));
        let mut useful: Vec<_> = facts.filter(|fact| fact.covers.contains(word)).collect();
        useful.sort_by_key(|fact| Reverse(fact.covers.len()));
        useful.into_iter().next()
    }

    fn fact(&self, passage: Passage) -> Fact {
        let known = terms(&format!("{} {}", passage.heading, passage.text));
        let is_known = |word: &&String| terms(word).iter().all(|term| known.contains(term));
        let covers = self.open.iter().filter(is_known).cloned().collect();
        Fact { passage, covers }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let excerpt = self.passage.excerpt(EXCERPT);
        write!(f, "on {}: \"{excerpt}\"", self.covers.join(", "))
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hop {}: `{}` -> ", self.number, self.word)?;
        match &self.found {
            Some(Fact { passage, covers }) => {
                write!(f, "{} covers {}", passage.place(), covers.join(", "))?;
            }
            None => f.write_str("nothing")?,
        }
        write!(f, " (confidence {:.2})", self.confidence)
    }
}
