//! The nodes of the loop, and the types that travel between them.

use std::sync::mpsc::Sender;

use handbook::Index;
use penguiflow::prelude::*;
use penguiflow::python::FinalAnswer;

use crate::memory::{Hop, Memory};

/// How many passages a look-up chooses from.
const CHOICE: usize = 5;

/// What somebody wants to know.
#[derive(Debug)]
pub(crate) struct Question(pub(crate) String);

/// A word to look up, and the memory that keeps the result.
#[derive(Debug)]
pub(crate) struct Lookup {
    word: String,
    memory: Memory,
}

/// What the nodes share. Each `State<T>` is given the field of its type.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) index: Index,
    pub(crate) log: Log,
}

/// Reports each hop to the reader of the trace.
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
pub(crate) async fn controller(memory: Memory) -> ControlFlow<FinalAnswer, Lookup> {
    match memory.open.first().cloned() {
        Some(word) => ControlFlow::Continue(Lookup { word, memory }),
        None => ControlFlow::Break(memory.answer()),
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
