//! Four errors, one per payload of a durable flow that a host could not store, at the node that
//! makes it: one that follows, the items of a list, what the flow takes, and what it yields.

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Question(String);

struct Draft(String);

struct Word(String);

struct Answer(String);

struct Order(String);

#[node]
async fn draft(question: Question) -> Draft {
    Draft(question.0)
}

#[node]
async fn words(draft: Draft) -> Vec<Word> {
    vec![Word(draft.0)]
}

#[node]
async fn spell(word: Word) -> String {
    word.0
}

#[node]
async fn answer(words: Vec<String>) -> Answer {
    Answer(words.concat())
}

#[node]
async fn count(order: Order) -> usize {
    order.0.len()
}

flow! {
    #[flow(durable)]
    struct Write(Question) -> Answer;
    draft -> words -> [spell; 8] -> join -> answer;
}

flow! {
    #[flow(durable)]
    struct Count(Order) -> usize;
    count;
}

fn main() {}
