//! Traces that are let go on at the latest version of their flow.

use std::sync::atomic::Ordering;

use penguiflow::ErasedRunning;
use penguiflow::host::{HostError, HostedState};
use penguiflow::prelude::*;
use penguiflow_restate::{Error, endpoint};

use crate::parcels::{Gate, asked, fitting, listed, old, other, output, parked};
use crate::support::{admin, again, registered, server};
use crate::{Approval, resumed};

/// Protects traces that wait for long from holding an old version for as long.
#[tokio::test]
async fn a_parked_trace_goes_on_with_the_latest_version_that_its_journal_fits() {
    let Some(trace) = parked().await else {
        return;
    };
    let fitting = fitting::Parcel::flow().with_state(trace.gate.clone());
    let _fitting = registered(&trace.client, endpoint().flow(fitting)).await;
    let (parcels, id) = (&trace.parcels, trace.id);
    parcels.retry(id).await.expect("it is let go");
    drop(trace.old);
    resumed(parcels, id, &Approval(true)).await;
    assert_eq!(output(parcels, id).await, "fitting 3");
    // The step that was over has not run again.
    assert_eq!(trace.gate.begun.load(Ordering::SeqCst), 1);
}

/// Protects a trace that was given to a version that it does not fit: it is not lost.
#[tokio::test]
async fn a_trace_that_does_not_fit_the_latest_version_waits_for_one_that_it_fits() {
    let Some(trace) = parked().await else {
        return;
    };
    let (parcels, id) = (&trace.parcels, trace.id);
    let _other = registered(&trace.client, endpoint().flow(other::Parcel::flow())).await;
    parcels.retry(id).await.expect("it is let go");
    let waits = listed(parcels, id, HostedState::Retrying).await;
    let why = waits.error.expect("what is wrong").message;
    assert!(why.contains("pack != weigh"), "{why}");
    assert!(waits.due.is_some(), "it is tried again");

    let fitting = fitting::Parcel::flow().with_state(trace.gate.clone());
    let _fitting = registered(&trace.client, endpoint().flow(fitting)).await;
    let erased: ErasedRunning = parcels.clone().into();
    erased.retry(id, None).await.expect("it is let go");
    resumed(parcels, id, &Approval(true)).await;
    assert_eq!(output(parcels, id).await, "fitting 3");
}

/// Protects who looks for what a paused trace waits for, also at a server that was started since.
#[tokio::test]
async fn a_paused_trace_is_dead_with_its_reason_until_it_is_tried_again() {
    let Some(mut trace) = parked().await else {
        return;
    };
    let (parcels, id) = (trace.parcels.clone(), trace.id);
    let other = registered(&trace.client, endpoint().flow(other::Parcel::flow())).await;
    parcels.retry(id).await.expect("it is let go");
    listed(&parcels, id, HostedState::Retrying).await;
    let invocation = asked(&trace.server, id, "id").await;
    let pause = format!("PATCH /invocations/{invocation}/pause");
    let answer = admin(&trace.server, &pause, "").await;
    assert!(answer.contains("202 Accepted"), "{answer}");
    listed(&parcels, id, HostedState::Dead).await;
    trace.server.kill().await.expect("it is gone");
    trace.server.start_again().await.expect("it serves");

    let paused = listed(&parcels, id, HostedState::Dead).await;
    assert_eq!(paused.due, None);
    let why = paused.error.expect("what is wrong").message;
    assert!(why.contains("pack != weigh"), "{why}");

    drop(other);
    let fitting = fitting::Parcel::flow().with_state(trace.gate.clone());
    let _fitting = registered(&trace.client, endpoint().flow(fitting)).await;
    parcels.retry(id).await.expect("it is let go");
    resumed(&parcels, id, &Approval(true)).await;
    assert_eq!(output(&parcels, id).await, "fitting 3");
}

/// Protects the traces of a worker whose address is gone for good.
#[tokio::test]
async fn a_trace_whose_worker_is_gone_goes_on_at_another_address() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let flow = old::Parcel::flow().with_state(Gate::of(10));
    let gone = registered(&client, endpoint().flow(flow.clone())).await;
    let parcels = client.flow(flow.clone());
    let id = parcels.emit(1).await.expect("emitted");
    listed(&parcels, id, HostedState::Parked).await;
    drop(gone);
    listed(&parcels, id, HostedState::Retrying).await;
    let _another = registered(&client, endpoint().flow(flow)).await;
    parcels.retry(id).await.expect("it is let go");
    resumed(&parcels, id, &Approval(true)).await;
    assert_eq!(output(&parcels, id).await, "old 2");
}

/// Protects traces that go on by themselves while somebody tries them again: none stays paused.
#[tokio::test]
async fn a_trace_that_goes_on_meanwhile_is_not_left_paused() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let flow = old::Parcel::flow().with_state(Gate::of(100));
    let first = registered(&client, endpoint().flow(flow.clone())).await;
    let parcels = client.flow(flow.clone());
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(parcels.emit(n).await.expect("emitted"));
    }
    for id in &ids {
        listed(&parcels, *id, HostedState::Parked).await;
    }
    let address = first.address.clone();
    drop(first);
    for id in &ids {
        listed(&parcels, *id, HostedState::Retrying).await;
    }
    let retries = ids.iter().map(|id| {
        let (parcels, id) = (parcels.clone(), *id);
        tokio::spawn(async move { parcels.retry(id).await })
    });
    let retries: Vec<_> = retries.collect();
    let _again = again(&endpoint().flow(flow), &address);
    for retried in retries {
        match retried.await.expect("no panic") {
            Ok(()) | Err(Error::Refused { status: 409, .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    for (n, id) in ids.into_iter().enumerate() {
        resumed(&parcels, id, &Approval(true)).await;
        assert_eq!(output(&parcels, id).await, format!("old {}", n * 2));
    }
}

/// Protects who tries a trace again that needs none of it: each is told why in a sentence.
#[tokio::test]
async fn a_trace_that_waits_for_no_version_is_not_tried_again() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let gate = Gate::of(0);
    let flow = old::Parcel::flow().with_state(gate.clone());
    let _old = registered(&client, endpoint().flow(flow.clone())).await;
    let parcels = client.flow(flow);
    let id = parcels.emit(1).await.expect("emitted");
    gate.has_begun(1).await;
    let error = parcels.retry(id).await.expect_err("it runs");
    let told = format!("the trace {id} is with a worker: it can be taken up by another version");
    assert!(error.to_string().starts_with(&told), "{error}");

    let erased: ErasedRunning = parcels.clone().into();
    let error = erased.retry(id, Some(b"7".to_vec())).await;
    let error = error.expect_err("another input");
    assert!(matches!(error, HostError::Unsupported(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the host of this flow cannot change the input of a step: what the trace has passed is in its journal"
    );

    gate.open.add_permits(1);
    listed(&parcels, id, HostedState::Parked).await;
    let error = parcels.retry(id).await.expect_err("a worker holds it");
    assert!(error.to_string().starts_with(&told), "{error}");
    resumed(&parcels, id, &Approval(true)).await;
    output(&parcels, id).await;
    for nobody in [id, TraceId::random()] {
        let error = parcels.retry(nobody).await.expect_err("nothing to try");
        assert!(matches!(error, Error::NotThere(_)), "{error}");
    }
}
