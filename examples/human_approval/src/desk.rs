//! The desk of a human: the drafts as they come, the decisions, and the results.

use std::error::Error;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::thread;

use handbook::cli::say;
use penguiflow::prelude::*;
use penguiflow::{Parked, Running};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::Press;
use crate::nodes::{Approval, Draft};

/// The flow at work, and the traces of the drafts by their numbers.
pub(crate) struct Desk {
    flow: Flow<Press>,
    running: Running<Press>,
    drafts: Vec<TraceId>,
}

impl Desk {
    /// Has all topics drafted for an author, and shows each draft as it comes to wait for its decision.
    pub(crate) async fn open(author: &str, topics: Vec<String>) -> Result<Self, FlowError> {
        let flow = Press::flow().show_payloads();
        let mut parkings = flow.parkings();
        let running = flow.start();
        let mut drafts = Vec::new();
        for topic in topics {
            let message = Message::new(topic).tenant(author);
            drafts.push(running.emit(message).await?);
        }
        // Each of them parks, or has failed.
        for _ in 0..drafts.len() {
            tokio::select! {
                Some(parked) = parkings.next() => {
                    let at = drafts.iter().position(|id| *id == parked.trace_id);
                    say(shown(at.map_or(0, |at| at + 1), &parked));
                }
                Some(result) = running.fetch() => tell(result),
            }
        }
        Ok(Self {
            flow,
            running,
            drafts,
        })
    }

    /// Decides on the drafts and prints the results, until none is left.
    pub(crate) async fn work(
        &mut self,
        mut decisions: UnboundedReceiver<io::Result<String>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut is_open = true;
        while self.running.ledger().in_flight > 0 {
            tokio::select! {
                Some(result) = self.running.fetch() => tell(result),
                line = decisions.recv(), if is_open => match line {
                    Some(line) => self.decide(&line?).await,
                    None => is_open = false,
                },
            }
        }
        self.running.stop().await;
        while let Some(result) = self.running.fetch().await {
            tell(result);
        }
        Ok(())
    }

    /// Passes a decision to its draft, or prints why it cannot.
    async fn decide(&self, line: &str) {
        let Some((number, approval)) = decision(line) else {
            return say(format_args!(
                "not a decision: `{line}`; write `approve 1` or `reject 2 too long`"
            ));
        };
        let Some(id) = number.checked_sub(1).and_then(|at| self.drafts.get(at)) else {
            return say(format_args!("there is no draft {number}"));
        };
        if self.flow.resume(*id, approval).await.is_err() {
            say(format_args!("draft {number} does not wait for a decision"));
        }
    }
}

/// What a human has to know to decide on a draft.
pub(crate) fn shown(number: usize, parked: &Parked) -> String {
    let author = &parked.headers.tenant;
    let text = parked.payload::<Draft>().map(|Draft(text)| text);
    let text = text.unwrap_or_default();
    match parked.until.map(|until| until - parked.since) {
        Some(time) => format!("{number}  {text} (for {author}, to be decided within {time:?})"),
        None => format!("{number}  {text} (for {author})"),
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
pub(crate) fn lines(
    script: Option<OsString>,
) -> Result<UnboundedReceiver<io::Result<String>>, String> {
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

fn tell(result: Result<Message<String>, FlowError>) {
    match result {
        Ok(message) => say(message.payload),
        Err(error) => say(format_args!("failed: {error}")),
    }
}
