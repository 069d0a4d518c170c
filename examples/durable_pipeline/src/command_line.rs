//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

pub(crate) const USAGE: &str = "\
Indexes the texts of a folder, and goes on where it was when it is started again.

Usage: cargo run -p durable_pipeline -- [--folder FOLDER] [--out OUT] [--pace MS] [--approve]

  --folder FOLDER  the texts to index [default: the handbook's own pages]
  --out OUT        where the indexes go, and the store [default: target/durable_pipeline]
  --pace MS        how long a passage takes, to have time to kill it [default: 20]
  --approve        approve all long texts
  -h, --help       this text

A long text waits for an approval. Another terminal shows what waits, and approves it:

  cargo run -p penguiflow-cli -- --store target/durable_pipeline/store.db waiting
  cargo run -p penguiflow-cli -- --store target/durable_pipeline/store.db resume ID --json true";

/// What is to be indexed, and where to.
pub(crate) struct Request {
    pub(crate) folder: PathBuf,
    pub(crate) out: PathBuf,
    pub(crate) pace: Duration,
    pub(crate) approves: bool,
}

impl Request {
    /// `None` asks for help.
    pub(crate) fn read(mut arguments: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut request = Self {
            folder: concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs").into(),
            out: "target/durable_pipeline".into(),
            pace: Duration::from_millis(20),
            approves: false,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("folder") => request.folder = arguments.value()?.into(),
                Arg::Long("out") => request.out = arguments.value()?.into(),
                Arg::Long("approve") => request.approves = true,
                Arg::Long("pace") => {
                    request.pace = Duration::from_millis(arguments.value()?.parse()?);
                }
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(request))
    }
}
