//! Where in a flow a trace may park: branches, maps, loops, the last stage, several places.

use penguiflow::prelude::*;

use super::{Approval, draft, publish, until_parked};
use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn begin(n: u32) -> u32 {
    n
}

#[node]
async fn one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn slow(n: u32, State(notes): State<Notebook>) -> u32 {
    tokio::time::sleep(ms(100)).await;
    notes.write("slow");
    n
}

#[node]
async fn sum((a, b): (u32, u32)) -> u32 {
    a + b
}

#[node]
async fn total(parts: Vec<u32>) -> u32 {
    parts.into_iter().sum()
}

#[node]
async fn either((a, b): (Result<u32, NodeError>, Result<u32, NodeError>)) -> u32 {
    a.unwrap_or(1_000) + b.unwrap_or(1_000)
}

/// Runs a flow from 1 with each value given to whatever waits first, and gives the output.
macro_rules! resumed {
    ($flow:expr, $($value:expr),+) => {{
        let flow = $flow.with_state(Notebook::new());
        let give = async {
            $(
                until_parked(&flow, 1).await;
                let id = flow.parked()[0].trace_id;
                flow.resume(id, $value).await.expect("it waits");
            )+
        };
        let (output, ()) = tokio::join!(flow.run(1), give);
        output
    }};
}

#[tokio::test(start_paused = true)]
async fn an_await_parks_in_a_branch_of_each_kind_of_join() -> Result<(), FlowError> {
    let join = flow! { begin -> [draft -> await Approval -> publish, one] -> join -> sum };
    assert_eq!(resumed!(join, Approval(10))?, 13);
    let settle = flow! { begin -> [draft -> await Approval -> publish, one] -> settle -> either };
    assert_eq!(resumed!(settle, Approval(10))?, 13);
    let quorum = flow! { begin -> [draft -> await Approval -> publish, one] -> quorum(2) -> total };
    assert_eq!(resumed!(quorum, Approval(10))?, 13);
    let race = flow! { begin -> [draft -> await Approval -> publish, slow] -> race -> one };
    assert_eq!(resumed!(race, Approval(10))?, 12);
    Ok(())
}

/// Protects the losers of a race, which leave nothing parked, and settle's view of the time.
#[tokio::test(start_paused = true)]
async fn a_branch_that_waits_in_vain_is_dropped_or_failed() -> Result<(), FlowError> {
    let race = flow! { begin -> [draft -> await Approval -> publish, one] -> race -> draft_two };
    let race = race.with_state(Notebook::new());
    assert_eq!(race.run(1).await?, 2);
    assert!(race.parked().is_empty());
    let settle = flow! {
        begin -> [draft -> await Approval within "1s" -> publish, one] -> settle -> either
    };
    assert_eq!(settle.with_state(Notebook::new()).run(1).await?, 1_002);
    Ok(())
}

#[node]
async fn draft_two(n: u32) -> u32 {
    n
}

/// Protects the other branches, which run on while one waits, and after it was resumed.
#[tokio::test(start_paused = true)]
async fn while_other_branches_run() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { begin -> [draft -> await Approval -> publish, slow] -> join -> sum };
    let flow = flow.with_state(notes.clone());
    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    tokio::time::sleep(ms(50)).await;
    flow.resume(id, Approval(10)).await.expect("it waits");
    assert_eq!(running.fetch().await.expect("a result")?.payload, 12);
    let lines = [(0, "draft 1".to_owned()), (100, "slow".to_owned())];
    assert_eq!(notes.timed(), lines);
    Ok(())
}

#[node]
async fn list(n: u32) -> Vec<u32> {
    (0..n).collect()
}

/// Protects which item a value is for: it is named by its step.
#[tokio::test(start_paused = true)]
async fn each_item_of_a_map_is_resumed_by_its_step() -> Result<(), FlowError> {
    let flow = flow! { list -> [draft -> await Approval -> publish; 2] -> join -> show };
    let flow = flow.with_state(Notebook::new());
    let running = flow.start();
    let id = running.emit(3).await?;
    until_parked(&flow, 2).await;
    let [first, second] = &flow.parked()[..] else {
        panic!("two at a time");
    };
    let later = flow.resume_step(id, second.step, Approval(10)).await;
    later.expect("it waits");
    let again = flow.resume_step(id, second.step, Approval(10)).await;
    assert!(again.is_err(), "it went on");
    until_parked(&flow, 2).await;
    let early = flow.resume_step(id, first.step, Approval(20)).await;
    early.expect("it waits");
    until_parked(&flow, 1).await;
    flow.resume(id, Approval(30))
        .await
        .expect("the third waits");
    let output = running.fetch().await.expect("a result")?;
    assert_eq!(output.payload, [20, 11, 32]);
    Ok(())
}

#[node]
async fn show(parts: Vec<u32>) -> Vec<u32> {
    parts
}

#[node]
async fn until_ten((n, approval): (u32, Approval)) -> ControlFlow<u32, u32> {
    match n + approval.0 {
        n if n >= 10 => ControlFlow::Break(n),
        n => ControlFlow::Continue(n),
    }
}

#[tokio::test(start_paused = true)]
async fn in_each_turn_of_a_loop() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> until_ten -> draft };
    let output = resumed!(flow, Approval(3), Approval(4), Approval(5));
    assert_eq!(output?, 13);
    Ok(())
}

#[derive(Debug)]
struct Signature(u32);

#[node]
async fn sign((n, signature): (u32, Signature)) -> u32 {
    n * signature.0
}

#[tokio::test(start_paused = true)]
async fn twice_and_for_two_types() -> Result<(), FlowError> {
    let twice = flow! { draft -> await Approval -> publish -> await Approval -> until_twelve };
    assert_eq!(resumed!(twice, Approval(1), Approval(10))?, 12);
    let types = flow! { draft -> await Approval -> publish -> await Signature -> sign };
    assert_eq!(resumed!(types, Approval(1), Signature(10))?, 20);
    let at_once = flow! {
        draft -> [await Approval -> publish, await Signature -> sign] -> join -> sum
    };
    let flow = at_once.with_state(Notebook::new());
    let give = async {
        until_parked(&flow, 2).await;
        let id = flow.parked()[0].trace_id;
        flow.resume(id, Signature(5)).await.expect("it waits");
        flow.resume(id, Approval(1)).await.expect("it waits");
    };
    let (output, ()) = tokio::join!(flow.run(2), give);
    assert_eq!(output?, 13);
    Ok(())
}

#[node]
async fn until_twelve((n, approval): (u32, Approval)) -> u32 {
    n + approval.0
}

#[tokio::test(start_paused = true)]
async fn an_await_may_be_the_last_stage() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval };
    assert_eq!(resumed!(flow, Approval(9))?, (1, Approval(9)));
    Ok(())
}
