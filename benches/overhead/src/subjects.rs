//! Who can do what: what the programs list.

use std::time::Duration;

use anyhow::{Context, Result};
use harness::Entry;

use crate::options::Options;
use crate::process::output_within;
use crate::programs::Program;
use crate::results::Absent;
use crate::slot::Slot;

pub(crate) struct Subjects<'a> {
    pub(crate) slots: Vec<Slot<'a>>,
    pub(crate) absent: Vec<Absent>,
}

/// All entries that are wanted, those that cannot be done apart.
pub(crate) fn list<'a>(programs: &'a [Program], options: &Options) -> Subjects<'a> {
    let mut all = Subjects {
        slots: Vec::new(),
        absent: Vec::new(),
    };
    for program in programs {
        match entries(program) {
            Ok(entries) => all.add(program, entries, options),
            Err(error) => all.absent.push(Absent::program(&program.name, &error)),
        }
    }
    all
}

impl<'a> Subjects<'a> {
    fn add(&mut self, program: &'a Program, entries: Vec<Entry>, options: &Options) {
        let wanted = |entry: &Entry| options.wants(entry.work, &entry.subject);
        for entry in entries.into_iter().filter(wanted) {
            match &entry.cannot {
                Some(why) => self.absent.push(Absent::entry(&entry, why)),
                None => self.slots.push(Slot::new(program, entry)),
            }
        }
    }
}

fn entries(program: &Program) -> Result<Vec<Entry>> {
    let lines = output_within(program.command().arg("list"), Duration::from_secs(60))?;
    let lines = lines.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .context("it does not keep to the protocol")
}
