//! A human in the loop: each draft parks at `await Approval`, where it holds no place
//! of the capacity, until `flow.resume` passes it a decision. If nobody decides in time, the `else`
//! node takes over. `flow.parkings` is the stream of drafts that park, each with its text, its author
//! and the time for the decision.

mod command_line;
mod decisions;
mod desk;
mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;

use command_line::{Given, USAGE, given};
use decisions::lines;
use desk::Desk;
use handbook::cli::{self, say};
use lexopt::Parser;
use nodes::{Approval, draft, publish, shelve};
use penguiflow::prelude::*;

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
    let decisions = lines(script)?;
    let mut desk = Desk::open("the press", topics).await?;
    desk.work(decisions).await
}
