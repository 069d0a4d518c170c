//! Requests of the command line, of which the answer was lost.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow_sqlite::admin::{Admin, AdminError, Answer, CommandId, Request};
use rusqlite::Connection;
use serde_json::json;

use crate::{Place, payload};

#[node]
async fn ask(n: u32) -> u32 {
    n
}

#[node]
async fn tell((n, yes): (u32, bool)) -> String {
    format!("{n}: {yes}")
}

async fn answer(admin: &Admin, command: CommandId) -> Answer {
    loop {
        match admin.answer(command).expect("the store is read") {
            Some(answer) => return answer,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// As by a host that died before it answered.
#[tokio::test]
async fn a_request_whose_answer_was_lost_is_answered_by_the_next_host() {
    let place = Place::new();
    let flow = flow! { #[flow(durable)] ask -> await bool -> tell };
    let store = place.open().await;
    let running = store.start(flow.clone()).await.expect("it starts");
    let mut parkings = running.parkings();
    let mut steps = Vec::new();
    for n in [1, 2] {
        running.emit(n).await.expect("it is stored");
        let parked = parkings.next().await.expect("it runs");
        steps.push(parked.expect("the store works"));
    }
    let admin = Admin::open(place.file()).expect("it is a store");
    let resume = Request::Resume {
        step: steps[0].step.to_string(),
        value: json!(true),
    };
    let resume = admin.ask(steps[0].trace_id, &resume).expect("it is asked");
    let cancel = admin.ask(steps[1].trace_id, &Request::Cancel);
    let cancel = cancel.expect("it is asked");
    for command in [resume, cancel] {
        assert_eq!(answer(&admin, command).await, Answer::Done);
    }
    running.stop().await;
    let other = Connection::open(place.file()).expect("it is a database");
    let lose = "UPDATE commands SET answer = NULL";
    assert_eq!(other.execute(lose, []), Ok(2));

    let running = store.start(flow).await.expect("it starts");
    assert_eq!(answer(&admin, cancel).await, Answer::Done);
    match answer(&admin, resume).await {
        Answer::Refused(reason) => assert!(reason.contains("no trace"), "{reason}"),
        Answer::Done => panic!("nothing waits for it"),
    }
    assert_eq!(payload(&running).await, "1: true");

    store
        .retain(Some(Duration::ZERO), None)
        .await
        .expect("it works");
    let removed = admin.answer(cancel).expect_err("it is gone");
    assert!(matches!(removed, AdminError::AnswerRemoved), "{removed}");
}
