//! Measures what flows cost to compile: it makes crates in a temporary folder, has cargo build
//! them, and prints the page `docs/compile-cost.md`.

mod cost;
mod flows;
mod hello;
mod large;
mod machine;
mod page;
mod project;

use std::process::ExitCode;

use anyhow::Result;
use lexopt::{Arg, Parser, ValueExt};

const USAGE: &str = "\
Measures what flows cost to compile.

Usage: cargo run --release -p compile_cost -- [--runs N] [--write]

  --runs N     how often each build is measured [default: 5]
  --write      also writes docs/compile-cost.md
  -h, --help   this text";

struct Options {
    runs: usize,
    write: bool,
}

fn main() -> ExitCode {
    match options().map(|options| options.map_or(Ok(()), |options| run(&options))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&format!("{error}\n\n{USAGE}")),
    }
}

fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

/// What is asked for; `None` if that was the usage.
fn options() -> Result<Option<Options>, lexopt::Error> {
    let (mut runs, mut write) = (5, false);
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("runs") => runs = arguments.value()?.parse()?,
            Arg::Long("write") => write = true,
            Arg::Long("help") | Arg::Short('h') => {
                println!("{USAGE}");
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    match runs {
        0 => Err("--runs takes 1 or more".into()),
        runs => Ok(Some(Options { runs, write })),
    }
}

fn run(options: &Options) -> Result<()> {
    let machine = machine::describe()?;
    let large = large::measure(options.runs)?;
    let hello = hello::measure(options.runs)?;
    let page = page::of(&machine, options.runs, &hello, &large);
    println!("{page}");
    if options.write {
        std::fs::write(project::repository().join("docs/compile-cost.md"), page)?;
    }
    Ok(())
}
