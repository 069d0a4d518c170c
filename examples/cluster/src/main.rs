//! A flow on a cluster: two workers and a Restate server, on this machine. Kill a worker in the middle, by
//! `--kill` or by `kill -9`: what it was at goes on where the other one is.

mod census;
mod command_line;
mod demo;

use std::error::Error;
use std::process::ExitCode;

use census::{Census, Worker};
use command_line::{Request, USAGE};
use handbook::cli::{self, say};
use lexopt::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    match Request::read(Parser::from_env())? {
        None => say(USAGE),
        Some(Request::Fetch) => drop(local_restate::fetch()?),
        Some(Request::Demo {
            photos,
            pace,
            kills,
        }) => demo::run(photos, pace, kills).await?,
        Some(Request::Worker {
            name,
            address,
            pace,
        }) => {
            let census = Census::flow().with_state(Worker { name, pace });
            let endpoint = penguiflow_restate::endpoint().flow(census);
            endpoint.serve(address).await?;
        }
    }
    Ok(())
}
