//! The agent's working memory: what it wants to know, and what it found.

use std::cmp::Reverse;
use std::fmt;

use handbook::{Hit, Passage, terms};

/// What travels round the loop.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The question's words that are still to be looked up.
    pub(crate) open: Vec<String>,
    /// What was found.
    pub(crate) facts: Vec<Fact>,
    /// The words that nothing was found about.
    pub(crate) missing: Vec<String>,
    /// How many look-ups it took.
    pub(crate) hops: u32,
}

/// A passage, and the words that it was kept for.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) passage: Passage,
    pub(crate) covers: Vec<String>,
}

/// What one look-up brought.
#[derive(Debug)]
pub(crate) struct Hop {
    pub(crate) number: u32,
    pub(crate) word: String,
    pub(crate) found: Option<Fact>,
    pub(crate) confidence: f32,
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
            open,
            facts: Vec::new(),
            missing: Vec::new(),
            hops: 0,
        }
    }

    /// The part of the words that facts cover.
    pub(crate) fn confidence(&self) -> f32 {
        let covered: usize = self.facts.iter().map(|fact| fact.covers.len()).sum();
        let all = covered + self.open.len() + self.missing.len();
        covered as f32 / all.max(1) as f32
    }

    /// Keeps the passage that covers most of the open words, this one among them.
    pub(crate) fn learn(&mut self, word: String, hits: Vec<Hit>) -> Hop {
        self.hops += 1;
        let found = self.best(&word, hits);
        match &found {
            Some(fact) => {
                self.open.retain(|open| !fact.covers.contains(open));
                self.facts.push(fact.clone());
            }
            None => {
                self.open.retain(|open| *open != word);
                self.missing.push(word.clone());
            }
        }
        Hop {
            number: self.hops,
            word,
            found,
            confidence: self.confidence(),
        }
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
