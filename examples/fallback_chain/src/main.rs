//! Fallbacks: three models in order of price, each asked when the one before it has failed for
//! good, by any failure: an error after its retries, a timeout, a broken connection. The
//! last one needs no network. An observer reports why the others did not answer.

mod nodes;
mod server;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;
use std::sync::mpsc;

use handbook::Index;
use handbook::cli::{self, say};
use nodes::{Answer, App, Question, large, offline, small};
use penguiflow::Event;
use penguiflow::prelude::*;
use server::Mood;

const USAGE: &str = "\
Asks a large model, a small one, and then the documentation itself. The models are a server on
this machine: the small one is always too slow, and a flag says what the large one does.

Usage: cargo run -p fallback_chain -- [FLAG] [--folder PATH] [QUESTION]

  QUESTION        what to ask [default: how are retries configured?]
  --answers       the large model answers
  --overloaded    it is overloaded [default]
  --silent        it says nothing
  --hangs-up      it hangs up
  --folder PATH   the folder of .md and .txt files that the last one searches
                  [default: the project's own documentation]
  -h, --help      this text";

flow! {
    /// Answers a question, by whichever model can, or fails, within three seconds.
    #[flow(worst_case = "3s")]
    struct Ask(Question) -> Answer;

    large else small else offline;
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut mood = Mood::Overloaded;
    let request = cli::read_with(USAGE, "how are retries configured?", |flag| {
        let named = Mood::named(flag);
        mood = named.unwrap_or(mood);
        named.is_some()
    });
    let request = match request {
        Ok(request) => request,
        Err(code) => return code,
    };
    cli::exit_code(answer(request, mood).await)
}

async fn answer(request: cli::Request, mood: Mood) -> Result<(), Box<dyn Error>> {
    let index = Index::of(&request.folder)?;
    let (answer, failures) = ask(index, mood, request.question).await?;
    for failure in failures {
        say(failure);
    }
    let Answer { by, text } = answer?;
    say(format_args!("{by} answered:\n{text}"));
    Ok(())
}

/// Asks, and reports the models that failed.
async fn ask(
    index: Index,
    mood: Mood,
    question: String,
) -> Result<(Result<Answer, FlowError>, Vec<String>), Box<dyn Error>> {
    let (failed, failures) = mpsc::channel();
    let flow = Ask::flow()
        .with_state(App::new(index, server::start(mood).await?))
        .observe(move |event: &Event| {
            if let (EventKind::NodeFailed, Some(node)) = (event.event, event.node_name) {
                let reason = event.error.as_deref().unwrap_or_default();
                let _ = failed.send(format!("{node} did not answer: {reason}"));
            }
        });
    let answer = flow.run(Question(question)).await;
    flow.flush().await;
    Ok((answer, failures.try_iter().collect()))
}
