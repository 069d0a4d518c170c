//! Measures what flows cost to run, beside what one would write by hand and beside other
//! libraries: it builds the subjects, has each do its works in rounds, and writes the tables,
//! the chart and the page `docs/overhead.md`.

mod chart;
mod options;
mod page;
mod process;
mod programs;
mod results;
mod rounds;
mod slot;
mod subjects;
mod tables;
mod targets;

use std::fs;
use std::path::Path;

use anyhow::Result;
use options::Options;
use report::repository;
use results::Results;

fn main() -> Result<()> {
    let Some(options) = Options::read()? else {
        println!("{}", options::USAGE);
        return Ok(());
    };
    let programs = programs::build(&options)?;
    let subjects = subjects::list(&programs.built, &options);
    let slots = rounds::hold(subjects.slots, &options);
    let absent = [programs.missing, subjects.absent].concat();
    let results = Results::of(&slots, absent, options.rounds)?;
    match options.quick {
        true => println!("{}", tables::brief(&results)),
        false => println!("{}", tables::all(&results)),
    }
    write(&results, &programs.target.join("overhead"))?;
    if options.write {
        write(&results, &repository().join("docs"))?;
    }
    Ok(())
}

/// The page, the figures and the chart, in this folder.
fn write(results: &Results, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("overhead.md"), page::of(results))?;
    fs::write(folder.join("overhead.svg"), chart::of(results))?;
    let json = serde_json::to_string_pretty(results)? + "\n";
    fs::write(folder.join("overhead.json"), json)?;
    eprintln!(
        "written: overhead.md, .json and .svg in {}",
        folder.display()
    );
    Ok(())
}
