//! A human in the loop: each draft parks at `await Approval`, where it holds no place
//! of the capacity, until `flow.resume` passes it a decision. If nobody decides in time, the `else`
//! node takes over. `flow.parkings` is the stream of drafts that park, each with its text, its author
//! and the time for the decision.

mod desk;
mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use desk::Desk;
use handbook::cli::{self, say};
use lexopt::{Arg, Parser};
use nodes::{Approval, draft, publish, shelve};
use penguiflow::prelude::*;

const USAGE: &str = "\
Drafts a text on each topic, and publishes those that are approved.

Usage: cargo run -p human_approval -- [--script FILE] [TOPIC…]

  TOPIC          what to write about [default: penguins krill icebergs]
  --script FILE  where to read decisions from [default: standard input]
  -h, --help     this text

A decision is a line: `approve 1`, or `reject 2 too long`. What nobody has decided on within
a minute is shelved.";

flow! {
    /// Publishes the drafts that a human approves.
    struct Press(String) -> String;

    draft -> await Approval within "1m" else shelve -> publish;
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    let Some(Given { topics, script }) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    let decisions = desk::lines(script)?;
    let mut desk = Desk::open("the press", topics).await?;
    desk.work(decisions).await
}

/// What the command line asks for.
struct Given {
    topics: Vec<String>,
    script: Option<OsString>,
}

/// The topics, and the file with the decisions; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Given>, lexopt::Error> {
    let (mut topics, mut script) = (Vec::new(), None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("script") => script = Some(arguments.value()?),
            Arg::Value(topic) => topics.push(topic.into_string()?),
            other => return Err(other.unexpected()),
        }
    }
    if topics.is_empty() {
        topics = ["penguins", "krill", "icebergs"].map(str::to_owned).into();
    }
    Ok(Some(Given { topics, script }))
}
