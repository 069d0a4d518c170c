//! Fanning out and joining: a group sends a copy of one message to each of its workers, at once.
//! `join` waits for all of them and passes their results on as a tuple, each with its own type,
//! in the order of the group. A worker that fails stops the other one.

mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;

use handbook::cli::{self, say};
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
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    let Some(tasks) = cli::tasks(&["task"])? else {
        say(USAGE);
        return Ok(());
    };
    let flow = Work::flow();
    for task in tasks {
        say(flow.run(task).await?);
    }
    Ok(())
}
