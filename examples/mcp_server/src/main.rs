//! Flows as tools of the Model Context Protocol. `Refund` waits for the approval of the client's user;
//! `Audit` reports its progress, and stops when the client abandons the call. The other way round, a node
//! of the flow `Desk` calls a tool of a server, which is this program again.

mod desk;
mod nodes;
mod serve;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use handbook::cli::{self, say};
use lexopt::{Arg, Parser, ValueExt};
use nodes::Order;

const USAGE: &str = "\
Serves flows as tools of the Model Context Protocol.

Usage: cargo run -p mcp_server -- [--store FILE] [--http ADDRESS | --refund NUMBER CENTS]

                        serves over standard input and output
  --http ADDRESS        serves over HTTP at /mcp, such as `--http 127.0.0.1:8080`
  --store FILE          keeps refunds that wait in an SQLite file, and not at the client
  --refund NUMBER CENTS starts a server, and lets a flow call its tool; you approve
  -h, --help            this text";

/// What the command line asks for.
enum Task {
    Help,
    Stdio,
    Http(String),
    Refund(Order),
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    let (task, store) = given(Parser::from_env())?;
    match task {
        Task::Help => say(USAGE),
        Task::Refund(order) => desk::refund_by_tool(order).await?,
        Task::Stdio => serve::server(store).await?.serve_stdio().await?,
        Task::Http(address) => serve::http(serve::server(store).await?, &address).await?,
    }
    Ok(())
}

fn given(mut arguments: Parser) -> Result<(Task, Option<PathBuf>), lexopt::Error> {
    let (mut task, mut store) = (Task::Stdio, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => task = Task::Help,
            Arg::Long("http") => task = Task::Http(arguments.value()?.string()?),
            Arg::Long("store") => store = Some(arguments.value()?.into()),
            Arg::Long("refund") => {
                let number = arguments.value()?.parse()?;
                let cents = arguments.value()?.parse()?;
                task = Task::Refund(Order { number, cents });
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok((task, store))
}
