//! What the command line asks for.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lexopt::{Arg, Parser, ValueExt};

use crate::bank::Faults;
use crate::outbox;
use crate::sample;

pub(crate) const USAGE: &str = "\
Pays the refunds of a file, and writes what became of each.

Usage: cargo run -p batch -- [--out FOLDER] [--decisions FILE] [--mended] [--records N] [FILE]

  FILE               a record per line: {\"order\": \"R-7\", \"customer\": \"C-12\", \"cents\": 1999}
                     [default: a sample is made]
  --out FOLDER       where the results go [default: `penguiflow-batch` in the folder for temporary files]
  --decisions FILE   a decision per line: {\"order\": \"R-7\", \"approved\": true, \"by\": \"Ada\"}
                     [default: standard input; for a sample, those that are made with it]
  --mended           the bank does not fail on purpose
  --records N        how many records a sample has [default: 20000]
  -h, --help         this text

A refund of more than 100000 cents waits for a decision. When there is none, it becomes a dead letter.
The file of dead letters can be run again: it has the records that failed.";

/// What the user wants.
pub(crate) struct Request {
    file: Option<PathBuf>,
    pub(crate) out: PathBuf,
    pub(crate) decisions: Option<PathBuf>,
    pub(crate) faults: Faults,
    records: u64,
}

impl Request {
    /// Reads the command line; `None` asks for help.
    pub(crate) fn read(mut arguments: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut request = Self {
            file: None,
            out: env::temp_dir().join("penguiflow-batch"),
            decisions: None,
            faults: Faults::Some,
            records: 20_000,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("out") => request.out = arguments.value()?.into(),
                Arg::Long("decisions") => request.decisions = Some(arguments.value()?.into()),
                Arg::Long("mended") => request.faults = Faults::None,
                Arg::Long("records") => request.records = arguments.value()?.parse()?,
                Arg::Value(file) if request.file.is_none() => request.file = Some(file.into()),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(request))
    }

    /// The file to run. Makes a sample with its decisions, if none is named.
    pub(crate) fn file_or_sample(&mut self) -> io::Result<PathBuf> {
        if let Some(file) = &self.file {
            return self.outside_of_results(file);
        }
        let file = self.out.join("sample.jsonl");
        sample::records(&file, self.records)?;
        if self.decisions.is_none() {
            let decisions = self.out.join("sample-decisions.jsonl");
            sample::decisions(&decisions, self.records)?;
            self.decisions = Some(decisions);
        }
        Ok(file)
    }

    /// A file that results do not overwrite while it is read.
    fn outside_of_results(&self, file: &Path) -> io::Result<PathBuf> {
        let reason =
            |why: &dyn std::fmt::Display| format!("cannot run `{}`: {why}", file.display());
        let path =
            fs::canonicalize(file).map_err(|error| io::Error::new(error.kind(), reason(&error)))?;
        match outbox::paths(&fs::canonicalize(&self.out)?).contains(&path) {
            true => Err(io::Error::other(reason(
                &"its results would overwrite it, so name another `--out`",
            ))),
            false => Ok(path),
        }
    }
}
