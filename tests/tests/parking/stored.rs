//! Loops and maps through stored frontiers: JSON before each step, and while they are parked.

use std::collections::HashSet;
use std::error::Error;

use penguiflow::host::StepId;
use penguiflow::prelude::*;
use tokio::time::Instant;

use super::hosts::taken_up;
use super::{Approval, draft, publish};
use penguiflow_tests::by_json::run_stored;
use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn until_ten((n, approval): (u32, Approval)) -> ControlFlow<u32, u32> {
    match n + approval.0 {
        n if n >= 10 => ControlFlow::Break(n),
        n => ControlFlow::Continue(n),
    }
}

/// Protects the turns, each of which parks as a step of its own.
#[tokio::test(start_paused = true)]
async fn each_turn_of_a_loop_parks() -> Result<(), Box<dyn Error>> {
    let notes = Notebook::new();
    let flow = flow! { #[flow(durable)] draft -> await Approval -> until_ten -> draft };
    let flow = flow.with_state(notes.clone()).hops(3);
    let mut frontier = flow.begin(1);
    let mut steps = HashSet::new();
    for value in [3, 4, 5] {
        frontier = run_stored(&flow, frontier).await?;
        let parked: Vec<_> = frontier.parked().collect();
        assert_eq!(parked.len(), 1);
        assert!(steps.insert(parked[0].step), "it has parked before");
        let step = Some(parked[0].step);
        frontier.resume(step, Approval(value)).expect("it waits");
        assert_eq!(frontier.resume(step, Approval(0)), Err(Approval(0)));
    }
    let frontier = run_stored(&flow, frontier).await?;
    assert_eq!(frontier.finish()?[0].payload, 13);
    assert_eq!(notes.lines(), ["draft 1", "draft 4", "draft 8"]);
    Ok(())
}

/// Protects the rounds that a trace has gone, which are stored with what waits.
#[tokio::test(start_paused = true)]
async fn the_hop_budget_counts_on() -> Result<(), Box<dyn Error>> {
    let flow = flow! { #[flow(durable)] draft -> await Approval -> until_ten -> draft };
    let flow = flow.with_state(Notebook::new()).hops(2);
    let mut frontier = flow.begin(1);
    for _ in 0..2 {
        frontier = run_stored(&flow, frontier).await?;
        frontier.resume(None, Approval(1)).expect("it waits");
    }
    let error = run_stored(&flow, frontier).await.err();
    let error = error.expect("there is no third round");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    Ok(())
}

#[node]
async fn list(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn show(parts: Vec<u32>) -> Vec<u32> {
    parts
}

/// Protects the places of the items, whoever is approved of first, and the limit of the map.
#[tokio::test(start_paused = true)]
async fn the_items_of_a_map_park() -> Result<(), Box<dyn Error>> {
    let notes = Notebook::new();
    let flow =
        flow! { #[flow(durable)] list -> [draft -> await Approval -> publish; 2] -> join -> show };
    let flow = flow.with_state(notes.clone());
    let frontier = flow.begin(3);
    let mut frontier = run_stored(&flow, frontier).await?;
    for (waiting, value) in [(2, 10), (2, 20), (1, 30)] {
        let parked: Vec<StepId> = frontier.parked().map(|parked| parked.step).collect();
        assert_eq!(parked.len(), waiting, "two at a time");
        let last = parked.last().copied();
        frontier.resume(last, Approval(value)).expect("it waits");
        frontier = run_stored(&flow, frontier).await?;
    }
    let mut drafts = notes.lines();
    drafts.sort_unstable();
    assert_eq!(drafts, ["draft 0", "draft 1", "draft 2"], "each once");
    let mut values = frontier.finish()?.remove(0).payload;
    for (item, value) in values.iter_mut().enumerate() {
        *value -= item as u32;
    }
    values.sort_unstable();
    assert_eq!(values, [10, 20, 30], "one approval for each");
    Ok(())
}

#[node]
async fn outcomes(parts: Vec<Result<u32, NodeError>>) -> Vec<Option<u32>> {
    let late = |error: NodeError| assert_eq!(error.kind, ErrorKind::TimedOut);
    parts
        .into_iter()
        .map(|part| part.map_err(late).ok())
        .collect()
}

/// Protects the time of each item, which begins when that item parks: each expires by itself,
/// and makes room for the next one.
#[tokio::test(start_paused = true)]
async fn the_items_of_a_map_expire_one_by_one() -> Result<(), Box<dyn Error>> {
    let flow = flow! {
        #[flow(durable)]
        list -> [draft -> await Approval within "1s" -> publish; 1] -> settle -> outcomes
    };
    let flow = flow.with_state(Notebook::new());
    let begun = Instant::now();
    let frontier = flow.begin(3);
    let mut frontier = run_stored(&flow, frontier).await?;
    for item in 0..2 {
        tokio::time::sleep(ms(1_100)).await;
        assert!(frontier.next_expiry() < Some(Instant::now()));
        frontier.expire(Instant::now());
        assert_eq!(frontier.parked().count(), 0, "item {item} was alone");
        frontier = run_stored(&flow, frontier).await?;
        assert_eq!(frontier.parked().count(), 1);
    }
    assert!(frontier.next_expiry() > Some(begun + ms(3_000)));
    frontier.resume(None, Approval(7)).expect("the last waits");
    let frontier = run_stored(&flow, frontier).await?;
    assert_eq!(frontier.finish()?[0].payload, [None, None, Some(9)]);
    Ok(())
}

/// Protects whom `expire` lets go: those whose time is over, and no others.
#[tokio::test(start_paused = true)]
async fn an_item_expires_while_another_one_waits_on() -> Result<(), Box<dyn Error>> {
    let flow = flow! {
        #[flow(durable)]
        list -> [draft -> await Approval within "1s" -> publish; 2] -> settle -> outcomes
    };
    let flow = flow.with_state(Notebook::new());
    let frontier = flow.begin(3);
    let mut frontier = run_stored(&flow, frontier).await?;
    tokio::time::sleep(ms(600)).await;
    frontier.resume(None, Approval(7)).expect("the first waits");
    frontier = run_stored(&flow, frontier).await?;
    assert_eq!(frontier.parked().count(), 2, "the third began");
    tokio::time::sleep(ms(600)).await;
    frontier.expire(Instant::now());
    assert_eq!(frontier.parked().count(), 1, "it began later");
    tokio::time::sleep(ms(600)).await;
    frontier.expire(Instant::now());
    let frontier = run_stored(&flow, frontier).await?;
    let outcomes = frontier.finish()?.remove(0).payload;
    let approved = outcomes.iter().flatten().count();
    assert_eq!((outcomes.len(), approved), (3, 1));
    Ok(())
}

/// Protects a store of many traces: each goes on from its own text alone.
#[tokio::test(start_paused = true)]
async fn ten_thousand_stored_traces_are_resumed() -> Result<(), Box<dyn Error>> {
    const TRACES: u32 = 10_000;
    let flow = flow! { #[flow(durable)] draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new());
    let mut store = Vec::new();
    for n in 0..TRACES {
        let begun = flow.begin(n);
        let frontier = run_stored(&flow, begun).await?;
        store.push(serde_json::to_string(&frontier)?);
    }
    for (n, stored) in store.iter().enumerate().rev() {
        let mut frontier = taken_up(&flow, stored)?;
        frontier.resume(None, Approval(1)).expect("it waits");
        let frontier = run_stored(&flow, frontier).await?;
        assert_eq!(frontier.finish()?[0].payload as usize, n + 1);
    }
    Ok(())
}
