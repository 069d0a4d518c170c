//! A flow in several versions, and where its traces are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local_restate::Server;
use penguiflow::host::{HostedState, TraceSummary};
use penguiflow::prelude::*;
use penguiflow_restate::{Client, Running, endpoint};
use tokio::sync::Semaphore;

use crate::support::{Worker, admin, registered, server};

/// Holds the steps of traces that are packed, until it is open.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) begun: Arc<AtomicUsize>,
    pub(crate) open: Arc<Semaphore>,
}

impl Gate {
    /// A gate that lets this many pass.
    pub(crate) fn of(permits: usize) -> Self {
        let (begun, open) = (Arc::default(), Arc::new(Semaphore::new(permits)));
        Self { begun, open }
    }

    pub(crate) async fn pass(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let permit = self.open.acquire().await;
        permit.expect("it is not closed").forget();
    }

    pub(crate) async fn has_begun(&self, steps: usize) {
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
pub(crate) mod old {
    use penguiflow::prelude::*;

    use super::pack;
    use crate::Approval;

    #[node]
    async fn send((n, Approval(_)): (u32, Approval)) -> String {
        format!("old {n}")
    }

    flow! {
        #[flow(durable)]
        pub(crate) struct Parcel(u32) -> String;

        pack -> await Approval -> send;
    }
}

/// What a trace has passed is the same, what is ahead of it is not.
pub(crate) mod fitting {
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
        pub(crate) struct Parcel(u32) -> String;

        pack -> await Approval -> stamp -> send;
    }
}

/// Another topology.
pub(crate) mod other {
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
        pub(crate) struct Parcel(u32) -> String;

        weigh -> send;
    }
}

/// A node of the same name with another output.
pub(crate) mod retyped {
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
        pub(crate) struct Parcel(u32) -> String;

        pack -> await Approval -> send;
    }
}

pub(crate) type Parcels = Running<u32, String>;

/// What the server has of the invocation that runs a trace.
pub(crate) async fn asked(server: &Server, id: TraceId, column: &str) -> String {
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
pub(crate) async fn is_at(server: &Server, id: TraceId, status: &str) {
    while asked(server, id, "status").await != status {
        tokio::task::yield_now().await;
    }
}

/// From now on workers let go the traces that wait.
pub(crate) async fn suspends_soon(server: &Server) {
    let soon = r#"{"inactivity_timeout": "100ms"}"#;
    let answer = admin(server, "PATCH /services/Parcel", soon).await;
    assert!(answer.contains("200 OK"), "{answer}");
}

/// The trace, once it is listed as this.
pub(crate) async fn listed(parcels: &Parcels, id: TraceId, state: HostedState) -> TraceSummary {
    loop {
        if let Ok(detail) = parcels.trace_detail(id).await
            && detail.summary.state == state
        {
            return detail.summary;
        }
        tokio::task::yield_now().await;
    }
}

pub(crate) async fn output(parcels: &Parcels, id: TraceId) -> String {
    let mut outputs = parcels.outputs(id).await.expect("outputs");
    outputs.swap_remove(0).payload
}

/// A trace that is parked on the old version and that no worker holds, with all that lives.
pub(crate) struct Parked {
    pub(crate) server: Server,
    pub(crate) client: Client,
    pub(crate) parcels: Parcels,
    pub(crate) id: TraceId,
    pub(crate) gate: Gate,
    pub(crate) old: Worker,
}

pub(crate) async fn parked() -> Option<Parked> {
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
