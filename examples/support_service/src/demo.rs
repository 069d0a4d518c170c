//! Questions of all kinds, asked as a client asks them, and the answers.

use std::io::{self, Write};

use handbook::cli::say;
use serde_json::Value;

use crate::Failure;
use crate::client::{Client, Headers};

const QUESTIONS: [(&str, Headers<'static>); 6] = [
    ("Hello!", &[]),
    ("How are retries configured?", &[("x-tenant", "acme")]),
    ("How are retries configured? #busy", &[]),
    ("What is a playbook? #down", &[]),
    ("What is a playbook? #outage", &[]),
    (
        "What is a playbook? #silent",
        &[("x-request-timeout", "200ms")],
    ),
];

/// Asks them all.
pub(crate) async fn run(client: &Client) -> Result<(), Failure> {
    for (question, headers) in QUESTIONS {
        say(format_args!("\nPOST /support/run {headers:?}: {question}"));
        let reply = client.ask(question, headers).await?;
        let wait = reply
            .retry_after
            .map(|wait| format!(", Retry-After: {wait}"));
        let wait = wait.unwrap_or_default();
        say(format_args!("{}{wait}\n{:#}", reply.status, reply.body));
    }
    let question = "How does a part in parentheses end? #break";
    say(format_args!("\nPOST /support/stream: {question}"));
    let mut events = client.stream(question, &[]).await?;
    while let Some(event) = events.next().await? {
        show(&event.name, &serde_json::from_str(&event.data)?);
    }
    Ok(())
}

/// A chunk is shown as a page would show it, as soon as it is there.
fn show(event: &str, data: &Value) {
    match (event, data["end"].as_str()) {
        ("chunk", Some("failed")) => say("\n-- what came so far is void --"),
        ("chunk", Some(_)) => say(""),
        ("chunk", None) => {
            let mut out = io::stdout();
            let text = data["text"].as_str().unwrap_or_default();
            let _ = write!(out, "{text}").and_then(|()| out.flush());
        }
        _ => say(format_args!("{event}: {data:#}\n")),
    }
}
