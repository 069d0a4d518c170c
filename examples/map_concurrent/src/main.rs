//! Many things at once inside one node: `map_concurrent` runs an async worker on each document,
//! eight at a time, and returns the results in the order of the documents. The first worker that
//! fails stops the others, and its error becomes the node's; a timeout of the node stops them all.

mod nodes;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::process::ExitCode;

use handbook::cli::{self, say};
use lexopt::{Arg, Parser};
use nodes::{Document, Request, score, seed, summary};
use penguiflow::prelude::*;

const USAGE: &str = "\
Scores documents by how many words of a query stand in them, and names the best.

Usage: cargo run -p map_concurrent -- [--folder PATH] [QUERY]

  QUERY           the words to look for [default: antarctic krill]
  --folder PATH   the folder of .md and .txt files to score, passage by passage
                  [default: three little documents]
  -h, --help      this text";

/// The little documents.
const DOCUMENTS: [(&str, &str); 3] = [
    ("doc-1", "Krill gather below the ice."),
    ("doc-2", "Emperor penguins dive for fish."),
    ("doc-3", "Gentoos nest on pebbles."),
];

flow! {
    /// Finds the document that fits a query best.
    struct Best(Request) -> String;

    seed -> score -> summary;
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(find().await)
}

async fn find() -> Result<(), Box<dyn Error>> {
    match given(Parser::from_env())? {
        Some(request) => say(Best::flow().run(request).await?),
        None => say(USAGE),
    }
    Ok(())
}

/// What the command line asks for; `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Request>, Box<dyn Error>> {
    let mut words: Vec<String> = Vec::new();
    let mut documents: Vec<_> = DOCUMENTS.map(Document::from).into();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("folder") => {
                let files = handbook::files(arguments.value()?)?;
                documents = files.into_iter().map(Document::File).collect();
            }
            Arg::Value(word) => words.push(word.into_string().map_err(lexopt::Error::from)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let query = match words.is_empty() {
        true => "antarctic krill".to_owned(),
        false => words.join(" "),
    };
    Ok(Some(Request { query, documents }))
}
