//! Routing by an enum: each variant has its arm, and one that is forgotten does not compile.
//! An arm takes the fields of its variant by value, without a copy, and the envelope travels along.
//! The messages are JSON, one per line; serde's `tag` selects the variant.

mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use lexopt::{Arg, Parser};
use nodes::{Task, read, sql, web};
use penguiflow::prelude::*;

const USAGE: &str = "\
Hands each task to the node for its kind.

Usage: cargo run -p routing_union -- [TASK…]

  TASK        a task as JSON; `-` reads them from standard input, one a line
              [default: {\"kind\": \"web\", \"query\": \"penguins\"} and
              {\"kind\": \"sql\", \"table\": \"metrics\"}]
  -h, --help  this text";

const TASKS: [&str; 2] = [
    r#"{"kind": "web", "query": "penguins"}"#,
    r#"{"kind": "sql", "table": "metrics"}"#,
];

flow! {
    /// Does a task, which is given as JSON.
    struct Work(String) -> String;

    read -> match {
        Task::Web { query } => web(query),
        Task::Sql { table } => sql(table),
    };
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
    let mut tasks: Option<Vec<String>> = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(dash) if dash == "-" => {
                let lines = io::stdin().lines().collect::<Result<Vec<_>, _>>()?;
                tasks.get_or_insert_default().extend(lines);
            }
            Arg::Value(task) => {
                let task = task.into_string().map_err(lexopt::Error::from)?;
                tasks.get_or_insert_default().push(task);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(
        tasks.unwrap_or_else(|| TASKS.map(str::to_owned).into()),
    ))
}

/// Prints a line. A reader that is gone, as after `| head`, is not an error.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
