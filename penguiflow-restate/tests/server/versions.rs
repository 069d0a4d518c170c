//! Versions of a flow side by side at two addresses, and traces that go on with another version.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use local_restate::Server;
use penguiflow::ErasedRunning;
use penguiflow::host::{HostError, HostedState, TraceSummary};
use penguiflow::prelude::*;
use penguiflow_restate::{Client, Error, Running, endpoint};
use tokio::sync::Semaphore;

use crate::support::{Worker, admin, again, registered, server};
use crate::{Approval, Both, Calls, resumed};

/// Holds the steps of traces that are packed, until it is open.
#[derive(Clone)]
struct Gate {
    begun: Arc<AtomicUsize>,
    open: Arc<Semaphore>,
}

impl Gate {
    /// A gate that lets this many pass.
    fn of(permits: usize) -> Self {
        let (begun, open) = (Arc::default(), Arc::new(Semaphore::new(permits)));
        Self { begun, open }
    }

    async fn pass(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let permit = self.open.acquire().await;
        permit.expect("it is not closed").forget();
    }

    async fn has_begun(&self, steps: usize) {
        while self.begun.load(Ordering::SeqCst) < steps {
            tokio::task::yield_now().await;
        }
    }
}

#[node]
async fn pack(n: u32, State(gate): State<Gate>) -> u32 {
    gate.pass().await;
    n * 2
}

/// The version that traces begin on.
mod old {
    use penguiflow::prelude::*;

    use super::pack;
    use crate::Approval;

    #[node]
    async fn send((n, Approval(_)): (u32, Approval)) -> String {
        format!("old {n}")
    }

    flow! {
        #[flow(durable)]
        pub(super) struct Parcel(u32) -> String;

        pack -> await Approval -> send;
    }
}

/// What a trace has passed is the same, what is ahead of it is not.
mod fitting {
    use penguiflow::prelude::*;

    use super::pack;
    use crate::Approval;

    #[node]
    async fn stamp((n, Approval(_)): (u32, Approval)) -> u32 {
        n + 1
    }

    #[node]
    async fn send(n: u32) -> String {
        format!("fitting {n}")
    }

    flow! {
        #[flow(durable)]
        pub(super) struct Parcel(u32) -> String;

        pack -> await Approval -> stamp -> send;
    }
}

/// Another topology.
mod other {
    use penguiflow::prelude::*;

    #[node]
    async fn weigh(n: u32) -> u32 {
        n
    }

    #[node]
    async fn send(n: u32) -> String {
        format!("other {n}")
    }

    flow! {
        #[flow(durable)]
        pub(super) struct Parcel(u32) -> String;

        weigh -> send;
    }
}

/// A node of the same name with another output.
mod retyped {
    use penguiflow::prelude::*;

    use super::Gate;
    use crate::Approval;

    #[node]
    async fn pack(n: u32, State(_gate): State<Gate>) -> String {
        n.to_string()
    }

    #[node]
    async fn send((text, Approval(_)): (String, Approval)) -> String {
        text
    }

    flow! {
        #[flow(durable)]
        pub(super) struct Parcel(u32) -> String;

        pack -> await Approval -> send;
    }
}

type Parcels = Running<u32, String>;

/// What the server has of the invocation that runs a trace.
async fn asked(server: &Server, id: TraceId, column: &str) -> String {
    let query = format!(
        "SELECT {column} AS asked FROM sys_invocation WHERE target_service_key = '{id}' AND \
         target_handler_name = 'run'"
    );
    let query = serde_json::json!({ "query": query }).to_string();
    let answer = admin(server, "POST /query", &query).await;
    let asked = answer.split_once("\"asked\":\"");
    let asked = asked.and_then(|(_, rest)| rest.split('"').next());
    asked.unwrap_or_default().to_owned()
}

/// Waits until the trace is at this by the server's word.
async fn is_at(server: &Server, id: TraceId, status: &str) {
    while asked(server, id, "status").await != status {
        tokio::task::yield_now().await;
    }
}

/// From now on workers let go the traces that wait.
async fn suspends_soon(server: &Server) {
    let soon = r#"{"inactivity_timeout": "100ms"}"#;
    let answer = admin(server, "PATCH /services/Parcel", soon).await;
    assert!(answer.contains("200 OK"), "{answer}");
}

/// The trace, once it is listed as this.
async fn listed(parcels: &Parcels, id: TraceId, state: HostedState) -> TraceSummary {
    loop {
        if let Ok(detail) = parcels.trace_detail(id).await
            && detail.summary.state == state
        {
            return detail.summary;
        }
        tokio::task::yield_now().await;
    }
}

async fn output(parcels: &Parcels, id: TraceId) -> String {
    let mut outputs = parcels.outputs(id).await.expect("outputs");
    outputs.swap_remove(0).payload
}

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

/// A trace that is parked on the old version and that no worker holds, with all that lives.
struct Parked {
    server: Server,
    client: Client,
    parcels: Parcels,
    id: TraceId,
    gate: Gate,
    old: Worker,
}

async fn parked() -> Option<Parked> {
    let (server, client) = server().await?;
    let gate = Gate::of(10);
    let flow = old::Parcel::flow().with_state(gate.clone());
    let old = registered(&client, endpoint().flow(flow.clone())).await;
    suspends_soon(&server).await;
    let parcels = client.flow(flow);
    let id = parcels.emit(1).await.expect("emitted");
    is_at(&server, id, "suspended").await;
    Some(Parked {
        server,
        client,
        parcels,
        id,
        gate,
        old,
    })
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
