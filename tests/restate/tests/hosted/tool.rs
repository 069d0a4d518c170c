//! The flow as a tool: its chunks are progress, and its user is asked where it waits.

use penguiflow_mcp::Server;
use serde_json::{Value, json};

use crate::client::{Client, params};
use crate::host::Host;

fn order() -> Value {
    json!({ "number": 8, "amount": 300 })
}

fn approval() -> Value {
    json!({ "approved": true, "by": "Ada" })
}

fn receipt() -> Value {
    json!({ "number": 8, "paid": 300, "note": "by Ada" })
}

const QUESTION: &str = "`Refund` waits for an answer at `await Approval`.";

/// The trace waits on the server meanwhile. Another process with the same key goes on with it.
#[tokio::test]
async fn by_rounds_the_trace_is_left_and_watched_again() {
    let Some(host) = Host::start().await else {
        return;
    };
    let process = || Server::new().key([7; 32]).tool(host.running.clone());
    let first = Client::newest(&process(), approval()).await;
    let call = params("Refund", order());
    let required = first.asked(call.clone()).await;
    assert_eq!(first.progress(), ["checking 8"]);
    drop(first);
    let parked = host.running.parked(2).await.expect("a list");
    assert_eq!(parked.len(), 1, "it waits: {parked:?}");

    let second = Client::newest(&process(), approval()).await;
    let result = second.answered(call, required).await;
    assert_eq!(result.structured_content, Some(receipt()), "{result:?}");
    assert_eq!(second.progress(), ["transferring"]);
}

#[tokio::test]
async fn a_client_without_rounds_is_asked_while_the_call_runs() {
    let Some(host) = Host::start().await else {
        return;
    };
    let server = Server::new().tool(host.running.clone());
    let client = Client::older(&server, approval()).await;
    let result = client.ended(params("Refund", order())).await;
    assert_eq!(result.structured_content, Some(receipt()), "{result:?}");
    assert_eq!(client.questions(), [QUESTION]);
    assert_eq!(client.progress(), ["checking 8", "transferring"]);
}
