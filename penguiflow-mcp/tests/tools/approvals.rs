//! A flow that waits for a person is answered through the client: by rounds and while the call runs, in
//! memory, by its sealed frontier, and on a store.

use std::time::Duration;

use penguiflow_mcp::{Server, Tool};
use penguiflow_sqlite::Sqlite;
use serde_json::{Value, json};

use crate::client::{Client, User, accept, again, params, refusing, text, user};
use crate::flows::{Guessing, InTime, Order, Refund, Stamps};

fn order() -> Value {
    json!({ "number": 7, "amount": 30 })
}

fn receipt(paid: u32, note: &str) -> Option<Value> {
    Some(json!({ "number": 7, "paid": paid, "note": note }))
}

/// The tool `Refund`, run in each way.
async fn servers(folder: &std::path::Path) -> Vec<(&'static str, Server)> {
    let store = Sqlite::open(folder.join("refunds.db"))
        .await
        .expect("it opens");
    let on_store = store.start(Refund::flow()).await.expect("it starts");
    vec![
        ("in memory", Server::new().tool(Refund::flow())),
        (
            "by its frontier",
            Server::new().tool(Refund::flow().durable()),
        ),
        ("on a store", Server::new().tool(on_store)),
    ]
}

fn ada() -> Option<User> {
    user(|message, fields| {
        assert_eq!(message, "`Refund` waits for an answer at `await Approval`.");
        assert_eq!(fields["approved"]["type"], "boolean");
        json!({ "approved": true, "by": "Ada" })
    })
}

#[tokio::test]
async fn an_approval_is_answered_in_every_way() {
    let folder = tempfile::tempdir().expect("a folder");
    for (way, server) in servers(folder.path()).await {
        for client in [
            Client::newest(&server, ada()).await,
            Client::older(&server, ada()).await,
        ] {
            let result = client.call("Refund", order()).await;
            let receipt = receipt(30, "by Ada, for \"\"");
            assert_eq!(
                result.structured_content,
                receipt,
                "{way}: {}",
                text(&result)
            );
            let progress = client.progress.lock().expect("not poisoned").clone();
            assert_eq!(progress, ["checking 7", "paying"], "{way}");
        }
    }
}

#[tokio::test]
async fn a_user_who_declines_cancels_the_trace() {
    let running = Refund::flow().start();
    let server = Server::new().tool(running.clone());
    for client in [
        Client::newest(&server, refusing()).await,
        Client::older(&server, refusing()).await,
    ] {
        let result = client.call("Refund", order()).await;
        assert_eq!(
            (result.is_error, text(&result)),
            (
                Some(true),
                "the user declined to answer at `await Approval`: the call was cancelled"
            )
        );
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.cancelled), (2, 2));
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_again_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    for (way, server) in servers(folder.path()).await {
        let hesitant = || {
            user(|message, _| match message.contains("was not taken") {
                false => json!({ "approved": "perhaps" }),
                true => {
                    assert!(message.contains("`approved`"), "{message}");
                    json!({ "approved": false, "by": "Ada" })
                }
            })
        };
        for client in [
            Client::newest(&server, hesitant()).await,
            Client::older(&server, hesitant()).await,
        ] {
            let result = client.call("Refund", order()).await;
            let receipt = receipt(0, "by Ada, for \"\"");
            assert_eq!(
                result.structured_content,
                receipt,
                "{way}: {}",
                text(&result)
            );
        }
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_told_and_its_trace_cancelled() {
    let running = Refund::flow().start();
    let server = Server::new().tool(running.clone());
    let older = Client::older(&server, None).await;
    let result = older.call("Refund", order()).await;
    assert!(
        text(&result).contains("does not support elicitation"),
        "{}",
        text(&result)
    );
    let newest = Client::newest(&server, None).await;
    let refused = newest
        .once(params("Refund", order()))
        .await
        .expect_err("it cannot ask");
    assert!(
        refused
            .to_string()
            .contains("Missing required client capability"),
        "{refused}"
    );
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.cancelled), (2, 2));
}

#[tokio::test]
async fn several_steps_that_wait_are_asked_for_at_once_and_may_be_answered_one_by_one() {
    for server in [
        Server::new().tool(Stamps::flow()),
        Server::new().tool(Stamps::flow().durable()),
    ] {
        let client = Client::newest(&server, user(|_, _| json!({ "answer": "ok" }))).await;
        let call = params("Stamps", json!({ "input": 1 }));
        let mut required = client.asked(call.clone()).await;
        for left in [3, 2] {
            let requests = required.input_requests.as_mut().expect("they are asked");
            assert_eq!(requests.len(), left);
            // One is answered alone.
            let first = requests.keys().next().expect("there are some").clone();
            let mut next = again(&call, &required, |_| accept(json!({ "answer": "ok" })));
            next.input_responses
                .as_mut()
                .expect("answers")
                .retain(|key, _| *key == first);
            required = client.asked(next).await;
        }
        let last = again(&call, &required, |_| accept(json!({ "answer": "ok" })));
        let result = client.ended(last).await;
        assert_eq!(text(&result), "1: ok, 2: ok, 3: ok");

        let at_once = client.call("Stamps", json!({ "input": 4 })).await;
        assert_eq!(text(&at_once), "4: ok, 5: ok, 6: ok");
        let client = Client::older(&server, user(|_, _| json!({ "answer": "live" }))).await;
        let live = client.call("Stamps", json!({ "input": 7 })).await;
        assert_eq!(text(&live), "7: live, 8: live, 9: live");
    }
}

