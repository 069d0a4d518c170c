//! Traces and metrics of a service: a request over HTTP runs a flow with a playbook and retries, which
//! asks a model over HTTP. All spans are in the client's trace; a collector on this machine prints
//! them as a tree, and a scrape shows the metrics.

mod client;
mod collector;
mod demo;
mod flow;
mod service;
#[cfg(test)]
mod tests;
mod tree;

use std::error::Error;
use std::process::ExitCode;

use handbook::cli::{self, say};
use lexopt::{Arg, Parser, ValueExt};

const USAGE: &str = "\
Asks a service a question, and prints the spans and the metrics of it.

Usage: cargo run -p observability -- [--collector URL] [QUESTION]

  QUESTION         what to ask [default: how are retries configured?]
  --collector URL  the OpenTelemetry collector that takes the spans, such as
                   http://localhost:4318 [default: one that prints them]
  -h, --help       this text";

type Failure = Box<dyn Error + Send + Sync>;

/// What the command line asks for.
struct Given {
    question: String,
    collector: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(work().await)
}

async fn work() -> Result<(), Failure> {
    let Some(given) = given(Parser::from_env())? else {
        say(USAGE);
        return Ok(());
    };
    let seen = demo::run(given.question, given.collector).await?;
    say(format_args!("{}\n", seen.answer));
    if let Some(tree) = seen.tree {
        say(format_args!("what the collector received:\n{tree}"));
    }
    say("what Prometheus scrapes, the counters of it:");
    let lines = seen.scrape.lines();
    lines.filter(|line| line.contains("_total{")).for_each(say);
    Ok(())
}

/// `None` asks for help.
fn given(mut arguments: Parser) -> Result<Option<Given>, lexopt::Error> {
    let (mut words, mut collector) = (Vec::new(), None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("collector") => collector = Some(arguments.value()?.string()?),
            Arg::Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let question = match words.is_empty() {
        true => "how are retries configured?".to_owned(),
        false => words.join(" "),
    };
    Ok(Some(Given {
        question,
        collector,
    }))
}
