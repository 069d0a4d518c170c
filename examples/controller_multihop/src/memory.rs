//! The agent's working memory: its question, what is still open, and the facts that it found.

use std::fmt;

use handbook::{Passage, terms};
use penguiflow::python::WM;

use crate::action::Action;
use handbook::calculator::sums;

/// How many characters of a fact are shown.
const EXCERPT: usize = 100;

/// What travels round the loop: the original's working memory, with a sentence for each fact,
/// and what this agent needs beside it.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    wm: WM,
    /// How many words and sums the question has.
    wanted: usize,
    /// The words that are still to be looked up.
    pub(crate) open: Vec<String>,
    /// Those that nothing was found about.
    missing: Vec<String>,
    /// The sums that are still to be calculated.
    pub(crate) sums: Vec<String>,
    /// What was searched for last.
    sought: String,
    /// Where the last search has found something that was not read yet.
    pub(crate) found: Vec<String>,
    /// The place of each fact.
    pub(crate) places: Vec<String>,
}

/// What one use of a tool brought.
#[derive(Debug)]
pub(crate) struct Hop {
    pub(crate) number: u32,
    action: Action,
    result: String,
    confidence: f64,
}

impl Memory {
    /// A memory that wants to know about each word and each sum of the question, once.
    pub(crate) fn of(question: &str) -> Self {
        let mut open: Vec<String> = Vec::new();
        for word in question.split(|c: char| !c.is_alphanumeric()) {
            let term = terms(word);
            let is_known = || open.iter().any(|other| terms(other) == term);
            if word.contains(char::is_alphabetic) && !term.is_empty() && !is_known() {
                open.push(word.to_owned());
            }
        }
        let sums = sums(question);
        Self {
            wm: WM::new(question),
            wanted: open.len() + sums.len(),
            open,
            missing: Vec::new(),
            sums,
            sought: String::new(),
            found: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Keeps the places where something was found about a word.
    pub(crate) fn find(&mut self, query: String, places: Vec<String>) -> Hop {
        self.sought.clone_from(&query);
        self.found = places;
        if self.found.is_empty() {
            self.give_up();
        }
        let result = match self.found.len() {
            0 => "nothing".to_owned(),
            1 => "1 place".to_owned(),
            count => format!("{count} places"),
        };
        self.hop(Action::Search { query }, result)
    }

    /// Keeps a passage as a fact, if it covers an open word. Other places are no longer needed then.
    pub(crate) fn learn(&mut self, place: String, passage: Option<Passage>) -> Hop {
        self.found.retain(|found| *found != place);
        let covers = passage.as_ref().map(|passage| self.covered(passage));
        let covers = covers.unwrap_or_default();
        if let (Some(passage), false) = (passage, covers.is_empty()) {
            let fact = format!("on {}: \"{}\"", covers.join(", "), passage.excerpt(EXCERPT));
            self.wm.facts.push(fact.into());
            self.places.push(place.clone());
            self.open.retain(|open| !covers.contains(open));
            self.found.clear();
        } else if self.found.is_empty() {
            self.give_up();
        }
        let result = match covers.is_empty() {
            true => "nothing new".to_owned(),
            false => format!("covers {}", covers.join(", ")),
        };
        self.hop(Action::Read { place }, result)
    }

    /// Keeps the result of a sum as a fact.
    pub(crate) fn calculated(&mut self, sum: String, result: String) -> Hop {
        self.sums.retain(|open| *open != sum);
        self.wm.facts.push(format!("{sum} = {result}").into());
        self.hop(Action::Calculate { sum }, result)
    }

    /// The text of the facts.
    pub(crate) fn answer(&self) -> String {
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
        lines.join("\n")
    }

    /// Nothing is found about the word that was searched for, if the question has it.
    fn give_up(&mut self) {
        let sought = |open: &String| *open == self.sought;
        if let Some(at) = self.open.iter().position(sought) {
            self.missing.push(self.open.remove(at));
        }
    }

    fn hop(&mut self, action: Action, result: String) -> Hop {
        let left = self.open.len() + self.missing.len() + self.sums.len();
        let confidence = (self.wanted - left) as f64 / self.wanted.max(1) as f64;
        self.wm.hops += 1;
        self.wm.confidence = confidence;
        Hop {
            number: self.wm.hops,
            action,
            result,
            confidence,
        }
    }

    /// The open words that stand in a passage.
    fn covered(&self, passage: &Passage) -> Vec<String> {
        let known = terms(&format!("{} {}", passage.heading, passage.text));
        let is_known = |word: &&String| terms(word).iter().all(|term| known.contains(term));
        self.open.iter().filter(is_known).cloned().collect()
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            action,
            result,
            confidence,
        } = self;
        write!(
            f,
            "hop {number}: {action} -> {result} (confidence {confidence:.2})"
        )
    }
}
