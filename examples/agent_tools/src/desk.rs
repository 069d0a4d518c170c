//! The desk of a human, who decides on each mail.

use std::io;

use handbook::cli::say;
use penguiflow::Parked;
use penguiflow::prelude::*;

use crate::tools::{Approval, Proposal};
use crate::{Agent, App};

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Desk {
    Approves,
    Refuses,
    /// Whoever types the answer.
    Asks,
}

impl Desk {
    /// Shows what waits, and resumes it with the decision on exactly that.
    pub(crate) async fn decide(self, flow: &Flow<Agent, App>, parked: Parked) -> io::Result<()> {
        let Some(Proposal { mail, .. }) = parked.payload() else {
            return Ok(()); // it is over already
        };
        say(format_args!("May I send {mail}?"));
        let is_granted = match self {
            Self::Approves => true,
            Self::Refuses => false,
            Self::Asks => typed_yes().await?,
        };
        let approval = Approval { mail, is_granted };
        // The trace may have gone on meanwhile.
        let _ = flow.resume(parked.trace_id, approval).await;
        Ok(())
    }
}

/// Whether the next line of standard input is a yes. The end of the input is none.
async fn typed_yes() -> io::Result<bool> {
    let line = tokio::task::spawn_blocking(|| io::stdin().lines().next().transpose());
    let line = line.await.map_err(io::Error::other)??;
    Ok(line.is_some_and(|line| matches!(line.trim(), "y" | "yes")))
}
