//! The command `penguiflow`: looks at durable flows in their store, asks their host to change traces,
//! and draws graphs.

mod args;
mod commands;
mod graph_text;
mod output;
mod picture;
mod table;
mod text;

use std::process::ExitCode;

use clap::Parser;

use args::Args;

fn main() -> ExitCode {
    let done = commands::run(&Args::parse());
    match done.and_then(|text| Ok(output::print(&text)?)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => failure(error),
    }
}

fn failure(error: anyhow::Error) -> ExitCode {
    match error.downcast::<clap::Error>() {
        // It prints the usage, and ends with 2.
        Ok(usage) => usage.exit(),
        Err(error) => {
            eprintln!("penguiflow: {}", text::one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}
