//! The desk of a human: the drafts as they come, the decisions, and the results.

use std::error::Error;

use handbook::cli::say;
use penguiflow::prelude::*;
use penguiflow_sqlite::{Running, Sqlite};

use crate::Press;
use crate::decisions::{Lines, decision, shown, tell};

/// The flow at work, and the traces of the drafts by their numbers.
pub(crate) struct Desk {
    running: Running<String, String>,
    drafts: Vec<TraceId>,
}

impl Desk {
    /// Has all topics drafted for an author, and shows each draft as it comes to wait for its decision.
    pub(crate) async fn open(author: &str, topics: Vec<String>) -> Result<Self, Box<dyn Error>> {
        let flow = Press::flow().show_payloads();
        let running = Sqlite::open("press.db").await?.start(flow).await?;
        let mut parkings = running.parkings();
        let mut drafts = Vec::new();
        for topic in topics {
            let message = Message::new(topic.clone()).tenant(author);
            drafts.push(running.emit_keyed(topic, message).await?);
        }
        // Each draft parks, or fails.
        let mut parked_drafts = 0;
        while parked_drafts < running.ledger().await?.in_flight() {
            tokio::select! {
                Some(parked) = parkings.next() => {
                    let parked = parked?;
                    parked_drafts += 1;
                    let at = drafts.iter().position(|id| *id == parked.trace_id);
                    say(shown(at.map_or(0, |at| at + 1), &parked));
                }
                Ok(Some(result)) = running.fetch() => tell(result.into_output().await),
            }
        }
        Ok(Self { running, drafts })
    }

    /// Decides on the drafts and prints the results, until none is left.
    pub(crate) async fn work(&mut self, mut decisions: Lines) -> Result<(), Box<dyn Error>> {
        let mut is_open = true;
        while self.running.ledger().await?.in_flight() > 0 {
            tokio::select! {
                Ok(Some(result)) = self.running.fetch() => tell(result.into_output().await),
                line = decisions.recv(), if is_open => match line {
                    Some(line) => self.decide(&line?).await,
                    None => is_open = false,
                },
            }
        }
        self.running.stop().await;
        while let Some(result) = self.running.fetch().await? {
            tell(result.into_output().await);
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
        if self.running.resume(*id, approval).await.is_err() {
            say(format_args!("draft {number} does not wait for a decision"));
        }
    }
}
