//! A human in the loop, whose drafts survive the process: `human_approval` with a store. Kill it while
//! drafts wait, and start it again: the same drafts wait, and nothing is drafted or published twice.

#[path = "../../human_approval/src/command_line.rs"]
mod command_line;
#[path = "../../human_approval/src/decisions.rs"]
mod decisions;
mod desk;
#[path = "../../human_approval/src/nodes.rs"]
mod nodes;

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
    #[flow(durable)]
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
