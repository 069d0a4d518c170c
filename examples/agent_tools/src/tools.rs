//! The tools: each takes what the model chose with the memory, and returns the memory with what it found.

use std::sync::mpsc::Sender;

use handbook::{Hit, Index, calculator};
use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

use crate::action::{Action, Mail};
use crate::memory::{Found, Memory};
use crate::web::{Web, WebError};

/// How many passages a search returns, and how many characters of each.
const PASSAGES: usize = 2;
const EXCERPT: usize = 300;

/// What a search has found, on its way into the memory.
#[derive(Debug, Clone)]
pub(crate) struct Hits {
    query: String,
    hits: Vec<Hit>,
    memory: Memory,
}

/// A mail that waits for a human.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Proposal {
    pub(crate) mail: Mail,
    pub(crate) memory: Memory,
}

/// What a human decides on a mail. It names the mail that was shown: an approval of another one sends
/// nothing.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Approval {
    pub(crate) mail: Mail,
    pub(crate) is_granted: bool,
}

/// Where mails go.
#[derive(Clone)]
pub(crate) struct Outbox(pub(crate) Sender<Mail>);

flow! {
    /// A tool that is a flow: it searches the handbook, and quotes the best passages.
    #[flow(timeout = "10s")]
    pub(crate) struct Lookup((String, Memory)) -> Memory;

    search -> quote;
}

/// Finds passages. Searching keeps a core busy, so this runs on tokio's pool of blocking threads.
#[node(blocking)]
pub(crate) fn search((query, memory): (String, Memory), State(index): State<Index>) -> Hits {
    let hits = index.search(&query, PASSAGES);
    Hits {
        query,
        hits,
        memory,
    }
}

#[node]
pub(crate) async fn quote(found: Hits) -> Memory {
    let Hits {
        query,
        hits,
        memory,
    } = found;
    let quote = |hit: &Hit| format!("{}: {}", hit.passage.place(), hit.passage.excerpt(EXCERPT));
    let passages = hits.iter().map(quote).collect();
    memory.and(Action::Search { query }, Found::Passages(passages))
}

/// Calculates. A sum without a result is a fact like others: the model may do something about it.
#[node]
pub(crate) async fn calculate((sum, memory): (String, Memory)) -> Memory {
    let found = match calculator::evaluate(&sum) {
        Ok(number) => Found::Number(number),
        Err(error) => Found::Failed(error.to_string()),
    };
    memory.and(Action::Calculate { sum }, found)
}

#[node(timeout = "5s", retries = 1, backoff = "100ms", retry_if = WebError::is_outage)]
pub(crate) async fn fetch(
    (url, memory): (String, Memory),
    State(web): State<Web>,
) -> Result<Memory, WebError> {
    let page = web.page(&url).await?;
    Ok(memory.and(Action::Fetch { url }, Found::Page(page)))
}

/// Takes over when a page cannot be fetched: that is a fact, too.
#[node]
pub(crate) async fn note_failure(failed: Failed<(String, Memory)>) -> Memory {
    let (url, memory) = failed.input;
    memory.and(
        Action::Fetch { url },
        Found::Failed(failed.error.to_string()),
    )
}

#[node]
pub(crate) async fn propose((mail, memory): (Mail, Memory)) -> Proposal {
    Proposal { mail, memory }
}

/// Takes over when nobody decides in time.
#[node]
pub(crate) async fn refuse(proposal: Proposal) -> (Proposal, Approval) {
    let mail = proposal.mail.clone();
    let approval = Approval {
        mail,
        is_granted: false,
    };
    (proposal, approval)
}

/// Sends the mail if this very mail was approved.
#[node]
pub(crate) async fn send(
    (proposal, approval): (Proposal, Approval),
    State(outbox): State<Outbox>,
) -> Memory {
    let Proposal { mail, memory } = proposal;
    let refused = |why: &str| Found::Refused(why.to_owned());
    let found = match approval {
        approval if approval.mail != mail => refused("the approval is of another mail"),
        Approval {
            is_granted: false, ..
        } => refused("nobody approved it"),
        _ => match outbox.0.send(mail.clone()) {
            Ok(()) => Found::Sent,
            Err(_) => Found::Failed("the outbox is closed".to_owned()),
        },
    };
    memory.and(Action::Send(mail), found)
}
