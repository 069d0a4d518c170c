//! Versions of a flow side by side at two addresses, and journals that do not fit.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use penguiflow::host::HostedState;
use penguiflow::prelude::*;
use penguiflow_restate::{Running, endpoint};

use crate::parcels::{Gate, is_at, listed, old, other, output, parked, retyped, suspends_soon};
use crate::support::{again, registered, server};
use crate::{Approval, Both, Calls, resumed};

/// Protects traces from a version that they did not begin on, whatever they are at.
#[tokio::test]
async fn a_trace_stays_with_the_deployment_that_it_began_on() {
    let Some((server, client)) = server().await else {
        return;
    };
    let gate = Gate::of(2);
    let old = old::Parcel::flow().with_state(gate.clone());
    let _old = registered(&client, endpoint().flow(old.clone())).await;
    let parcels = client.flow(old);
    let parked = parcels.emit(1).await.expect("emitted");
    listed(&parcels, parked, HostedState::Parked).await;
    suspends_soon(&server).await;
    let suspended = parcels.emit(2).await.expect("emitted");
    is_at(&server, suspended, "suspended").await;
    let running = parcels.emit(3).await.expect("emitted");
    gate.has_begun(3).await;

    let _other = registered(&client, endpoint().flow(other::Parcel::flow())).await;
    let new = parcels.call(4).await.expect("an output");
    assert_eq!(new.payload, "other 4");

    gate.open.add_permits(1);
    let given = parcels.resume_json(suspended, None, "true").await;
    given.expect("it waits");
    assert_eq!(output(&parcels, suspended).await, "old 4");
    for (id, expected) in [(parked, "old 2"), (running, "old 6")] {
        resumed(&parcels, id, &Approval(true)).await;
        assert_eq!(output(&parcels, id).await, expected);
    }
}

/// Protects who looks for why a resumed trace does not go on: its own version reads the value, if the latest one
/// cannot load the trace.
#[tokio::test]
async fn a_value_that_the_version_of_the_trace_cannot_read_is_named() {
    let Some(trace) = parked().await else {
        return;
    };
    let (parcels, id) = (&trace.parcels, trace.id);
    let _other = registered(&trace.client, endpoint().flow(other::Parcel::flow())).await;
    let given = parcels.resume_json(id, None, "7").await;
    given.expect("the latest version knows no `Approval`");
    let why = listed(parcels, id, HostedState::Retrying).await.error;
    let why = why.expect("what is wrong").message;
    assert!(
        why.contains("the document does not fit `Approval`"),
        "{why}"
    );
    drop(trace.old);
}

/// Protects who plans before a roll-out: what has not begun is no trace of the old version.
#[tokio::test]
async fn a_trace_that_begins_later_begins_at_the_version_that_is_the_latest_then() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let old = old::Parcel::flow().with_state(Gate::of(10));
    let _old = registered(&client, endpoint().flow(old.clone())).await;
    let parcels = client.flow(old);
    let time = SystemTime::now() + Duration::from_secs(1);
    let id = parcels.emit_at(time, 1).await.expect("emitted");
    let _other = registered(&client, endpoint().flow(other::Parcel::flow())).await;
    assert_eq!(output(&parcels, id).await, "other 1");
}

/// Protects who looks for what a trace waits for: the reason is a sentence, and not that the server's protocol
/// knows no pause.
#[tokio::test]
async fn a_journalled_output_that_no_longer_fits_is_named() {
    let Some(trace) = parked().await else {
        return;
    };
    let (parcels, id) = (&trace.parcels, trace.id);
    let retyped = retyped::Parcel::flow().with_state(trace.gate.clone());
    let _retyped = registered(&trace.client, endpoint().flow(retyped)).await;
    parcels.retry(id).await.expect("it is let go");
    let why = loop {
        let detail = parcels.trace_detail(id).await.expect("a trace");
        if let Some(error) = detail.summary.error {
            break error.message;
        }
    };
    let waits = format!("the trace {id} waits for a version of `Parcel` that can go on with it: ");
    assert!(why.contains(&waits), "{why}");
    assert!(why.contains("took `(u32, Approval)`"), "{why}");
}

/// The flow of the same name in a later version, which has another node in a place.
mod later {
    use penguiflow::prelude::*;

    use crate::{Calls, describe};

    #[node]
    async fn triple(n: u32, State(_calls): State<Calls>) -> u32 {
        n * 3
    }

    flow! {
        #[flow(durable)]
        pub(super) struct Both(u32) -> String;

        triple -> describe;
    }
}

/// A deployment that is served at the same address takes up the traces that have begun there.
#[tokio::test]
async fn a_journal_that_no_longer_fits_waits_for_a_version_that_it_fits() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let calls = Calls::default();
    let flow = Both::flow().with_state(calls.clone());
    let first = registered(&client, endpoint().flow(flow.clone())).await;
    let running = client.flow(flow.clone());
    let id = running.emit(1).await.expect("emitted");
    while calls.slow.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let address = first.address.clone();
    drop(first);
    let changed = later::Both::flow().with_state(calls.clone());
    let second = again(&endpoint().flow(changed), &address);
    while !has_failed(&running, id, "double != triple").await {
        tokio::task::yield_now().await;
    }
    drop(second);
    let _third = again(&endpoint().flow(flow), &address);
    assert_eq!(output(&running, id).await, "it is 3012");
}

async fn has_failed(running: &Running<u32, String>, id: TraceId, why: &str) -> bool {
    let detail = running.trace_detail(id).await.expect("a trace");
    let error = detail.summary.error;
    error.is_some_and(|error| error.message.contains(why))
}
