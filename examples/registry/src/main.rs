//! A registry of flows by name. Each line of a file, or of standard input, names a flow and its input
//! as JSON; the answers are lines of JSON, too. Flows of different types are behind one pointer each,
//! and describe what they take by a JSON schema, as a model that calls tools needs it.

mod flows;
mod nodes;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flows::Registry;
use handbook::Index;
use handbook::cli::{self, say};
use lexopt::{Arg, Parser};
use nodes::{ReadingTime, Search};

const USAGE: &str = "\
Answers lines of JSON by the flows that they name.

Usage: cargo run -p registry -- [--list] [--folder FOLDER] [FILE]

  FILE              lines such as {\"flow\": \"ReadingTime\", \"input\": \"Call me Ishmael.\"}
                    [default: standard input]
  --list            prints the flows and the schemas of their inputs and outputs
  --folder FOLDER   where `Search` looks [default: .]
  -h, --help        this text";

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let Some(request) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    let index = Index::of(&request.folder)?;
    let registry = Registry::default()
        .with(ReadingTime::flow())
        .with(Search::flow().with_state(index));
    if request.list {
        registry.list().for_each(say);
        return Ok(());
    }
    for line in request.lines()? {
        say(registry.answer(&line?).await);
    }
    Ok(())
}

/// What the command line asks for.
struct Request {
    list: bool,
    folder: PathBuf,
    file: Option<PathBuf>,
}

impl Request {
    fn lines(&self) -> io::Result<Box<dyn Iterator<Item = io::Result<String>>>> {
        Ok(match &self.file {
            Some(file) => Box::new(BufReader::new(open(file)?).lines()),
            None => Box::new(io::stdin().lines()),
        })
    }
}

fn open(file: &Path) -> io::Result<File> {
    File::open(file).map_err(|error| {
        let reason = format!("`{}` cannot be read: {error}", file.display());
        io::Error::new(error.kind(), reason)
    })
}

/// Reads the command line; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Request>, Box<dyn Error>> {
    let mut request = Request {
        list: false,
        folder: PathBuf::from("."),
        file: None,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("list") => request.list = true,
            Arg::Long("folder") => request.folder = arguments.value()?.into(),
            Arg::Value(file) if request.file.is_none() => request.file = Some(file.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(request))
}
