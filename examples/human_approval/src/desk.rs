//! The desk of a human: the drafts as they come, the decisions, and the results.

use std::error::Error;

use handbook::cli::say;
use penguiflow::Running;
use penguiflow::prelude::*;

use crate::Press;
use crate::decisions::{Lines, decision, shown, tell};

/// The flow at work, and the traces of the drafts by their numbers.
pub(crate) struct Desk {
    flow: Flow<Press>,
    running: Running<Press>,
    drafts: Vec<TraceId>,
}

impl Desk {
    /// Has all topics drafted for an author, and shows each draft as it comes to wait for its decision.
    pub(crate) async fn open(author: &str, topics: Vec<String>) -> Result<Self, Box<dyn Error>> {
        let flow = Press::flow().show_payloads();
        let mut parkings = flow.parkings();
        let running = flow.start();
        let mut drafts = Vec::new();
        for topic in topics {
            let message = Message::new(topic).tenant(author);
            drafts.push(running.emit(message).await?);
        }
        // Each draft parks, or fails.
        let mut parked_drafts = 0;
        while parked_drafts < running.ledger().in_flight {
            tokio::select! {
                Some(parked) = parkings.next() => {
                    parked_drafts += 1;
                    let at = drafts.iter().position(|id| *id == parked.trace_id);
                    say(shown(at.map_or(0, |at| at + 1), &parked.into()));
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
    pub(crate) async fn work(&mut self, mut decisions: Lines) -> Result<(), Box<dyn Error>> {
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
