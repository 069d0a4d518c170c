//! Reads decisions, a line each, from a file or from standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::thread;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The lines of decisions as they come.
pub(crate) type Decisions = UnboundedReceiver<io::Result<String>>;

/// Opens the file, or else standard input. A thread reads it, since reading what somebody types
/// cannot be cancelled.
pub(crate) fn lines(file: Option<&Path>) -> io::Result<Decisions> {
    let source: Box<dyn BufRead + Send> = match file {
        Some(path) => Box::new(BufReader::new(File::open(path).map_err(|error| {
            let reason = format!("cannot read `{}`: {error}", path.display());
            io::Error::new(error.kind(), reason)
        })?)),
        None => Box::new(BufReader::new(io::stdin())),
    };
    let (sender, lines) = unbounded_channel();
    thread::spawn(move || {
        for line in source.lines() {
            // What cannot be read once may give the same error without end.
            let is_last = line.is_err();
            if sender.send(line).is_err() || is_last {
                break;
            }
        }
    });
    Ok(lines)
}
