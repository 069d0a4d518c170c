//! A durable pipeline: each file of a folder is split into passages, which are measured side by side,
//! and its index is written; a long one waits for an approval. Kill the program at any moment, by
//! Ctrl-C or by `kill -9`, and start it again: it goes on where it was, and no file is lost, or
//! written twice.

mod command_line;
mod nodes;
mod pipeline;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;

use command_line::{Request, USAGE};
use handbook::cli::{self, say};
use lexopt::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    match Request::read(Parser::from_env())? {
        Some(request) => pipeline::run(request).await,
        None => {
            say(USAGE);
            Ok(())
        }
    }
}
