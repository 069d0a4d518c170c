//! Routing by guards: a `match` in the flow looks at a message's words, as a Rust `match` does.
//! A routing policy at run time: a table that an operator edits travels in the flow's state, and
//! takes precedence over the words, by the tenant in the headers. A mistake in it is an error with
//! its place.

mod nodes;
mod table;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use handbook::cli::{self, say};
use lexopt::{Arg, Parser};
use nodes::{Letter, consult, general, metrics};
use penguiflow::prelude::*;
use table::{Route, Table};

const USAGE: &str = "\
Hands messages to metrics or to general, by their words or by a table.

Usage: cargo run -p routing_predicate -- [--table FILE] [MESSAGE…]

  MESSAGE         `TEXT`, or `TENANT: TEXT`; `-` reads them from standard input, one a line
                  [default: metric-usage ad-spend]
  --table FILE    routes by tenant, such as examples/routing_predicate/routes.toml
  -h, --help      this text";

/// The original's messages.
const LINES: [&str; 2] = ["metric-usage", "ad-spend"];

/// Whose messages are those that name no tenant.
const TENANT: &str = "acme";

flow! {
    /// Hands each message to those whom it concerns.
    struct Desk(String) -> String;

    consult -> match {
        Letter { ruled: Some(Route::Metrics), text } => metrics(text),
        Letter { ruled: None, text } if text.starts_with("metric") => metrics(text),
        Letter { text, .. } => general(text),
    };
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(route().await)
}

async fn route() -> Result<(), Box<dyn Error>> {
    let Some(Request { lines, table }) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    let flow = Desk::flow().with_state(Arc::new(table));
    for line in lines.unwrap_or_else(|| LINES.map(str::to_owned).into()) {
        match flow.run(message(&line)).await {
            Ok(text) => say(text),
            Err(error) if error.kind() == ErrorKind::Filtered => say(format!("[nowhere] {line}")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// `TEXT`, or `TENANT: TEXT`.
fn message(line: &str) -> Message<String> {
    let (tenant, text) = line.split_once(':').unwrap_or((TENANT, line));
    Message::new(text.trim().to_owned()).tenant(tenant.trim())
}

/// What the command line asks for.
#[derive(Default)]
struct Request {
    /// The messages; `None` if none is named.
    lines: Option<Vec<String>>,
    table: Table,
}

/// Reads the command line; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Request>, Box<dyn Error>> {
    let mut request = Request::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("table") => request.table = Table::read(arguments.value()?.as_ref())?,
            Arg::Value(dash) if dash == "-" => {
                let lines = io::stdin().lines().collect::<Result<Vec<_>, _>>()?;
                request.lines.get_or_insert_default().extend(lines);
            }
            Arg::Value(line) => {
                let line = line.into_string().map_err(lexopt::Error::from)?;
                request.lines.get_or_insert_default().push(line);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(request))
}
