//! Where results go: a file in the order of the input, one for those that a decision has delayed, and
//! one for dead letters.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use penguiflow::prelude::*;
use tokio::sync::Semaphore;

use crate::dead_letter;
use crate::nodes::{Outcome, Settled};
use crate::reorder::Reorder;

/// The names of the files.
pub(crate) const SETTLED: &str = "settled.jsonl";
pub(crate) const DECIDED: &str = "decided.jsonl";
pub(crate) const DEAD: &str = "dead.jsonl";

/// How many records ended in which way.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) paid: u64,
    pub(crate) denied: u64,
    pub(crate) dead: u64,
    /// Those that wait for a decision.
    pub(crate) waiting: usize,
}

/// The files of results.
pub(crate) struct Outbox<'a> {
    settled: BufWriter<File>,
    decided: BufWriter<File>,
    dead: BufWriter<File>,
    order: Reorder<Settled>,
    /// Has a permit for each further line that may be read.
    window: &'a Semaphore,
    /// The lines that wait for a decision, or have one.
    late: HashSet<u64>,
    pub(crate) tally: Tally,
}

impl<'a> Outbox<'a> {
    /// Begins the files in a folder.
    pub(crate) fn create(folder: &Path, window: &'a Semaphore) -> io::Result<Self> {
        let [settled, decided, dead] =
            paths(folder).map(|path| File::create(path).map(BufWriter::new));
        Ok(Self {
            settled: settled?,
            decided: decided?,
            dead: dead?,
            order: Reorder::from(1),
            window,
            late: HashSet::new(),
            tally: Tally::default(),
        })
    }

    /// Lets later lines pass one that waits for a decision.
    pub(crate) fn park(&mut self, line: u64) -> io::Result<()> {
        self.late.insert(line);
        self.tally.waiting += 1;
        self.place(line, None)
    }

    /// Writes a result, as soon as its place in the order has come.
    pub(crate) fn put(&mut self, result: Result<Message<Settled>, FlowError>) -> io::Result<()> {
        match result {
            Ok(message) => self.settle(message.payload),
            Err(error) => self.bury(error),
        }
    }

    /// Completes the files, and returns the most results that waited for an earlier one.
    pub(crate) fn finish(mut self) -> io::Result<(Tally, usize)> {
        for file in [&mut self.settled, &mut self.decided, &mut self.dead] {
            file.flush()?;
        }
        Ok((self.tally, self.order.most()))
    }

    fn settle(&mut self, settled: Settled) -> io::Result<()> {
        match settled.outcome {
            Outcome::Paid { .. } => self.tally.paid += 1,
            Outcome::Denied { .. } => self.tally.denied += 1,
        }
        if self.is_late(settled.line) {
            return write(&mut self.decided, &settled);
        }
        self.place(settled.line, Some(settled))
    }

    fn bury(&mut self, error: FlowError) -> io::Result<()> {
        self.tally.dead += 1;
        let (line, letter) = dead_letter::of(error);
        writeln!(self.dead, "{letter}")?;
        match self.is_late(line) {
            true => Ok(()),
            false => self.place(line, None),
        }
    }

    /// Whether a line has been passed by later ones.
    fn is_late(&mut self, line: u64) -> bool {
        let is_late = self.late.remove(&line);
        self.tally.waiting = self.late.len();
        is_late
    }

    /// Fills the place of a line, and writes those whose turn it is.
    fn place(&mut self, line: u64, settled: Option<Settled>) -> io::Result<()> {
        self.order.put(line, settled);
        while let Some(settled) = self.order.take() {
            self.window.add_permits(1);
            if let Some(settled) = settled {
                write(&mut self.settled, &settled)?;
            }
        }
        Ok(())
    }
}

/// The files in a folder.
pub(crate) fn paths(folder: &Path) -> [PathBuf; 3] {
    [SETTLED, DECIDED, DEAD].map(|name| folder.join(name))
}

fn write(file: &mut impl Write, settled: &Settled) -> io::Result<()> {
    serde_json::to_writer(&mut *file, settled)?;
    writeln!(file)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            paid,
            denied,
            dead,
            waiting,
        } = self;
        write!(f, "{paid} paid, {denied} denied, {dead} failed")?;
        match waiting {
            0 => Ok(()),
            _ => write!(f, ", {waiting} waiting for a decision"),
        }
    }
}
