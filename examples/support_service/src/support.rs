//! The flow.

use penguiflow::prelude::*;

use crate::nodes::{
    Answer, App, Question, Topic, chat, cite, compose, explanations, large, plan, samples, small,
    triage,
};

/// How many requests are answered at once. Further ones are refused.
const CAPACITY: usize = 64;
/// How many tokens an answer may cost.
const TOKENS: u64 = 4_000;

flow! {
    /// Answers a question from the handbook, in a model's words.
    pub(crate) struct Support(Question) -> Answer;

    triage -> match {
        Topic::SmallTalk(question) => chat(question),
        Topic::HowTo(question) => plan(question)
            -> [explanations, samples, _] -> join
            -> compose
            -> [large else small, _] -> join
            -> cite,
    };
}

/// The flow as the service starts it.
pub(crate) fn flow(app: App) -> Flow<Support, App> {
    Support::flow()
        .with_state(app)
        .capacity(CAPACITY)
        .tokens(TOKENS)
}
