//! Streaming: a node sends its answer in pieces while it still works on it, and the reader of the
//! trace has each piece at once, before the output. Its places come on a second stream beside the
//! words. A slow reader slows the node down, and a reader that hangs up stops it. If an attempt
//! fails, its streams end as void, and the next attempt starts over.

mod nodes;
mod sse;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use handbook::{Index, cli};
use nodes::{Answer, App, Model, PLACES, answer, retrieve};
use penguiflow::Trace;
use penguiflow::prelude::*;

const USAGE: &str = "\
Answers a question with sentences of a folder, word by word.

Usage: cargo run -p streaming -- [--folder PATH] [--sse] [--break-off] [QUESTION]

  QUESTION        what to look for [default: how are retries configured?]
  --folder PATH   the folder of .md and .txt files to search
                  [default: the project's own documentation]
  --sse           prints server-sent events, as a web server would send them
  --break-off     has the first attempt fail after some words: they are void
  -h, --help      this text";

flow! {
    /// Answers a question in the words of a handbook.
    struct Reader(String) -> Answer;

    retrieve -> answer;
}

#[tokio::main]
async fn main() -> ExitCode {
    let (mut as_events, mut breaks_off) = (false, false);
    let flag = |name: &str| {
        as_events |= name == "sse";
        breaks_off |= name == "break-off";
        matches!(name, "sse" | "break-off")
    };
    let request = match cli::read_with(USAGE, "how are retries configured?", flag) {
        Ok(request) => request,
        Err(code) => return code,
    };
    cli::exit_code(read(request, Model { breaks_off }, as_events).await)
}

async fn read(request: cli::Request, model: Model, as_events: bool) -> Result<(), Box<dyn Error>> {
    let index = Index::of(&request.folder)?;
    let flow = Reader::flow().with_state(App { index, model });
    let trace = flow.trace(request.question);
    match as_events {
        true => print_events(trace).await?,
        false => print_words(trace).await?,
    }
    Ok(())
}

async fn print_words(mut trace: Trace<'_, Answer>) -> Result<(), FlowError> {
    while let Some(item) = trace.next().await {
        match item? {
            TraceItem::Chunk(chunk) if chunk.stream == PLACES => {}
            TraceItem::Chunk(chunk) => {
                print(chunk.text);
                if chunk.end == Some(StreamEnd::Failed) {
                    print("\n-- the connection broke: the words so far are void --\n\n");
                }
            }
            TraceItem::Output(answer) => print(format_args!("\n\n{}\n", answer.payload)),
            _ => {}
        }
    }
    Ok(())
}

/// An error is an event too: a reader of events sees nothing else.
async fn print_events(mut trace: Trace<'_, Answer>) -> Result<(), FlowError> {
    while let Some(item) = trace.next().await {
        match &item {
            Ok(TraceItem::Chunk(chunk)) => print(sse::chunk(chunk)),
            Ok(TraceItem::Output(answer)) => {
                print(sse::event("answer", &answer.payload.to_string()))
            }
            Err(error) => print(sse::event("error", &error.to_string())),
            _ => {}
        }
        item?;
    }
    Ok(())
}

/// Prints a piece at once. A reader that is gone, as after `| head`, is not an error.
fn print(piece: impl Display) {
    let mut out = io::stdout();
    let _ = write!(out, "{piece}").and_then(|()| out.flush());
}
