//! A loop in a branch or in an item, whose head has a fallback. All were found by generated flows.

use penguiflow::prelude::*;

use super::irregular::{count, last, show};
use super::{start, sum};
use penguiflow_tests::support::{Notebook, ms};

/// Goes round until a hundred is reached.
#[node]
async fn grow(n: u32) -> Result<u32, String> {
    match n {
        7 => Err("not seven".to_owned()),
        n => Ok(n + 1),
    }
}

#[node]
async fn mend(failed: Failed<u32>) -> u32 {
    failed.input + 100
}

#[node]
async fn list(n: u32) -> Vec<u32> {
    vec![n, n + 1]
}

/// A loop whose head has a fallback stays in its branch: the fallback takes over there from a
/// failure as from a budget that is used up.
#[tokio::test(start_paused = true)]
async fn a_fallback_at_a_loops_head_stays_in_its_branch() -> Result<(), FlowError> {
    let flow = flow! {
        start -> [grow else mend -> match { n if n < 100 => grow(n), n => show(n) }, last] -> join -> sum
    };
    assert_eq!(
        flow.clone().run(0).await?,
        107,
        "it fails in the eighth round"
    );
    assert_eq!(
        flow.clone().hops(4).run(0).await?,
        104,
        "there are four rounds"
    );
    assert_eq!(flow.run(95).await?, 100 + 95);
    Ok(())
}

/// Likewise among a map's items.
#[tokio::test(start_paused = true)]
async fn a_fallback_at_a_loops_head_stays_in_its_item() -> Result<(), FlowError> {
    let flow = flow! {
        list -> [grow else mend -> match { n if n < 100 => grow(n), n => show(n) }; 2] -> join -> count
    };
    assert_eq!(flow.run(0).await?, 107 + 107);
    Ok(())
}

/// Takes ten milliseconds for each round.
#[node]
async fn grow_slowly(n: u32, State(notes): State<Notebook>) -> Result<u32, String> {
    notes.write(n);
    tokio::time::sleep(ms(10)).await;
    match n {
        2 => Err("not two".to_owned()),
        n => Ok(n + 1),
    }
}

#[node]
async fn show_slowly(n: u32, State(notes): State<Notebook>) -> u32 {
    notes.write(n);
    tokio::time::sleep(ms(100)).await;
    n
}

/// Likewise among items that go on by themselves: one has its place for as long as it goes round,
/// and no longer.
#[tokio::test(start_paused = true)]
async fn an_item_that_goes_on_by_itself_has_its_place_for_all_of_its_rounds()
-> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        list -> [
            grow_slowly else mend -> match { n if n < 100 => grow_slowly(n), n => show(n) }; 1
        ] -> show_slowly
    };
    let flow = flow.with_state(notes.clone());
    assert_eq!(flow.run_all(1).await?, [102, 102]);
    let seen = [(0, 1), (10, 2), (20, 2), (20, 102), (30, 102)];
    let seen = seen.map(|(at, n)| (at, n.to_string()));
    assert_eq!(notes.timed(), seen);
    Ok(())
}
