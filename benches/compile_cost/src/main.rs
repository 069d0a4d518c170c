//! Measures what flows cost to compile: it makes crates in a temporary folder, has cargo build
//! them, and prints the page `docs/compile-cost.md`.

mod built;
mod cost;
mod flows;
mod hello;
mod large;
mod page;
mod project;
mod targets;

use anyhow::{Result, ensure};
use lexopt::{Arg, Parser, ValueExt};
use report::Machine;

const USAGE: &str = "\
Measures what flows cost to compile.

Usage: cargo run --release -p compile_cost -- [OPTIONS]

  --only a,b   these parts alone: `hello` (three nodes), `large` (flows that are checked), `built`
               (flows that are built)
  --runs N     how often each build is measured [default: 5]
  --up-to N    only flows of so many nodes at most; 2,000 take minutes [default: 2000]
  --write      also writes docs/compile-cost.md
  -h, --help   this text";

const PARTS: [&str; 3] = ["hello", "large", "built"];

struct Options {
    only: Vec<String>,
    runs: usize,
    up_to: usize,
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
    let mut only = PARTS.map(str::to_owned).to_vec();
    let (mut runs, mut up_to, mut write) = (5, 2_000, false);
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("only") => only = list(&arguments.value()?.string()?),
            Arg::Long("runs") => runs = arguments.value()?.parse()?,
            Arg::Long("up-to") => up_to = arguments.value()?.parse()?,
            Arg::Long("write") => write = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    ensure!(runs > 0, "--runs takes 1 or more");
    for part in &only {
        let parts = PARTS.join(", ");
        ensure!(
            PARTS.contains(&part.as_str()),
            "no part `{part}`; there are {parts}"
        );
    }
    ensure!(
        !write || only.len() == PARTS.len(),
        "the page needs all parts"
    );
    Ok(Some(Options {
        only,
        runs,
        up_to,
        write,
    }))
}

fn list(words: &str) -> Vec<String> {
    words
        .split(',')
        .map(|word| word.trim().to_owned())
        .collect()
}

/// What a part measures, or nothing if it is not asked for.
fn part<T>(name: &str, options: &Options, measure: impl Fn() -> Result<Vec<T>>) -> Result<Vec<T>> {
    match options.only.iter().any(|part| part == name) {
        true => measure(),
        false => Ok(Vec::new()),
    }
}

fn measure(options: &Options) -> Result<()> {
    let machine = Machine::here()?;
    let hello = part("hello", options, || hello::measure(options.runs))?;
    let large = part("large", options, || {
        large::measure(options.runs, options.up_to)
    })?;
    let built = part("built", options, || built::measure(options.runs))?;
    let page = page::of(&machine, options.runs, &hello, &large, &built);
    print!("{page}");
    if options.write {
        std::fs::write(report::repository().join("docs/compile-cost.md"), page)?;
    }
    Ok(())
}
