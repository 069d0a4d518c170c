//! Measures what flows cost to compile: it makes crates in a temporary folder, has cargo build
//! them, and prints the page `docs/compile-cost.md`.

mod cost;
mod flows;
mod hello;
mod large;
mod page;
mod project;

use anyhow::{Result, ensure};
use figures::Machine;
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

fn main() -> Result<()> {
    let Some(options) = options()? else {
        println!("{USAGE}");
        return Ok(());
    };
    measure(&options)
}

/// What is asked for; `None` if that is the usage.
fn options() -> Result<Option<Options>> {
    let (mut runs, mut write) = (5, false);
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("runs") => runs = arguments.value()?.parse()?,
            Arg::Long("write") => write = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    ensure!(runs > 0, "--runs takes 1 or more");
    Ok(Some(Options { runs, write }))
}

fn measure(options: &Options) -> Result<()> {
    let machine = Machine::here()?;
    let hello = hello::measure(options.runs)?;
    let large = large::measure(options.runs)?;
    let page = page::of(&machine, options.runs, &hello, &large);
    print!("{page}");
    if options.write {
        std::fs::write(project::repository().join("docs/compile-cost.md"), page)?;
    }
    Ok(())
}
