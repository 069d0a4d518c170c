//! Routing by an enum: each variant has its arm, and one that is forgotten does not compile.
//! An arm takes the fields of its variant by value, without a copy, and the envelope travels along.
//! The messages are JSON, one per line; serde's `tag` selects the variant.

mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;

use handbook::cli::{self, say};
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
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Box<dyn Error>> {
    let Some(tasks) = cli::tasks(&TASKS)? else {
        say(USAGE);
        return Ok(());
    };
    let flow = Work::flow();
    for task in tasks {
        say(flow.run(task).await?);
    }
    Ok(())
}
