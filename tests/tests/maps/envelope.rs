//! Headers, deadlines and rounds of items, and what of them remains after the join.

use std::time::Duration;

use penguiflow::prelude::*;

use super::{count, plus};
use penguiflow_tests::support::{ms, secs};

#[node]
async fn tenant(n: u64, headers: Headers) -> String {
    tokio::time::sleep(ms(10 - n)).await;
    format!("{} {n}", headers.tenant)
}

#[tokio::test(start_paused = true)]
async fn every_item_has_the_messages_headers() -> Result<(), FlowError> {
    let flow = flow! { count -> [tenant; 2] -> join };
    let message = Message::new(2).tenant("acme");
    assert_eq!(flow.run(message).await?, ["acme 0", "acme 1"]);
    Ok(())
}

/// Sets a header of its own, and a deadline, which is the sooner the later the item.
#[node]
async fn named(message: Message<u64>) -> Message<u64> {
    let n = message.payload;
    tokio::time::sleep(ms(10 - n)).await;
    message
        .tenant(format!("item {n}"))
        .deadline_in(secs(10 - n))
}

#[node]
async fn envelope(_: Vec<u64>, headers: Headers, ctx: Ctx) -> (String, Option<Duration>) {
    (headers.tenant.to_string(), ctx.remaining())
}

/// As after any join: the headers of the first item in the order of the list, the earliest
/// deadline of all.
#[tokio::test(start_paused = true)]
async fn behind_the_join_are_the_first_items_headers_and_the_earliest_deadline()
-> Result<(), FlowError> {
    let flow = flow! { count -> [named; 4] -> join -> envelope };
    let (tenant, left) = flow.run(Message::new(3).tenant("acme")).await?;
    assert_eq!(tenant, "item 0");
    // Job 2 was given its 8 seconds after 8 ms, and the join waited 2 ms more for item 0.
    let left = left.expect("a deadline");
    assert!(left > ms(7_990) && left <= ms(7_998), "{left:?}");
    Ok(())
}

/// Of no items it is the message's own.
#[tokio::test(start_paused = true)]
async fn behind_an_empty_map_the_message_goes_on() -> Result<(), FlowError> {
    let flow = flow! { count -> [named; 4] -> join -> envelope };
    let message = Message::new(0).tenant("acme").deadline_in(secs(5));
    assert_eq!(flow.run(message).await?, ("acme".to_owned(), Some(secs(5))));
    Ok(())
}

#[node]
async fn key(n: u64, ctx: Ctx) -> (u64, String) {
    (n, ctx.idempotency_key().to_string())
}

/// Each item's node runs have keys of their own, the same when the trace runs again.
#[tokio::test(start_paused = true)]
async fn every_item_has_idempotency_keys_of_its_own() -> Result<(), FlowError> {
    let flow = flow! { count -> [plus -> key; 2] -> join };
    let message = Message::new(50);
    let again = Message::new(50).trace_id(message.trace_id);
    let keys = flow.run(message).await?;
    assert_eq!(keys, flow.run(again).await?);
    let mut keys: Vec<_> = keys.into_iter().map(|(_, key)| key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 50);
    Ok(())
}
