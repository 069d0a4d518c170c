//! What a parked trace shows of itself: headers, times and the payload that waits.

use std::cell::Cell;

use penguiflow::Parked;
use penguiflow::prelude::*;
use serde::Serialize;

use super::{Approval, hold, release, until_parked};
use penguiflow_tests::support::{Notebook, ms};

thread_local! {
    /// Of the test that runs on this thread.
    static COPIES: Cell<u32> = const { Cell::new(0) };
}

/// Counts its copies.
#[derive(Debug, PartialEq, Serialize)]
struct Offer {
    price: u32,
}

impl Clone for Offer {
    fn clone(&self) -> Self {
        COPIES.set(COPIES.get() + 1);
        Self { price: self.price }
    }
}

fn copies() -> u32 {
    COPIES.replace(0)
}

#[node]
async fn offer(price: u32) -> Offer {
    Offer { price }
}

#[node]
async fn accept((offer, approval): (Offer, Approval)) -> u32 {
    offer.price + approval.0
}

/// The only step of the flow that waits.
async fn only_parked<F: penguiflow::host::Topology, S>(flow: &Flow<F, S>) -> Parked {
    until_parked(flow, 1).await;
    flow.parked().remove(0)
}

/// Protects the trace's own payload: it is copied for who asks, and where it is still looked at.
#[tokio::test(start_paused = true)]
async fn a_payload_is_shown_and_taken_back() -> Result<(), FlowError> {
    let flow = flow! { offer -> await Approval -> accept }.show_payloads();
    let running = flow.start();
    let id = running.emit(7).await?;
    let parked = only_parked(&flow).await;
    assert_eq!(copies(), 0, "nobody has asked");
    assert_eq!(parked.payload::<Offer>(), Some(Offer { price: 7 }));
    assert_eq!(copies(), 1);
    assert_eq!(parked.payload::<u32>(), None);
    assert_eq!(
        parked.payload_json(),
        Some(serde_json::json!({ "price": 7 }))
    );
    drop(parked);
    flow.resume(id, Approval(1)).await.expect("it waits");
    assert_eq!(running.fetch().await.expect("a result")?.payload, 8);
    assert_eq!(copies(), 0, "it was taken back");

    let id = running.emit(8).await?;
    let parked = only_parked(&flow).await;
    flow.resume(id, Approval(1)).await.expect("it waits");
    assert_eq!(running.fetch().await.expect("a result")?.payload, 9);
    assert_eq!(copies(), 1, "it was looked at");
    assert_eq!(parked.payload::<Offer>(), Some(Offer { price: 8 }));
    Ok(())
}

/// Protects flows that ask for nothing: their payloads wait unseen, and as they are.
#[tokio::test(start_paused = true)]
async fn a_payload_is_hidden_unless_the_flow_shows_it() -> Result<(), FlowError> {
    let flow = flow! { offer -> await Approval -> accept };
    let run = async {
        let parked = only_parked(&flow).await;
        assert_eq!(parked.payload::<Offer>(), None);
        assert_eq!(parked.payload_json(), None);
        let resumed = flow.resume(parked.trace_id, Approval(1)).await;
        resumed.expect("it waits");
    };
    let (output, ()) = tokio::join!(flow.run(7), run);
    assert_eq!(output?, 8);
    Ok(())
}

/// A `Draft` is neither `Clone` nor `Sync`.
#[tokio::test(start_paused = true)]
async fn a_payload_that_cannot_be_shown_waits_all_the_same() -> Result<(), FlowError> {
    let flow = flow! { hold -> await Approval -> release }.show_payloads();
    let flow = flow.with_state(Notebook::new());
    let run = async {
        let parked = only_parked(&flow).await;
        assert_eq!(parked.payload_json(), None);
        let resumed = flow.resume(parked.trace_id, Approval(1)).await;
        resumed.expect("it waits");
    };
    let (output, ()) = tokio::join!(flow.run(7), run);
    assert_eq!(output?, 8);
    Ok(())
}

#[node]
async fn refuse(failed: Failed<Offer>) -> (Offer, Approval) {
    (failed.input, Approval(0))
}

/// Protects the payload that a fallback is given.
#[tokio::test(start_paused = true)]
async fn a_payload_is_shown_until_a_fallback_takes_over() -> Result<(), FlowError> {
    let flow = flow! { offer -> await Approval within "1s" else refuse -> accept };
    let flow = flow.show_payloads();
    let look = async { only_parked(&flow).await.payload::<Offer>() };
    let (output, seen) = tokio::join!(flow.run(7), look);
    assert_eq!((output?, seen), (7, Some(Offer { price: 7 })));
    Ok(())
}

/// Its `Clone` panics.
#[derive(Debug)]
struct Fragile;

impl Clone for Fragile {
    fn clone(&self) -> Self {
        panic!("it broke")
    }
}

#[node]
async fn fragile(_: u32) -> Fragile {
    Fragile
}

#[node]
async fn pack((_, approval): (Fragile, Approval)) -> u32 {
    approval.0
}

#[tokio::test(start_paused = true)]
async fn a_panic_while_a_payload_is_copied_is_the_awaits_failure() {
    let flow = flow! { fragile -> await Approval -> pack }.show_payloads();
    let resume = async {
        let parked = only_parked(&flow).await;
        let resumed = flow.resume(parked.trace_id, Approval(1)).await;
        resumed.expect("it waits");
        parked
    };
    let (output, _parked) = tokio::join!(flow.run(7), resume);
    let error = output.expect_err("it is looked at, and copied");
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(error.node(), Some("await Approval"));
}

#[tokio::test(start_paused = true)]
async fn headers_and_times_are_listed() -> Result<(), FlowError> {
    let flow = flow! { offer -> await Approval within "1h" -> accept };
    let running = flow.start();
    tokio::time::sleep(ms(500)).await;
    let now = tokio::time::Instant::now();
    let message = Message::new(7).tenant("acme").topic("ice");
    let headers = message.headers.clone();
    running.emit(message).await?;
    let parked = only_parked(&flow).await;
    assert_eq!((&parked.headers, parked.since), (&headers, now));
    assert_eq!(parked.until, Some(now + ms(3_600_000)));
    let listed = serde_json::to_value(&parked).expect("it is plain data");
    assert_eq!(listed["headers"]["tenant"], "acme");
    assert_eq!(listed.get("payload"), None, "it is hidden");
    running.abort();

    let shown = flow.show_payloads();
    let running = shown.start();
    running.emit(8).await?;
    let listed = serde_json::to_value(only_parked(&shown).await).expect("it is plain data");
    assert_eq!(listed["payload"]["price"], 8);
    Ok(())
}