#[tokio::test]
async fn a_loop_asks_in_each_round() {
    use std::sync::atomic::{AtomicU8, Ordering};
    for server in [
        Server::new().tool(Guessing::flow()),
        Server::new().tool(Guessing::flow().durable()),
    ] {
        let guesses = || {
            let guess = AtomicU8::new(0);
            user(move |_, _| json!({ "answer": guess.fetch_add(1, Ordering::Relaxed) }))
        };
        for client in [
            Client::newest(&server, guesses()).await,
            Client::older(&server, guesses()).await,
        ] {
            let result = client.call("Guessing", json!({ "input": 3 })).await;
            assert_eq!(text(&result), "4");
        }
    }
}

#[tokio::test]
async fn the_question_is_the_authors_and_has_the_payload() {
    let ask = |tool: Tool| {
        tool.asking(|step| {
            let order = step.payload.clone().map(serde_json::from_value::<Order>);
            let order = order.expect("it is shown").expect("an order");
            format!("Pay {} back for {}?", order.amount, order.number)
        })
    };
    let folder = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(folder.path().join("refunds.db"))
        .await
        .expect("it opens");
    let on_store = store.start(Refund::flow()).await.expect("it starts");
    for server in [
        Server::new().tool(ask(Tool::new(Refund::flow().show_payloads()))),
        Server::new().tool(ask(Tool::new(Refund::flow().durable()))),
        Server::new().tool(ask(Tool::new(on_store))),
    ] {
        let client = Client::newest(
            &server,
            user(|message, _| {
                assert_eq!(message, "Pay 30 back for 7?");
                json!({ "approved": true, "by": "Ada" })
            }),
        );
        let result = client.await.call("Refund", order()).await;
        assert_eq!(result.structured_content, receipt(30, "by Ada, for \"\""));
    }
}

/// The server has nothing of the call: another process with the same key goes on with it.
#[tokio::test]
async fn a_durable_flow_without_a_store_goes_on_in_another_process() {
    let start = || Server::new().key([7; 32]).tool(Refund::flow().durable());
    let client = Client::newest(&start(), ada()).await;
    let call = params("Refund", order());
    let required = client.asked(call.clone()).await;
    let state = required.request_state.clone().expect("there is one");
    assert!(!state.contains("Refund"), "it is encrypted");
    drop(client);

    let client = Client::newest(&start(), ada()).await;
    let answer = accept(json!({ "approved": true, "by": "Bob" }));
    let result = client
        .ended(again(&call, &required, |_| answer.clone()))
        .await;
    assert_eq!(result.structured_content, receipt(30, "by Bob, for \"\""));
}

#[tokio::test]
async fn a_flow_on_a_store_goes_on_in_another_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("refunds.db");
    let answer = accept(json!({ "approved": true, "by": "Bob" }));
    let call = params("Refund", order());

    let store = Sqlite::open(&file).await.expect("it opens");
    let running = store.start(Refund::flow()).await.expect("it starts");
    let server = Server::new().key([7; 32]).tool(running.clone());
    let client = Client::newest(&server, ada()).await;
    let required = client.asked(call.clone()).await;
    drop((client, server));
    running.stop().await;
    store.close().await;
    drop(running);

    let store = Sqlite::open(&file).await.expect("it opens again");
    let running = store.start(Refund::flow()).await.expect("it starts");
    let server = Server::new().key([7; 32]).tool(running.clone());
    let client = Client::newest(&server, ada()).await;
    let result = client
        .ended(again(&call, &required, |_| answer.clone()))
        .await;
    assert_eq!(
        result.structured_content,
        receipt(30, "by Bob, for \"\""),
        "{}",
        text(&result)
    );
    let ledger = running.ledger().await.expect("it is read");
    assert_eq!((ledger.completed, ledger.parked), (1, 0));

    // Once it is over, the same state comes to nothing more.
    let over = client
        .once(again(&call, &required, |_| answer.clone()))
        .await;
    let said = match over {
        Ok(response) => format!("{response:?}"),
        Err(error) => error.to_string(),
    };
    assert!(
        said.contains("ended meanwhile") || said.contains("is over"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_await_that_nobody_answers_in_time_goes_on_by_itself() {
    for server in [
        Server::new().tool(InTime::flow()),
        Server::new().tool(InTime::flow().durable()),
    ] {
        let client = Client::newest(&server, ada()).await;
        let call = params("InTime", order());
        let required = client.asked(call.clone()).await;
        tokio::time::sleep(Duration::from_secs(601)).await;
        let late = accept(json!({ "approved": true, "by": "Ada" }));
        let result = client
            .ended(again(&call, &required, |_| late.clone()))
            .await;
        let receipt = receipt(0, "by nobody in time, for \"\"");
        assert_eq!(result.structured_content, receipt, "{}", text(&result));
    }
}

/// A client that never comes back leaves nothing.
#[tokio::test(start_paused = true)]
async fn a_trace_in_memory_that_nobody_answers_is_cancelled_when_its_state_expires() {
    let running = Refund::flow().start();
    let server = Server::new()
        .tool(running.clone())
        .answers_within(Duration::from_secs(60));
    let client = Client::newest(&server, ada()).await;
    let call = params("Refund", order());
    let required = client.asked(call.clone()).await;
    tokio::time::sleep(Duration::from_secs(61)).await;
    tokio::task::yield_now().await;
    let ledger = running.ledger();
    assert_eq!((ledger.emitted, ledger.cancelled), (1, 1));
    let answer = accept(json!({ "approved": true, "by": "Ada" }));
    let late = client
        .once(again(&call, &required, |_| answer.clone()))
        .await;
    let late = late.expect_err("it is over").to_string();
    assert!(
        late.contains("is over, or the server was started again"),
        "{late}"
    );
}
