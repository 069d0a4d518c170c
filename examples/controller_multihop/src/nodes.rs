//! The nodes of the loop, and the types that travel between them.

use std::fmt;
use std::sync::mpsc::Sender;

use handbook::Index;
use penguiflow::prelude::*;

use crate::memory::{Hop, Memory};

/// How many passages a look-up chooses from.
const CHOICE: usize = 5;
/// How many characters of a fact are shown.
const EXCERPT: usize = 100;

/// What somebody wants to know.
#[derive(Debug)]
pub(crate) struct Question(pub(crate) String);

/// A word to look up, and the memory to keep what is found in.
#[derive(Debug)]
pub(crate) struct Lookup {
    word: String,
    memory: Memory,
}

/// What was found in the end.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) Memory);

/// What the nodes share. Each `State<T>` is given the field of its type.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) index: Index,
    pub(crate) log: Log,
}

/// Tells each hop to whoever prints it.
#[derive(Clone)]
pub(crate) struct Log(pub(crate) Sender<Hop>);

/// Begins with an empty memory.
#[node]
pub(crate) async fn plan(question: Question) -> Result<Memory, &'static str> {
    let memory = Memory::of(&question.0);
    match memory.open.is_empty() {
        true => Err("the question has no word that can be looked up"),
        false => Ok(memory),
    }
}

/// Goes round for the next open word, or leaves the loop when there is none.
#[node]
pub(crate) async fn controller(memory: Memory) -> ControlFlow<Answer, Lookup> {
    match memory.open.first().cloned() {
        Some(word) => ControlFlow::Continue(Lookup { word, memory }),
        None => ControlFlow::Break(Answer(memory)),
    }
}

/// Looks a word up.
#[node(blocking, timeout = "5s")]
pub(crate) fn search(lookup: Lookup, State(index): State<Index>, State(log): State<Log>) -> Memory {
    let Lookup { word, mut memory } = lookup;
    let hits = index.search(&word, CHOICE);
    let hop = memory.learn(word, hits);
    // Nobody may be listening.
    let _ = log.0.send(hop);
    memory
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let memory = &self.0;
        let confidence = memory.confidence();
        writeln!(
            f,
            "answer after {} hops, confidence {confidence:.2}, from:",
            memory.hops
        )?;
        for fact in &memory.facts {
            let (passage, covers) = (&fact.passage, fact.covers.join(", "));
            let excerpt = passage.excerpt(EXCERPT);
            writeln!(f, "  on {covers}: {} \"{excerpt}\"", passage.place())?;
        }
        match memory.missing.is_empty() {
            true => Ok(()),
            false => writeln!(f, "  nothing on {}", memory.missing.join(", ")),
        }
    }
}
