//! Timeouts and retries against a real HTTP server that fails on purpose: it hangs, then it is
//! unavailable, then it answers. A page that is not there is an error that is not retried.
//! An observer prints every event of both as a line of JSON.

mod nodes;
mod server;
#[cfg(test)]
mod tests;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use handbook::cli::{self, say};
use nodes::{Page, client, fetch};
use penguiflow::Event;
use penguiflow::prelude::*;

const USAGE: &str = "\
Calls a server that fails on purpose, and prints every event as a line of JSON.

Usage: cargo run -p reliability_middleware";

#[tokio::main]
async fn main() -> ExitCode {
    match env::args_os().nth(1) {
        None => {}
        Some(help) if help == "--help" || help == "-h" => {
            say(USAGE);
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            let other = other.display();
            eprintln!("error: this example takes no arguments, but `{other}` is one\n\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    cli::exit_code(call_twice().await)
}

async fn call_twice() -> Result<(), Box<dyn Error>> {
    let server = server::start().await?;
    let flow = flow! { fetch }.with_state(client()).observe(print_json);

    let page = Page::at(server, "/nowhere")?;
    say(format_args!("GET {page}"));
    let lost = flow.run(page).await;
    flow.flush().await;
    match lost {
        Ok(text) => say(format_args!("result: {text}\n")),
        Err(error) => say(format_args!("result: {error}\n")),
    }

    let page = Page::at(server, "/flaky")?;
    say(format_args!("GET {page}"));
    let text = flow.run(page).await?;
    flow.flush().await;
    say(format_args!("result: {text}"));
    Ok(())
}

/// The observer: runs on a thread of its own, so printing never holds up the flow.
fn print_json(event: &Event) {
    match serde_json::to_string(event) {
        Ok(line) => say(line),
        Err(error) => eprintln!("an event cannot be written: {error}"),
    }
}
