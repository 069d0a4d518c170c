//! The history of a trace: a line for each attempt, with the node that ran.

use std::collections::BTreeMap;

use penguiflow::prelude::*;
use penguiflow_sqlite::admin::Admin;

use crate::{Place, payload};

#[node]
async fn split(text: String) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[node]
async fn measure(word: String) -> usize {
    word.len()
}

#[node(name = "the sum")]
async fn sum(lengths: Vec<usize>) -> usize {
    lengths.iter().sum()
}

#[node]
async fn double(n: usize) -> usize {
    2 * n
}

#[node]
async fn half(n: usize) -> usize {
    n / 2
}

#[node(retries = 1, backoff = "1ms")]
async fn add((double, half): (usize, usize), ctx: Ctx) -> Result<usize, &'static str> {
    match ctx.attempt() {
        0 => Err("busy"),
        _ => Ok(double + half),
    }
}

#[tokio::test]
async fn each_line_names_the_node_that_ran_and_no_join_or_map() {
    let place = Place::new();
    let store = place.open().await;
    let flow = flow! {
        #[flow(durable)]
        split -> [measure; 2] -> join -> sum -> [double, half] -> join -> add
    };
    let running = store.start(flow).await.expect("it starts");
    let id = running.emit("an ice floe").await.expect("it is stored");
    assert_eq!(payload(&running).await, 22);
    running.stop().await;
    store.close().await;

    let admin = Admin::open(place.file()).expect("it is a store");
    let mut lines = BTreeMap::<_, Vec<_>>::new();
    for attempt in admin.trace(id).expect("it is there").history {
        lines.entry(attempt.node).or_default().push(attempt.outcome);
    }
    let lines: Vec<_> = lines
        .iter()
        .map(|(node, outcomes)| format!("{node}: {}", outcomes.join(", ")))
        .collect();
    let expected = [
        "add: retried, ok",
        "double: ok",
        "half: ok",
        "measure: ok, ok, ok",
        "split: ok",
        "the sum: ok",
    ];
    assert_eq!(lines, expected);
}
