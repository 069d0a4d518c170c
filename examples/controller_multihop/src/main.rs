//! An agent with tools, in a bounded loop. A model reads the working memory and chooses the next action;
//! the tools are the arms of a `match`, and each leads back to the model with what it found. The memory
//! travels round the loop as the message; a hop budget and a deadline end a loop that takes too long.
//!
//! The model answers in JSON, of which serde makes an [`Action`]. A tool that does not
//! exist is thus an error of the node that asks the model, and a tool without an arm does not compile.
//! With a further variant `Fetch { url: String }`, and no arm for it, rustc reports:
//!
//! ```text
//! error[E0004]: non-exhaustive patterns: `(Action::Fetch { .. }, _)` not covered
//!   |
//!   |     plan -> decide -> match {
//!   |                       ^^^^^ pattern `(Action::Fetch { .. }, _)` not covered
//! ```

mod action;
mod memory;
mod model;
mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use action::Action;
use handbook::Index;
use handbook::cli::{self, say};
use memory::Hop;
use model::Model;
use nodes::{App, Log, Question, calculate, conclude, decide, plan, read, search};
use penguiflow::prelude::*;
use penguiflow::python::FinalAnswer;

const USAGE: &str = "\
Answers a question with tools: it searches the handbook, reads its passages, and calculates.

Usage: cargo run -p controller_multihop -- [--folder PATH] [QUESTION]

  QUESTION        what to look for, and sums to calculate
                  [default: how do retries, deadlines, loops and observers differ, and what is
                  3 * 5 + 0.5 + 1?]
  --folder PATH   the folder of .md and .txt files to search
                  [default: the project's own documentation]
  -h, --help      this text";

/// What is asked unless the command line asks something else.
const QUESTION: &str =
    "how do retries, deadlines, loops and observers differ, and what is 3 * 5 + 0.5 + 1?";

/// More rounds than a question of some ten words needs.
const ENOUGH: u32 = 64;

flow! {
    /// Gathers the facts for an answer.
    struct Research(Question) -> FinalAnswer;

    plan -> decide -> match {
        (Action::Search { query }, memory) => search((query, memory)) -> decide,
        (Action::Read { place }, memory) => read((place, memory)) -> decide,
        (Action::Calculate { sum }, memory) => calculate((sum, memory)) -> decide,
        (Action::Finish { answer }, memory) => conclude((answer, memory)),
    };
}

#[tokio::main]
async fn main() -> ExitCode {
    let request = match cli::read(USAGE, QUESTION) {
        Ok(request) => request,
        Err(code) => return code,
    };
    cli::exit_code(research(request).await)
}

async fn research(request: cli::Request) -> Result<(), Box<dyn Error>> {
    let index = Index::of(&request.folder)?;
    let (log, hops) = mpsc::channel();
    let app = App {
        index,
        log: Log(log),
        model: Model::scripted(),
    };
    let flow = Research::flow().with_state(app).hops(ENOUGH);
    let question = || Message::new(Question(request.question.clone()));

    say(format_args!(
        "Question: {}\n\n== A hop budget of {ENOUGH}: enough ==\n",
        request.question
    ));
    let answer = flow.run(question()).await;
    let needed = tell(&hops);
    say(told(&answer?));

    let budget = needed.saturating_sub(1).max(1);
    say(format_args!("== A hop budget of {budget}: too few ==\n"));
    let answer = flow.run(question().hops(budget)).await;
    tell(&hops);
    say(ending(answer));

    say("== A deadline that has passed ==\n");
    let answer = flow.run(question().deadline_in(Duration::ZERO)).await;
    tell(&hops);
    say(ending(answer));
    Ok(())
}

/// Prints the hops of a trace, and counts them.
fn tell(hops: &Receiver<Hop>) -> u32 {
    let mut count = 0;
    for hop in hops.try_iter() {
        say(&hop);
        count = hop.number;
    }
    count
}

/// The answer and the facts that it rests on.
fn told(answer: &FinalAnswer) -> String {
    match &*answer.citations {
        [] => format!("{}\n", answer.text),
        places => format!("{}\nfrom {}\n", answer.text, places.join(", ")),
    }
}

fn ending(answer: Result<FinalAnswer, FlowError>) -> String {
    match answer {
        Ok(answer) => told(&answer),
        Err(error) => format!("no answer: {error}\n"),
    }
}
