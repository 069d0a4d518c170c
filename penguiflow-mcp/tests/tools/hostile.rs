//! States that were forged, have expired, or belong to another call are refused in one sentence, and no
//! node runs for them.

use std::time::Duration;

use penguiflow_mcp::Server;
use penguiflow_mcp::rmcp::model::{CallToolRequestParams, InputRequiredResult};
use serde_json::json;

use crate::client::{Client, accept, again, params, user};
use crate::flows::{InTime, Refund};

fn call() -> CallToolRequestParams {
    params("Refund", json!({ "number": 7, "amount": 30 }))
}

fn answered(call: &CallToolRequestParams, required: &InputRequiredResult) -> CallToolRequestParams {
    again(call, required, |_| {
        accept(json!({ "approved": true, "by": "Eve" }))
    })
}

/// What the server says to a call that it refuses.
async fn refused(client: &Client, params: CallToolRequestParams) -> String {
    let refused = client
        .once(params)
        .await
        .expect_err("it is refused")
        .to_string();
    assert!(!refused.contains('\n'), "{refused}");
    refused
}

const FOREIGN: &str = "the request state is none that this server has made for this tool, these \
                       arguments and this caller";

async fn client(server: &Server) -> Client {
    Client::newest(server, user(|_, _| json!({}))).await
}

#[tokio::test]
async fn forged_states_are_refused() {
    for server in [
        Server::new().tool(Refund::flow().durable()),
        Server::new().tool(Refund::flow()),
    ] {
        let client = client(&server).await;
        let required = client.asked(call()).await;
        let state = required.request_state.clone().expect("there is one");
        let mut flipped = state.clone().into_bytes();
        let middle = flipped.len() / 2;
        flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(flipped).expect("ASCII");
        let long = "A".repeat(100_000);
        for forged in ["", "AQ", "{}", "\u{0}", &flipped, &state[..middle], &long] {
            let said = refused(
                &client,
                answered(&call(), &required).with_request_state(forged),
            )
            .await;
            assert!(said.contains(FOREIGN), "{said}");
        }
        // The true one still works.
        client.ended(answered(&call(), &required)).await;
    }
}

#[tokio::test]
async fn states_of_other_tools_arguments_callers_and_servers_are_refused() {
    let start = |name: &'static str| {
        Server::new()
            .key([7; 32])
            .tool(Refund::flow().durable())
            .tool(InTime::flow().durable())
            .caller(move |_| Some(name.to_owned()))
    };
    let ada = client(&start("ada")).await;
    let required = ada.asked(call()).await;

    let other_tool = params("InTime", json!({ "number": 7, "amount": 30 }));
    let other_arguments = params("Refund", json!({ "number": 7, "amount": 30_000 }));
    for other in [other_tool, other_arguments] {
        let said = refused(&ada, answered(&other, &required)).await;
        assert!(said.contains(FOREIGN), "{said}");
    }
    let other_key = Server::new()
        .tool(Refund::flow().durable())
        .caller(|_| Some("ada".to_owned()));
    for other in [client(&start("eve")).await, client(&other_key).await] {
        let said = refused(&other, answered(&call(), &required)).await;
        assert!(said.contains(FOREIGN), "{said}");
    }
    ada.ended(answered(&call(), &required)).await;
}

#[tokio::test]
async fn a_state_is_used_once() {
    let server = Server::new().tool(Refund::flow().durable());
    let client = client(&server).await;
    let required = client.asked(call()).await;
    client.ended(answered(&call(), &required)).await;
    let said = refused(&client, answered(&call(), &required)).await;
    assert!(
        said.contains("the request state was used already"),
        "{said}"
    );

    let in_memory = Server::new().tool(Refund::flow());
    let client = self::client(&in_memory).await;
    let required = client.asked(call()).await;
    client.ended(answered(&call(), &required)).await;
    let said = refused(&client, answered(&call(), &required)).await;
    assert!(said.contains("is over"), "{said}");
}

#[tokio::test]
async fn an_expired_state_is_refused() {
    let server = Server::new()
        .tool(Refund::flow().durable())
        .answers_within(Duration::ZERO);
    let client = client(&server).await;
    let required = client.asked(call()).await;
    let said = refused(&client, answered(&call(), &required)).await;
    assert!(said.contains("the request state has expired"), "{said}");
}

/// Answers for steps that nobody asked for, and of no known shape, do nothing.
#[tokio::test]
async fn strange_answers_are_asked_for_again() {
    let server = Server::new().tool(Refund::flow().durable());
    let client = client(&server).await;
    let required = client.asked(call()).await;
    let mut params = answered(&call(), &required);
    let responses = params.input_responses.as_mut().expect("there are some");
    let key = responses.keys().next().expect("one").clone();
    responses.insert(key.clone(), json!(["accept"]));
    responses.insert(
        "another".to_owned(),
        accept(json!({ "approved": true, "by": "Eve" })),
    );
    let required = client.asked(params).await;
    let asked = serde_json::to_string(&required.input_requests).expect("it is JSON");
    assert!(asked.contains("it is no elicitation result"), "{asked}");
    assert!(required.input_requests.expect("it asks").contains_key(&key));
}
