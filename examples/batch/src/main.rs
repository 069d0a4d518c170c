//! A batch: a file of refunds, a record a line, through a started flow. The file is read no faster
//! than its records are settled, so memory does not grow with it. Results are written in the order of
//! the file, failures as dead letters that can be run again, and large refunds wait for a decision
//! while the others go on.

mod approvals;
mod bank;
mod command_line;
mod dead_letter;
mod decisions;
mod job;
mod nodes;
mod outbox;
mod progress;
mod reorder;
mod sample;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use bank::Bank;
use command_line::{Request, USAGE};
use handbook::cli::{self, say};
use lexopt::Parser;
use nodes::{Decision, LARGE, Line, Settled, deny, enrich, pay, read};
use penguiflow::prelude::*;

flow! {
    /// Pays a refund; a large one when somebody has approved it.
    struct Refunds(Line) -> Settled;

    read -> enrich -> match {
        payment if payment.cents > LARGE => await Decision within "1h" -> match {
            (payment, Decision { approved: true, .. }) => pay(payment),
            denied => deny,
        },
        small => pay,
    };
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(settle().await)
}

async fn settle() -> Result<(), Box<dyn Error>> {
    let Some(mut request) = Request::read(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    fs::create_dir_all(&request.out)?;
    let file = request.file_or_sample()?;
    let decisions = decisions::lines(request.decisions.as_deref())?;
    let bank = Bank::new(request.faults);
    say(job::run(&file, &request.out, bank, decisions).await?);
    Ok(())
}
