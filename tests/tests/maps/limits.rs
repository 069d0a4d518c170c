//! So many items at a time, in each message: what ends makes room for the next one.

use penguiflow::prelude::*;

use super::Job::{Fails, Gives, IsNone, Panics};
use super::{begun, items, lines, plus, work};
use penguiflow_tests::support::{Notebook, ms};

/// How many ran at once, at most, of items whose beginning and end were written.
fn most_at_once(notes: &Notebook) -> usize {
    let mut running = 0;
    let steps = notes.lines().into_iter().map(|line| {
        match line.rsplit(' ').next() {
            Some("begins") => running += 1,
            Some("gone") => running -= 1,
            _ => {}
        }
        running
    });
    steps.max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn the_next_item_begins_as_soon_as_a_place_is_free() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> join }.with_state(notes.clone());
    flow.run([30, 10, 15, 20, 1].map(Gives).to_vec()).await?;
    assert_eq!(begun(&notes), [0, 0, 10, 25, 30]);
    assert_eq!(most_at_once(&notes), 2);
    assert_eq!(notes.times().last(), Some(&45));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_at_a_time_is_one_after_the_other() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 1] -> join }.with_state(notes.clone());
    flow.run([3, 2, 1].map(Gives).to_vec()).await?;
    assert_eq!(begun(&notes), [0, 3, 5]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn more_room_than_items_lets_all_begin() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 100] -> join }.with_state(notes.clone());
    flow.run([3, 2, 1].map(Gives).to_vec()).await?;
    assert_eq!(begun(&notes), [0, 0, 0]);
    Ok(())
}

/// The limit is a message's own. What all traces share is `concurrency` on the node.
#[tokio::test(start_paused = true)]
async fn each_trace_has_so_many() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> join }.with_state(notes.clone());
    let given = || [10, 10, 10, 10].map(Gives).to_vec();
    let (one, other) = tokio::join!(flow.run(given()), flow.run(given()));
    assert_eq!((one?.len(), other?.len()), (4, 4));
    assert_eq!(most_at_once(&notes), 4);
    assert_eq!(begun(&notes), [0, 0, 0, 0, 10, 10, 10, 10]);
    Ok(())
}

/// An item is over when its chain is, not when its first node is.
#[node]
async fn rest(n: u64, State(notes): State<Notebook>) -> u64 {
    tokio::time::sleep(ms(10)).await;
    notes.write("rested");
    n
}

#[tokio::test(start_paused = true)]
async fn a_chain_holds_its_items_place_to_its_end() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work -> rest -> plus; 1] -> join }.with_state(notes.clone());
    assert_eq!(flow.run([5, 5].map(Gives).to_vec()).await?, [6, 6]);
    assert_eq!(begun(&notes), [0, 15]);
    Ok(())
}

/// Whatever ends an item makes room: an error, a panic, a timeout, `None`.
#[tokio::test(start_paused = true)]
async fn an_item_that_fails_makes_room_for_the_next() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 1] -> settle };
    let given = vec![Fails(5), Panics(6), Gives(200), Gives(7)];
    let list = flow.with_state(notes.clone()).run(given).await?;
    let ends: Vec<_> = list
        .iter()
        .map(|part| part.as_ref().map_err(|error| error.kind))
        .collect();
    assert_eq!(
        ends,
        [
            Err(ErrorKind::Failed),
            Err(ErrorKind::Panicked),
            Err(ErrorKind::TimedOut),
            Ok(&7)
        ]
    );
    assert_eq!(begun(&notes), [0, 5, 11, 111]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_item_that_ends_in_none_makes_room_for_the_next() {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 1] -> join }.with_state(notes.clone());
    let unjoined = flow.run(vec![IsNone(5), Gives(6), Gives(7)]).await;
    assert_eq!(
        unjoined.expect_err("one is missing").kind(),
        ErrorKind::Unjoined
    );
    assert_eq!(begun(&notes), [0, 5, 11]);
}

/// Writes its number, and fails at the first attempt.
#[node(retries = 2, backoff = "20ms", timeout = "10ms", jitter = false)]
async fn second_time_lucky(
    n: &u64,
    ctx: Ctx,
    State(notes): State<Notebook>,
) -> Result<u64, String> {
    notes.write(format!("{n} begins"));
    let _gone = notes.on_drop(&format!("{n} is gone"));
    match ctx.attempt() {
        0 => Err("unlucky".to_owned()),
        1 => std::future::pending().await,
        _ => Ok(*n),
    }
}

/// A retry's sleep is a part of the item: the next one waits for it.
#[tokio::test(start_paused = true)]
async fn an_item_that_is_retried_keeps_its_place() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { super::count -> [second_time_lucky; 1] -> join };
    assert_eq!(flow.with_state(notes.clone()).run(2).await?, [0, 1]);
    assert_eq!(begun(&notes), [0, 20, 70, 70, 90, 140]);
    Ok(())
}

const AT_ONCE: usize = 2;

mod settings {
    pub(super) const ONE: usize = 1;
    pub(super) const AT_ONCE: usize = ONE + 1;
}

/// The limit is an expression that the compiler can compute.
#[tokio::test(start_paused = true)]
async fn a_limit_may_be_a_const() -> Result<(), FlowError> {
    for number in 0..3 {
        let notes = Notebook::new();
        let given = [10, 10, 10].map(Gives).to_vec();
        match number {
            0 => {
                flow! { items -> [work; AT_ONCE] -> join }
                    .with_state(notes.clone())
                    .run(given)
                    .await?
            }
            1 => {
                flow! { items -> [work; settings::AT_ONCE] -> join }
                    .with_state(notes.clone())
                    .run(given)
                    .await?
            }
            _ => {
                flow! { items -> [work; settings::ONE + 1] -> join }
                    .with_state(notes.clone())
                    .run(given)
                    .await?
            }
        };
        assert_eq!(begun(&notes), [0, 0, 10]);
    }
    Ok(())
}

/// A node's own limit and the map's hold together.
#[node(concurrency = 1)]
async fn alone(n: u64, State(notes): State<Notebook>) -> u64 {
    notes.write(format!("{n} begins"));
    tokio::time::sleep(ms(10)).await;
    n
}

#[tokio::test(start_paused = true)]
async fn a_nodes_own_limit_holds_in_a_map() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { super::count -> [alone; 3] -> join }.with_state(notes.clone());
    assert_eq!(flow.run(3).await?, [0, 1, 2]);
    assert_eq!(begun(&notes), [0, 10, 20]);
    assert!(lines(&notes, "is gone").is_empty());
    Ok(())
}
