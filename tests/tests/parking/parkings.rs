//! The stream of the traces that park.

use futures_util::{FutureExt, StreamExt};
use penguiflow::prelude::*;

use super::{Approval, draft, publish, until_parked};
use penguiflow_tests::support::Notebook;

/// Protects who waits for work: it sees each trace once, also one that has parked before, whichever
/// clone runs it.
#[tokio::test(start_paused = true)]
async fn each_trace_that_parks_is_seen_once_by_each_reader() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish }.with_state(Notebook::new());
    let running = flow.start();
    let before = running.emit(0).await?;
    until_parked(&flow, 1).await;
    let (mut one, mut other) = (flow.parkings(), flow.clone().parkings());
    let another = flow.clone().start();
    let ids = [before, running.emit(1).await?, another.emit(2).await?];
    for id in ids {
        assert_eq!(one.next().await.expect("it parks").trace_id, id);
    }
    assert!(one.next().now_or_never().is_none());
    let seen: Vec<_> = other
        .by_ref()
        .take(3)
        .map(|parked| parked.trace_id)
        .collect()
        .await;
    assert_eq!(seen, ids);
    Ok(())
}

/// Protects the traces, which wait for no reader: what went on before it came is passed over.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_sees_what_still_waits() -> Result<(), FlowError> {
    const TRACES: u32 = 1_000;
    let flow = flow! { draft -> await Approval -> publish }.with_state(Notebook::new());
    let mut parkings = flow.parkings();
    let running = flow.start();
    for n in 0..TRACES {
        running.emit(n).await?;
    }
    until_parked(&flow, TRACES as usize).await;
    let last = flow.parked().pop().expect("there are many");
    for parked in flow.parked() {
        if parked.trace_id != last.trace_id {
            let resumed = flow.resume(parked.trace_id, Approval(0)).await;
            resumed.expect("it waits");
        }
    }
    let seen = parkings.next().await.expect("one waits");
    assert_eq!((seen.trace_id, seen.step), (last.trace_id, last.step));
    assert!(parkings.next().now_or_never().is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_waits_is_woken_and_learns_of_the_end() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish }.with_state(Notebook::new());
    let parkings = flow.parkings();
    let reader = tokio::spawn(parkings.map(|parked| parked.node).collect::<Vec<_>>());
    tokio::task::yield_now().await;
    let running = flow.start();
    running.emit(1).await?;
    until_parked(&flow, 1).await;
    tokio::task::yield_now().await;
    running.abort().await;
    drop((running, flow));
    assert_eq!(reader.await.expect("it ends"), ["await Approval"]);
    Ok(())
}
