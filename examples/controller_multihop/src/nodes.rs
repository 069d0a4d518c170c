//! The nodes of the loop: the one that asks the model, and the tools.

use std::sync::mpsc::Sender;

use handbook::Index;
use penguiflow::prelude::*;
use penguiflow::python::FinalAnswer;

use crate::action::Action;
use crate::memory::{Hop, Memory};
use crate::model::Model;
use handbook::calculator::evaluate;

/// How many places a search returns.
const CHOICE: usize = 5;

/// What somebody wants to know.
#[derive(Debug)]
pub(crate) struct Question(pub(crate) String);

/// What the nodes share. Each `State<T>` is given the field of its type.
#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) index: Index,
    pub(crate) log: Log,
    pub(crate) model: Model,
}

/// Reports each hop to the reader of the trace.
#[derive(Clone)]
pub(crate) struct Log(pub(crate) Sender<Hop>);

/// Begins with an empty memory.
#[node]
pub(crate) async fn plan(question: Question) -> Result<Memory, &'static str> {
    let memory = Memory::of(&question.0);
    match memory.open.is_empty() && memory.sums.is_empty() {
        true => Err("the question has no word that can be looked up"),
        false => Ok(memory),
    }
}

/// Asks the model for the next action. What it answers may be no action, so it is asked again.
#[node(timeout = "30s", retries = 2, backoff = "100ms..2s")]
pub(crate) async fn decide(
    memory: Memory,
    State(model): State<Model>,
) -> Result<(Action, Memory), serde_json::Error> {
    let action = serde_json::from_str(&model.complete(&memory).await)?;
    Ok((action, memory))
}

/// Finds places that fit the words.
#[node(blocking, timeout = "5s")]
pub(crate) fn search(
    (query, mut memory): (String, Memory),
    State(index): State<Index>,
    State(log): State<Log>,
) -> Memory {
    let hits = index.search(&query, CHOICE);
    let places = hits.iter().map(|hit| hit.passage.place()).collect();
    log.hop(memory.find(query, places));
    memory
}

/// Reads the passage at a place.
#[node]
pub(crate) async fn read(
    (place, mut memory): (String, Memory),
    State(index): State<Index>,
    State(log): State<Log>,
) -> Memory {
    log.hop(memory.learn(place.clone(), index.passage(&place)));
    memory
}

/// Calculates. A sum without a result is a fact like others: the model may do something about it.
#[node]
pub(crate) async fn calculate(
    (sum, mut memory): (String, Memory),
    State(log): State<Log>,
) -> Memory {
    let result = match evaluate(&sum) {
        Ok(number) => number.to_string(),
        Err(error) => error.to_string(),
    };
    log.hop(memory.calculated(sum, result));
    memory
}

/// Leaves the loop.
#[node]
pub(crate) async fn conclude((answer, memory): (String, Memory)) -> FinalAnswer {
    let answer = FinalAnswer::new(answer);
    memory
        .places
        .into_iter()
        .fold(answer, FinalAnswer::citation)
}

impl Log {
    fn hop(&self, hop: Hop) {
        // Nobody may be listening.
        let _ = self.0.send(hop);
    }
}
