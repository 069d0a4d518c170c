//! Tools are listed with their schemas, called, watched and abandoned.

use std::time::Duration;

use penguiflow_mcp::{Server, Tool};
use serde_json::{Value, json};

use crate::client::{Client, params, text};
use crate::flows::{Add, Checking, Forever, Nothing, Refund, Slow, Stamps, Tenant};

#[tokio::test]
async fn a_tool_is_listed_with_plain_schemas_and_says_what_it_does() {
    let server = Server::new().tool(Refund::flow()).tool(Add::flow()).tool(
        Tool::new(Stamps::flow())
            .named("stamps")
            .described("Stamps items"),
    );
    let client = Client::newest(&server, None).await;
    let tools = client
        .service
        .list_all_tools()
        .await
        .expect("they are listed");
    let names: Vec<_> = tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(names, ["Add", "Refund", "stamps"]);

    for tool in &tools {
        let output = tool.output_schema.as_ref().expect("there is one");
        for schema in [&tool.input_schema, output] {
            assert_eq!(schema["type"], "object");
            let text = serde_json::to_string(schema).expect("it is JSON");
            assert!(!text.contains("$ref") && !text.contains("$defs"), "{text}");
        }
    }
    assert_eq!(tools[0].input_schema["required"], json!(["input"]));
    assert_eq!(
        tools[1].input_schema["required"],
        json!(["number", "amount"])
    );
    assert_eq!(
        tools[1].description.as_deref(),
        Some(
            "Runs the flow `Refund`, which takes a `Order` and returns a `Receipt`. `Order`: What is \
             to be paid back. Meanwhile it asks the user for `Approval`."
        )
    );
    assert_eq!(tools[2].description.as_deref(), Some("Stamps items"));
}

#[tokio::test]
async fn a_call_returns_the_output_and_its_chunks_are_progress() {
    let server = Server::new().tool(Checking::flow());
    for client in [
        Client::newest(&server, None).await,
        Client::older(&server, None).await,
    ] {
        let order = json!({ "number": 7, "amount": 30 });
        let result = client.call("Checking", order.clone()).await;
        assert_eq!(result.structured_content, Some(order));
        assert_ne!(result.is_error, Some(true));
        assert_eq!(
            *client.progress.lock().expect("not poisoned"),
            ["checking 7"]
        );
    }
}

#[tokio::test]
async fn what_is_no_object_is_wrapped_both_ways() {
    let server = Server::new().tool(Add::flow());
    let client = Client::newest(&server, None).await;
    let result = client.call("Add", json!({ "input": [2, 3] })).await;
    assert_eq!(text(&result), "5");
    assert_eq!(result.structured_content, Some(json!({ "result": 5 })));
    let result = client.call("Add", json!({ "inputs": [2, 3] })).await;
    assert_eq!(
        (result.is_error, text(&result)),
        (Some(true), "the argument `input` is missing")
    );
}

#[tokio::test]
async fn bad_arguments_and_failures_are_errors_of_the_tool_that_say_why() {
    let server = Server::new().tool(Refund::flow()).tool(Nothing::flow());
    let client = Client::newest(&server, None).await;
    let said = async |arguments: Value| {
        let result = client.call("Refund", arguments).await;
        assert_eq!(result.is_error, Some(true));
        text(&result).to_owned()
    };
    let wrong = said(json!({ "number": 7, "amount": "much" })).await;
    assert!(
        wrong.contains("`amount`") && wrong.contains("invalid type"),
        "{wrong}"
    );
    let missing = said(json!({ "number": 7 })).await;
    assert!(missing.contains("missing field `amount`"), "{missing}");
    let failed = said(json!({ "number": 7, "amount": 0 })).await;
    assert!(
        failed.contains("node `check`") && failed.contains("nothing to pay back"),
        "{failed}"
    );

    let nothing = client.call("Nothing", json!({ "input": 1 })).await;
    assert_eq!(nothing.is_error, Some(true));

    let unknown = client.service.call_tool(params("Refunds", json!({}))).await;
    let unknown = unknown.expect_err("there is no such tool").to_string();
    assert!(
        unknown.contains("there is no tool `Refunds`: there are `Nothing`, `Refund`"),
        "{unknown}"
    );
}

#[tokio::test]
async fn the_tenant_and_the_deadline_are_those_of_the_message() {
    let slow = Tool::new(Slow::flow());
    let server = Server::new()
        .tool(Tenant::flow())
        .tool(slow.deadline(Duration::from_millis(20)))
        .tenant(|caller| caller.client());
    let client = Client::newest(&server, None).await;
    let result = client.call("Tenant", json!({ "input": 1 })).await;
    assert_eq!(text(&result), "test");
    let late = client.call("Slow", json!({ "input": 1 })).await;
    assert!(text(&late).contains("deadline"), "{}", text(&late));
}

#[tokio::test]
async fn an_abandoned_call_cancels_its_trace() {
    let running = Forever::flow().start();
    let server = Server::new().tool(running.clone());
    for client in [
        Client::newest(&server, None).await,
        Client::older(&server, None).await,
    ] {
        let before = running.ledger().cancelled;
        let progress = client.progress.clone();
        let peer = client.service.peer().clone();
        let call = tokio::spawn(async move {
            peer.call_tool(params("Forever", json!({ "number": 1, "amount": 1 })))
                .await
        });
        while progress.lock().expect("not poisoned").is_empty() {
            tokio::task::yield_now().await;
        }
        call.abort();
        while running.ledger().cancelled == before {
            tokio::task::yield_now().await;
        }
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.cancelled), (2, 2));
}

#[tokio::test]
async fn a_flow_that_is_full_or_stopped_says_so() {
    let running = Forever::flow().capacity(1).start();
    let server = Server::new().tool(running.clone());
    let client = Client::newest(&server, None).await;
    let order = json!({ "number": 1, "amount": 1 });
    let peer = client.service.peer().clone();
    let first = tokio::spawn({
        let order = order.clone();
        async move { peer.call_tool(params("Forever", order)).await }
    });
    while running.ledger().in_flight == 0 {
        tokio::task::yield_now().await;
    }
    let full = client.call("Forever", order.clone()).await;
    assert!(text(&full).contains("capacity"), "{}", text(&full));
    first.abort();
    running.stop_within(Duration::ZERO).await;
    let stopped = client.call("Forever", order).await;
    assert!(text(&stopped).contains("stopped"), "{}", text(&stopped));
}

#[tokio::test]
#[should_panic(expected = "there are two tools `Refund`")]
async fn two_tools_of_one_name_are_refused() {
    let _ = Server::new().tool(Refund::flow()).tool(Refund::flow());
}

#[tokio::test]
#[should_panic(expected = "`pay it` is no name of a tool")]
async fn a_name_that_clients_drop_is_refused() {
    let _ = Tool::new(Refund::flow()).named("pay it");
}
