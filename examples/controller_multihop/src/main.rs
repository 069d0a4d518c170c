//! A bounded agent loop: a controller looks up one word of the question after the other, until
//! the facts that it gathered cover all of them. Its working memory travels round the loop as the
//! message; a hop budget and a deadline end a loop that takes too long.

mod memory;
mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use handbook::Index;
use handbook::cli::{self, say};
use memory::Hop;
use nodes::{App, Log, Question, controller, plan, search};
use penguiflow::prelude::*;
use penguiflow::python::FinalAnswer;

const USAGE: &str = "\
Gathers facts over several hops, until they cover every word of a question.

Usage: cargo run -p controller_multihop -- [--folder PATH] [QUESTION]

  QUESTION        what to look for
                  [default: how do retries, deadlines, loops and observers differ?]
  --folder PATH   the folder of .md and .txt files to search
                  [default: the project's own documentation]
  -h, --help      this text";

/// More rounds than a question has words.
const ENOUGH: u32 = 64;

flow! {
    /// Gathers the facts for an answer.
    struct Research(Question) -> FinalAnswer;

    plan -> controller -> search -> controller;
}

#[tokio::main]
async fn main() -> ExitCode {
    let question = "how do retries, deadlines, loops and observers differ?";
    let request = match cli::read(USAGE, question) {
        Ok(request) => request,
        Err(code) => return code,
    };
    cli::exit_code(research(request).await)
}

async fn research(request: cli::Request) -> Result<(), Box<dyn Error>> {
    let index = Index::of(&request.folder)?;
    let (log, hops) = mpsc::channel();
    let log = Log(log);
    let flow = Research::flow().with_state(App { index, log }).hops(ENOUGH);
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
    format!("{}\nfrom {}\n", answer.text, answer.citations.join(", "))
}

fn ending(answer: Result<FinalAnswer, FlowError>) -> String {
    match answer {
        Ok(answer) => told(&answer),
        Err(error) => format!("no answer: {error}\n"),
    }
}
