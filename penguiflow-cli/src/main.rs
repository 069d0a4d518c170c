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
    let done = commands::run(Args::parse().command);
    match done.and_then(|text| Ok(output::print(&text)?)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("penguiflow: {}", text::one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}
