//! Playbooks: a flow with a name is a node of other flows, typed like any other, in its caller's
//! trace. `Retrieval` is a node of the flow `Answer`, and another node runs it once more by
//! `ctx.call`, with the heading above the best passage. A failure names both nodes.

mod nodes;
#[cfg(test)]
mod tests;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use handbook::cli::{self, say};
use handbook::{Index, OpenError};
use nodes::{Finding, Library, ask, compress, deepen, rerank, retrieve};
use penguiflow::prelude::*;

const USAGE: &str = "\
Finds the passage that answers a question best, in few words, and what else stands beside it.

Usage: cargo run -p playbook_retrieval -- [--folder PATH] [QUESTION]

  QUESTION        what to look for [default: antarctic krill]
  --folder PATH   the folder of .md and .txt files to search
                  [default: the project's own documentation, and without a question
                  three little documents]
  -h, --help      this text";

const QUESTION: &str = "antarctic krill";

flow! {
    /// Finds a passage for a question.
    struct Retrieval(String) -> Finding;

    retrieve -> rerank -> compress;
}

flow! {
    /// Answers a question, and a second one that the answer raises.
    struct Answer(String) -> Vec<Finding>;

    ask -> Retrieval -> deepen;
}

#[tokio::main]
async fn main() -> ExitCode {
    let (library, question) = match given() {
        Ok(given) => given,
        Err(code) => return code,
    };
    cli::exit_code(answer(library, question).await)
}

/// The folder to search, and the question.
fn given() -> Result<(Result<Library, OpenError>, String), ExitCode> {
    if env::args_os().len() == 1 {
        return Ok((Ok(Library::Little), QUESTION.to_owned()));
    }
    let request = cli::read(USAGE, QUESTION)?;
    let library = Index::of(&request.folder).map(Library::Folder);
    Ok((library, request.question))
}

async fn answer(
    library: Result<Library, OpenError>,
    question: String,
) -> Result<(), Box<dyn Error>> {
    let flow = Answer::flow().with_state(library?);
    for finding in flow.run(question).await? {
        say(finding);
    }
    Ok(())
}
