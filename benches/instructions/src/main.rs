//! Counts the instructions that the engine's hot paths take for a message, and compares them
//! with `counts.txt`. The README says what is counted, and how far counts can be relied on.

mod callgrind;
mod counts;
mod meter;
mod nodes;
mod paths;

use std::thread;

use anyhow::{Context, Result, ensure};
use lexopt::prelude::*;

use crate::counts::{Committed, Count};
use crate::meter::Meter;
use crate::paths::PATHS;

const HELP: &str = "\
usage: cargo run --release -p instructions [-- --write]

Counts instructions per message, by valgrind's callgrind, and compares them with counts.txt.

  --write       writes what has changed to counts.txt
  --run PATH    runs one path: what callgrind runs, and any other profiler can";

fn main() -> Result<()> {
    let mut arguments = lexopt::Parser::from_env();
    match arguments.next()? {
        None => check(),
        Some(Long("write")) => write(),
        Some(Long("run")) => run(&arguments.value()?.string()?),
        Some(Long("help")) => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

fn check() -> Result<()> {
    let (committed, compiler) = (Committed::read()?, counts::compiler()?);
    if committed.compiler != compiler {
        let theirs = committed.compiler;
        println!("skipped: the counts are for {theirs}, and this is {compiler}");
        return Ok(());
    }
    let counts = count_all(&committed)?;
    let changed = counts.iter().filter(|count| count.still().is_none());
    let changed: Vec<_> = changed.map(|count| count.path).collect();
    ensure!(
        changed.is_empty(),
        "these paths have changed: {}\n\
         if that is meant: cargo run --release -p instructions -- --write",
        changed.join(", ")
    );
    Ok(())
}

fn write() -> Result<()> {
    let committed = Committed::by(counts::compiler()?);
    let counts = count_all(&committed)?;
    committed.with(&counts).write()
}

/// All paths; each is printed when it has been counted.
fn count_all(committed: &Committed) -> Result<Vec<Count>> {
    let counts = PATHS.iter().map(|path| {
        let count = Count {
            path: path.name,
            committed: committed.of(path.name),
            now: callgrind::instructions(path)?,
        };
        println!("{count}");
        Ok(count)
    });
    counts.collect()
}

/// Runs a path on a thread of its own: where the main thread's stack begins depends on the
/// environment, and how much a copy takes depends on that.
fn run(name: &str) -> Result<()> {
    let path = PATHS.iter().find(|path| path.name == name);
    let path = path.with_context(|| format!("there is no path `{name}`"))?;
    let meter = Meter::new(path.messages)?;
    thread::scope(|scope| scope.spawn(|| (path.run)(&meter)).join())
        .map_err(|_| anyhow::anyhow!("the path panicked"))
}
