//! The command `penguiflow`: looks at durable flows in their store, asks their host to change traces,
//! and draws graphs.

mod args;
mod commands;
mod graph_text;
mod picture;
mod table;
mod text;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

use args::Args;

fn main() -> ExitCode {
    let done = commands::run(Args::parse().command);
    match done.and_then(|text| Ok(print(&text)?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("penguiflow: {}", text::one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// A reader who has seen enough, as `head` has, is no error.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
