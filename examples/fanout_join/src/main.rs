//! Fanning out and joining: a group sends a copy of one message to each of its workers, at once.
//! `join` waits for all of them and passes their results on as a tuple, each with its own type,
//! in the order of the group. A worker that fails stops the other one.

mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use lexopt::{Arg, Parser};
use nodes::{a, b, check, merge};
use penguiflow::prelude::*;

const USAGE: &str = "\
Gives each task to two workers at once, and joins their results.

Usage: cargo run -p fanout_join -- [TASK…]

  TASK        what the workers are given; `-` reads tasks from standard input,
              one a line [default: task]
  -h, --help  this text";

flow! {
    /// Has a task done by two workers.
    struct Work(String) -> String;

    check -> [a, b] -> join -> merge;
}

#[tokio::main]
async fn main() -> ExitCode {
    match work().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn work() -> Result<(), Box<dyn Error>> {
    let Some(tasks) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    let flow = Work::flow();
    for task in tasks {
        say(flow.run(task).await?);
    }
    Ok(())
}

/// The tasks on the command line; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Vec<String>>, Box<dyn Error>> {
    let mut tasks = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(dash) if dash == "-" => {
                tasks.extend(io::stdin().lines().collect::<Result<Vec<_>, _>>()?);
            }
            Arg::Value(task) => tasks.push(task.into_string().map_err(lexopt::Error::from)?),
            other => return Err(other.unexpected().into()),
        }
    }
    if tasks.is_empty() {
        tasks.push("task".to_owned());
    }
    Ok(Some(tasks))
}

/// Prints a line. A reader that is gone, as after `| head`, is not an error.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
