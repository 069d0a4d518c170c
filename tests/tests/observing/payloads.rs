//! Payloads in events: what nodes take and pass on, of a flow that shows them.

use std::ops::ControlFlow;

use penguiflow::Event;
use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use penguiflow_tests::support::{Seen, watched};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Page {
    text: String,
}

/// What cannot be serialised.
struct Opaque(u32);

#[node]
async fn read(number: u32) -> Page {
    Page {
        text: format!("page {number}"),
    }
}

#[node]
async fn measure(page: &Page) -> Option<usize> {
    (page.text != "page 0").then_some(page.text.len())
}

#[node]
async fn greet(mut message: Message<usize>) -> Message<String> {
    message.headers.tenant = "acme".to_owned();
    message.map(|length| format!("{length} letters"))
}

#[node(retries = 1, backoff = "1ms")]
async fn unsteady(text: String, ctx: Ctx) -> Result<ControlFlow<String, String>, String> {
    match ctx.attempt() {
        0 => Err("not yet".to_owned()),
        _ => Ok(ControlFlow::Break(text)),
    }
}

#[node]
async fn hide(number: u32) -> Opaque {
    Opaque(number)
}

#[node]
async fn open(opaque: Opaque) -> u32 {
    opaque.0
}

fn told(event: &Event) -> Option<(String, Option<Value>)> {
    let node = event.node_name?;
    let payload = event.payload.as_deref().cloned();
    Some((format!("{} {node}", event.event), payload))
}

fn told_by(seen: &Seen) -> Vec<(String, Option<Value>)> {
    seen.events().iter().filter_map(told).collect()
}

fn line(told: &str, payload: impl Into<Option<Value>>) -> (String, Option<Value>) {
    (told.to_owned(), payload.into())
}

/// Protects what a page shows of each node: payloads without envelopes, of each attempt.
#[tokio::test(start_paused = true)]
async fn each_attempt_shows_what_it_takes_and_passes_on() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { read -> measure -> greet -> unsteady }.show_payloads());
    assert_eq!(flow.run(7).await?, "6 letters");
    flow.flush().await;
    let letters = json!("6 letters");
    assert_eq!(
        told_by(&seen),
        [
            line("node_start read", json!(7)),
            line("node_success read", json!({"text": "page 7"})),
            line("node_start measure", json!({"text": "page 7"})),
            line("node_success measure", json!(6)),
            line("node_start greet", json!(6)),
            line("node_success greet", letters.clone()),
            line("node_start unsteady", letters.clone()),
            line("node_error unsteady", None),
            line("node_retry unsteady", None),
            line("node_start unsteady", letters),
            // It leaves the flow: nothing follows its edges.
            line("node_success unsteady", None),
        ]
    );
    Ok(())
}

/// Protects secrets: payloads are shown if the flow is told to, and by nobody else.
#[tokio::test]
async fn a_flow_that_was_not_asked_shows_nothing() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { read -> measure });
    flow.run(7).await?;
    flow.flush().await;
    assert!(seen.events().iter().all(|event| event.payload.is_none()));
    let text = serde_json::to_string(&seen.events()).expect("events serialise");
    assert!(!text.contains("payload"), "{text}");
    Ok(())
}

/// Protects flows whose payloads are not all data: what cannot be written is not shown, nor is nothing.
#[tokio::test]
async fn what_cannot_be_serialised_is_not_shown() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { hide -> open }.show_payloads());
    flow.run(7).await?;
    flow.flush().await;
    assert_eq!(
        told_by(&seen),
        [
            line("node_start hide", json!(7)),
            line("node_success hide", None),
            line("node_start open", None),
            line("node_success open", json!(7)),
        ]
    );
    let (flow, seen) = watched(flow! { read -> measure }.show_payloads());
    let filtered = flow.run(0).await.expect_err("nothing follows page 0");
    assert_eq!(filtered.kind(), ErrorKind::Filtered);
    flow.flush().await;
    assert_eq!(told_by(&seen)[3], line("node_success measure", None));
    Ok(())
}

mod playbook {
    use super::*;

    flow! {
        struct Length(u32) -> usize;

        read -> measure;
    }

    #[node]
    async fn double(length: usize) -> usize {
        length * 2
    }

    /// Protects what runs within a node: it shows its payloads as the flow around it does.
    #[tokio::test]
    async fn the_nodes_of_a_playbook_show_theirs() -> Result<(), FlowError> {
        let (flow, seen) = watched(flow! { Length -> double }.show_payloads());
        assert_eq!(flow.run(7).await?, 12);
        flow.flush().await;
        let told = told_by(&seen);
        assert!(
            told.contains(&line("node_start read", json!(7))),
            "{told:?}"
        );
        assert!(
            told.contains(&line("node_success double", json!(12))),
            "{told:?}"
        );
        Ok(())
    }
}

/// Protects hosts: a step that is run from a store shows what one in memory does.
#[test]
fn a_step_of_a_durable_flow_shows_its_payloads() {
    let (flow, seen) = watched(flow! { #[flow(durable)] read -> measure }.show_payloads());
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let mut frontier = flow.begin(7);
        while let Some(step) = frontier.next_step() {
            frontier.absorb(flow.advance(step).await.expect("no node fails"));
        }
        assert_eq!(frontier.take_outputs().len(), 1);
        flow.flush().await;
    });
    assert_eq!(
        told_by(&seen)[1],
        line("node_success read", json!({"text": "page 7"}))
    );
}
