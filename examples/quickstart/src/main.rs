//! A flow that answers a question from a folder of text files: three functions become nodes,
//! one line connects them, and the compiler checks that each output fits the next input. A message
//! carries headers, and an observer reports what each node did.

mod nodes;
mod report;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Instant;

use handbook::{Index, cli};
use nodes::{Prompt, Question, pack, retrieve, triage};
use penguiflow::Event;
use penguiflow::prelude::*;

const USAGE: &str = "\
Finds the passages that answer a question, and packs them into a prompt.

Usage: cargo run -p quickstart -- [--folder PATH] [QUESTION]

  QUESTION        what to look for [default: how are retries configured?]
  --folder PATH   the folder of .md and .txt files to search
                  [default: the project's own documentation]
  -h, --help      this text";

flow! {
    /// Answers a question from a handbook.
    struct Support(Question) -> Prompt;

    triage -> retrieve -> pack;
}

#[tokio::main]
async fn main() -> ExitCode {
    let request = match cli::read(USAGE, "how are retries configured?") {
        Ok(request) => request,
        Err(code) => return code,
    };
    cli::exit_code(answer(request).await)
}

async fn answer(request: cli::Request) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let index = Index::of(&request.folder)?;
    report::opening(&request, &index, began.elapsed());

    let (events, seen) = mpsc::channel();
    let flow = Support::flow()
        .with_state(index)
        .observe(move |event: &Event| drop(events.send(event.clone())));
    let question = Message::new(Question(request.question)).tenant("acme");
    let prompt = flow.run(question).await;
    flow.flush().await;

    if let Ok(prompt) = &prompt {
        report::prompt(prompt);
    }
    report::visits(seen.try_iter());
    prompt?;
    Ok(())
}
