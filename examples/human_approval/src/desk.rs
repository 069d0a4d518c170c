//! The desk of a human: the drafts that wait, the decisions, and the results.

use std::error::Error;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::thread;
use std::time::Duration;

use handbook::cli::say;
use penguiflow::prelude::*;
use penguiflow::{Running, TraceId};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::Press;
use crate::nodes::Approval;

/// The flow at work, and the traces by their numbers.
pub(crate) struct Desk {
    flow: Flow<Press>,
    running: Running<Press>,
    topics: Vec<(TraceId, String)>,
}

impl Desk {
    /// Has all topics drafted, until each draft waits for its decision.
    pub(crate) async fn open(topics: Vec<String>) -> Result<Self, FlowError> {
        let flow = Press::flow();
        let mut desk = Self {
            running: flow.start(),
            flow,
            topics: Vec::new(),
        };
        for topic in topics {
            let id = desk.running.emit(topic.clone()).await?;
            desk.topics.push((id, topic));
        }
        while desk.running.ledger().in_flight > desk.flow.parked().len() as u64 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(desk)
    }

    /// Prints the drafts that wait.
    pub(crate) fn list(&self) {
        for parked in self.flow.parked() {
            let mut topics = (1..).zip(&self.topics);
            if let Some((number, (_, topic))) = topics.find(|(_, (id, _))| *id == parked.trace_id) {
                say(format_args!(
                    "{number}  {topic}: waits at `{}`",
                    parked.node
                ));
            }
        }
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
    pub(crate) async fn decide(&self, line: &str) {
        let Some((number, approval)) = decision(line) else {
            return say(format_args!(
                "not a decision: `{line}`; write `approve 1` or `reject 2 too long`"
            ));
        };
        let Some((id, topic)) = number.checked_sub(1).and_then(|at| self.topics.get(at)) else {
            return say(format_args!("there is no draft {number}"));
        };
        if self.flow.resume(*id, approval).await.is_err() {
            say(format_args!("{topic} does not wait for a decision"));
        }
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
