//! What the command line asks for.

use std::net::SocketAddr;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

pub(crate) const USAGE: &str = "\
Counts the penguins of photographs with two workers and a Restate server on this machine.

Usage: cargo run -p cluster -- [--kill] [--photos N] [--pace MS]
       cargo run -p cluster -- --fetch
       cargo run -p cluster -- worker NAME ADDRESS PACE

  --kill      kill one worker in the middle, as by `kill -9`
  --photos N  how many photographs there are [default: 40]
  --pace MS   how long a worker looks at a tile [default: 50]
  --fetch     only fetch the server
  -h, --help  this text

The server is fetched from npm into target/restate, and removed with `cargo clean`. The last form is what
the first one starts: a worker that serves the flow at an address.";

/// What this process is to be.
pub(crate) enum Request {
    /// Who fetches the server.
    Fetch,
    /// Who starts everything, and sends the photographs.
    Demo {
        photos: u64,
        pace: Duration,
        kills: bool,
    },
    /// A worker.
    Worker {
        name: String,
        address: SocketAddr,
        pace: Duration,
    },
}

impl Request {
    /// `None` asks for help.
    pub(crate) fn read(mut arguments: Parser) -> Result<Option<Self>, lexopt::Error> {
        let (mut photos, mut pace, mut kills) = (40, Duration::from_millis(50), false);
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("fetch") => return Ok(Some(Self::Fetch)),
                Arg::Long("kill") => kills = true,
                Arg::Long("photos") => photos = arguments.value()?.parse()?,
                Arg::Long("pace") => pace = millis(&mut arguments)?,
                Arg::Value(word) if word == "worker" => {
                    return Ok(Some(Self::Worker {
                        name: arguments.value()?.string()?,
                        address: arguments.value()?.parse()?,
                        pace: millis(&mut arguments)?,
                    }));
                }
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(Self::Demo {
            photos,
            pace,
            kills,
        }))
    }
}

fn millis(arguments: &mut Parser) -> Result<Duration, lexopt::Error> {
    Ok(Duration::from_millis(arguments.value()?.parse()?))
}
