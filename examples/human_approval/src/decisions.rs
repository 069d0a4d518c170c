//! What a human is shown, decides and is told: drafts, lines that decide on them, and results.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::thread;

use handbook::cli::say;
use penguiflow::Message;
use penguiflow::host::ParkedStep;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::nodes::{Approval, Draft};

/// Decisions, as somebody types them.
pub(crate) type Lines = UnboundedReceiver<io::Result<String>>;

/// What a human has to know to decide on a draft.
pub(crate) fn shown(number: usize, parked: &ParkedStep) -> String {
    let author = parked.tenant.as_deref().unwrap_or("nobody");
    let draft = parked.payload.clone().map(serde_json::from_value);
    let Some(Ok(Draft(text))) = draft else {
        return format!("{number}  a draft that cannot be shown (for {author})");
    };
    let time = parked.until.map(|until| until.duration_since(parked.since));
    match time {
        Some(Ok(time)) => format!("{number}  {text} (for {author}, to be decided within {time:?})"),
        _ => format!("{number}  {text} (for {author})"),
    }
}

/// `approve 1`, `reject 2 too long`
pub(crate) fn decision(line: &str) -> Option<(usize, Approval)> {
    let mut words = line.split_whitespace();
    let (verdict, number) = (words.next()?, words.next()?.parse().ok()?);
    let why = words.collect::<Vec<_>>().join(" ");
    match (verdict, &*why) {
        ("approve", "") => Some((number, Approval::Approved)),
        ("reject", "") => Some((number, Approval::Rejected("no reason given".to_owned()))),
        ("reject", _) => Some((number, Approval::Rejected(why))),
        _ => None,
    }
}

/// The lines of the script, or of standard input, as they come: read by a thread, since reading
/// what somebody types cannot be cancelled.
pub(crate) fn lines(script: Option<OsString>) -> Result<Lines, String> {
    let source: Box<dyn BufRead + Send> = match script {
        None => Box::new(BufReader::new(io::stdin())),
        Some(path) => match File::open(&path) {
            Ok(file) => Box::new(BufReader::new(file)),
            Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
        },
    };
    let (sender, lines) = unbounded_channel();
    thread::spawn(move || {
        let filled =
            |line: &io::Result<String>| !matches!(line, Ok(line) if line.trim().is_empty());
        source
            .lines()
            .filter(filled)
            .try_for_each(|line| sender.send(line))
    });
    Ok(lines)
}

pub(crate) fn tell(result: Result<Message<String>, impl Display>) {
    match result {
        Ok(message) => say(message.payload),
        Err(error) => say(format_args!("failed: {error}")),
    }
}
