//! Fallbacks: `a else b else c`.

mod chain;
mod ending;
mod envelope;
mod events;
mod failed;
mod hosts;
mod input;
mod kinds;
mod loops;
mod places;
mod verdict;

use std::fmt::Debug;

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms};

/// A node that answers a question after 10 ms, or ends as the question says.
pub(crate) struct Model {
    name: &'static str,
    end: End,
}

#[derive(Clone, Copy)]
enum End {
    Answers,
    Fails,
    Panics,
    Hangs,
    IsNone,
}

impl Model {
    pub(crate) const fn answers(name: &'static str) -> Self {
        let end = End::Answers;
        Self { name, end }
    }

    pub(crate) const fn fails(name: &'static str) -> Self {
        let end = End::Fails;
        Self { name, end }
    }

    pub(crate) const fn panics(name: &'static str) -> Self {
        let end = End::Panics;
        Self { name, end }
    }

    /// Its timeout ends it, after 100 ms.
    pub(crate) const fn hangs(name: &'static str) -> Self {
        let end = End::Hangs;
        Self { name, end }
    }

    pub(crate) const fn is_none(name: &'static str) -> Self {
        let end = End::IsNone;
        Self { name, end }
    }
}

#[node(timeout = "100ms")]
impl Model {
    async fn call(
        &self,
        question: &String,
        State(notes): State<Notebook>,
    ) -> Result<Option<String>, String> {
        let name = self.name;
        notes.write(name);
        tokio::time::sleep(ms(10)).await;
        match self.end {
            End::Answers => Ok(Some(format!("{name}: {question}"))),
            End::Fails => Err(format!("{name} is down")),
            End::Panics => panic!("{name} slipped"),
            End::Hangs => std::future::pending().await,
            End::IsNone => Ok(None),
        }
    }
}

#[node]
pub(crate) async fn ask(question: String) -> String {
    question + "?"
}

#[node]
pub(crate) async fn loud(answer: String) -> String {
    answer.to_uppercase()
}

/// A fallback that says what went wrong.
#[node]
pub(crate) async fn apologize(failed: Failed<String>) -> String {
    format!("no answer to {}: {}", failed.input, failed.error)
}

/// The error that a trace must end in, with its kind.
pub(crate) fn failure<T: Debug>(result: Result<T, FlowError>) -> (ErrorKind, String) {
    let error = result.expect_err("this trace fails");
    (error.kind(), error.to_string())
}

/// What everybody asks.
pub(crate) fn why() -> String {
    "why".to_owned()
}
