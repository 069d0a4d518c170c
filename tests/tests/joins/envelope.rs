//! What travels on after a join: whose headers, which deadline, and keys that stay the same.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms, secs};

/// How long the branches take.
type Times = (u64, u64);

#[node]
async fn part(times: Times) -> Times {
    times
}

#[node]
async fn one(message: Message<Times>) -> Message<u64> {
    tokio::time::sleep(ms(message.payload.0)).await;
    message
        .tenant("one")
        .map(|times| times.0)
        .deadline_in(secs(50))
}

#[node]
async fn other(message: Message<Times>) -> Message<u64> {
    tokio::time::sleep(ms(message.payload.1)).await;
    message
        .tenant("other")
        .map(|times| times.1)
        .deadline_in(secs(20))
}

#[node]
async fn one_more(times: Times) -> u64 {
    times.0
}

#[node]
async fn another(times: Times) -> u64 {
    times.1
}

fn message(times: Times) -> Message<Times> {
    let id = "4bf92f3577b34da6a3ce929d0e0e4736"
        .parse()
        .expect("a trace id");
    Message::new(times)
        .tenant("acme")
        .topic("krill")
        .trace_id(id)
}

/// What a flow's one output is, with its envelope.
macro_rules! output {
    ($flow:expr, $times:expr) => {{
        let running = $flow.start();
        running.emit(message($times)).await?;
        running.fetch().await.expect("a result")?
    }};
}

/// The first in the order of the flow, not of the coming, so that it is always the same.
#[tokio::test(start_paused = true)]
async fn a_joins_headers_are_those_of_its_first_input() -> Result<(), FlowError> {
    for times in [(10, 30), (30, 10)] {
        let out = output!(flow! { part -> [one, other] -> join }, times);
        assert_eq!(out.payload, times);
        assert_eq!(out.headers.tenant, "one");
        assert_eq!(out.headers.topic.as_deref(), Some("krill"));
        assert_eq!(out.trace_id, message(times).trace_id);
        let out = output!(flow! { part -> [other, one] -> join }, times);
        assert_eq!(out.headers.tenant, "other");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_joins_deadline_is_the_earliest_of_all() -> Result<(), FlowError> {
    for times in [(10, 30), (30, 10)] {
        let begun = Instant::now();
        let out = output!(flow! { part -> [one, other] -> join }, times);
        let earliest = begun + ms(times.1) + secs(20);
        assert_eq!(out.deadline, Some(earliest));
    }
    Ok(())
}

/// A race goes on as the winner, with nothing of the loser's.
#[tokio::test(start_paused = true)]
async fn a_race_goes_on_as_its_winner() -> Result<(), FlowError> {
    let begun = Instant::now();
    let out = output!(flow! { part -> [one, other] -> race }, (10, 30));
    assert_eq!((out.payload, &*out.headers.tenant), (10, "one"));
    assert_eq!(out.deadline, Some(begun + ms(10) + secs(50)));
    let out = output!(flow! { part -> [one, other] -> race }, (30, 10));
    assert_eq!((out.payload, &*out.headers.tenant), (10, "other"));
    Ok(())
}

#[node]
async fn join_key(_: (u64, u64), ctx: Ctx, notes: State<Notebook>) -> u64 {
    notes.0.write(ctx.idempotency_key());
    0
}

#[node]
async fn race_key(_: u64, ctx: Ctx, notes: State<Notebook>) -> u64 {
    notes.0.write(ctx.idempotency_key());
    0
}

#[node]
async fn list_key(_: Vec<u64>, ctx: Ctx, notes: State<Notebook>) -> u64 {
    notes.0.write(ctx.idempotency_key());
    0
}

type Settled = Result<u64, NodeError>;

#[node]
async fn settle_key(_: (Settled, Settled), ctx: Ctx, notes: State<Notebook>) -> u64 {
    notes.0.write(ctx.idempotency_key());
    0
}

/// The keys of all visits after joins, whose branches take these times.
async fn keys(times: Times) -> Result<Vec<String>, FlowError> {
    let notes = Notebook::new();
    let joins = flow! { part -> [one, other] -> join -> join_key -> race_key };
    joins.with_state(notes.clone()).run(message(times)).await?;
    let races = flow! { part -> [one, other] -> race -> race_key };
    races.with_state(notes.clone()).run(message(times)).await?;
    let quorums = flow! { part -> [one, other] -> quorum(2) -> list_key };
    quorums
        .with_state(notes.clone())
        .run(message(times))
        .await?;
    let settles = flow! { part -> [one, other] -> settle -> settle_key };
    settles
        .with_state(notes.clone())
        .run(message(times))
        .await?;
    Ok(notes.lines())
}

/// Whoever comes first, a resumed trace finds the keys of its visits again.
#[tokio::test(start_paused = true)]
async fn keys_behind_a_join_do_not_depend_on_the_order_of_coming() -> Result<(), FlowError> {
    let some = keys((10, 30)).await?;
    assert_eq!(some.len(), 5);
    assert_eq!(some, keys((30, 10)).await?);
    assert_ne!(some[0], some[1], "each visit has its own");
    Ok(())
}

/// Two joins of one fork have different keys, and so have those of two branches.
#[tokio::test(start_paused = true)]
async fn joins_of_one_parting_have_different_keys() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        part -> [[one, other] -> join -> join_key, [one_more, another] -> quorum(2) -> list_key]
            -> join
    };
    let flow = flow.with_state(notes.clone());
    flow.run(message((10, 20))).await?;
    let lines = notes.lines();
    assert_eq!(lines.len(), 2);
    assert_ne!(lines[0], lines[1]);
    Ok(())
}
