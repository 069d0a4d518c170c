//! The command line: topics, and where decisions come from.

use std::ffi::OsString;

use lexopt::{Arg, Parser};

pub(crate) const USAGE: &str = concat!(
    "Drafts a text on each topic, and publishes those that are approved.

Usage: cargo run -p ",
    env!("CARGO_PKG_NAME"),
    " -- [--script FILE] [TOPIC…]

  TOPIC          what to write about [default: penguins krill icebergs]
  --script FILE  where to read decisions from [default: standard input]
  -h, --help     this text

A decision is a line: `approve 1`, or `reject 2 too long`. What nobody has decided on within
a minute is shelved."
);

/// What the command line asks for.
pub(crate) struct Given {
    pub(crate) topics: Vec<String>,
    pub(crate) script: Option<OsString>,
}

/// The topics, and the file with the decisions; `None` asks for help.
pub(crate) fn given(mut arguments: Parser) -> Result<Option<Given>, lexopt::Error> {
    let (mut topics, mut script) = (Vec::new(), None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("script") => script = Some(arguments.value()?),
            Arg::Value(topic) => topics.push(topic.into_string()?),
            other => return Err(other.unexpected()),
        }
    }
    if topics.is_empty() {
        topics = ["penguins", "krill", "icebergs"].map(str::to_owned).into();
    }
    Ok(Some(Given { topics, script }))
}
