//! A shop whose tenants, errors and outputs are hostile, and whose nodes go on when a test lets them.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use penguiflow::prelude::*;
use penguiflow_serve::{Inspector, routes};
use penguiflow_sqlite::Sqlite;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What would run, were it ever parsed as markup.
pub(crate) const HOSTILE: &str =
    "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script>";

/// An order. One of 13 fails, one of 7 waits for an approval.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Order {
    pub(crate) n: u32,
    #[serde(default)]
    pub(crate) note: String,
}

/// The decision on an order.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Approval {
    approved: bool,
    by: Person,
    /// In percent.
    #[schemars(range(max = 50))]
    discount: u8,
    priority: Priority,
    terms: Terms,
    parcels: Vec<Parcel>,
    comment: Option<String>,
}

/// Who decides.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Person {
    #[serde(deserialize_with = "known")]
    name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Priority {
    Low,
    High,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Terms {
    Cash,
    /// To be paid later.
    Credit {
        days: u8,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Parcel {
    sku: String,
    count: u32,
}

/// No schema says who is known.
fn known<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    match name.as_str() {
        "Pingu" => Ok(name),
        _ => Err(serde::de::Error::custom(format!(
            "{HOSTILE} nobody knows {name}"
        ))),
    }
}

/// The price service is out of order.
#[derive(Debug)]
pub(crate) struct Outage(std::io::Error);

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the price service is away {HOSTILE}")
    }
}

impl std::error::Error for Outage {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Each permit lets one order through.
pub(crate) type Gate = Arc<Semaphore>;

#[node]
async fn read(order: Order) -> Order {
    order
}

#[node]
async fn weigh(order: Order, State(gate): State<Gate>) -> Order {
    if order.n < 100 {
        gate.acquire().await.expect("it stays open").forget();
    }
    order
}

#[node(retries = 1, backoff = "1ms..1ms")]
async fn price(order: Order) -> Result<Priced, Outage> {
    match order.n {
        13 => Err(Outage(std::io::Error::other("connection reset by peer"))),
        7 => Ok(Priced::ToApprove(order)),
        _ => Ok(Priced::Cheap(order)),
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Priced {
    Cheap(Order),
    ToApprove(Order),
}

#[node]
async fn sell(order: Order) -> String {
    format!("{} sold {HOSTILE}", order.n)
}

#[node]
async fn book((order, approval): (Order, Approval)) -> String {
    let approval = serde_json::to_string(&approval).unwrap_or_default();
    format!("{} booked {approval}", order.n)
}

#[node]
async fn hold(order: Order) -> Order {
    order
}

flow! {
    pub(crate) struct Shop(Order) -> String;

    read -> weigh -> price -> match {
        Priced::Cheap(order) => sell(order),
        Priced::ToApprove(order) => hold(order) -> await Approval within "1h" -> book,
    };
}

/// A shop that is served.
pub(crate) struct Served {
    pub(crate) flow: Flow<Shop, Gate>,
    pub(crate) running: Running<Shop, Gate>,
    pub(crate) gate: Gate,
    pub(crate) address: String,
}

/// Serves a shop on this machine.
pub(crate) async fn serve() -> Served {
    let inspector = Inspector::new().payloads();
    let gate = Gate::new(Semaphore::new(0));
    let flow = Shop::flow().with_state(Gate::clone(&gate)).show_payloads();
    let flow = flow.observe(inspector.clone()).capacity(1_000);
    let running = flow.clone().start();
    let other = Inspector::new();
    let second = flow! { read }.observe(other.clone()).start();
    let second = routes("second", second).inspector(other).open();
    let flows = routes("shop", running.clone()).inspector(inspector).open();
    let app = Router::new().merge(flows.and(second));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, app).await });
    Served {
        flow,
        running,
        gate,
        address: format!("http://{address}/shop/inspector"),
    }
}

#[node]
async fn note(n: u32) -> u32 {
    n
}

#[node]
async fn add((n, more): (u32, u32)) -> u32 {
    n + more
}

flow! {
    #[flow(durable)]
    struct Desk(u32) -> u32;

    note -> await u32 -> add;
}

/// Serves a flow on a store in this folder: one trace is over, two wait. Returns the page's address.
pub(crate) async fn serve_on_a_store(folder: &Path) -> String {
    let inspector = Inspector::new();
    let store = Sqlite::open(folder.join("store.db")).await;
    let flow = Desk::flow().observe(inspector.clone());
    let running = store.expect("a new store").start(flow).await;
    let running = running.expect("it starts");
    for n in [1, 2, 3] {
        running.emit(n).await.expect("it is stored");
    }
    let mut parkings = running.parkings();
    let first = parkings.next().await.expect("it waits");
    let first = first.expect("the store works").trace_id;
    let resumed = running.resume(first, 7u32).await;
    resumed.expect("it waits for a number");
    let flows = routes("desk", running).inspector(inspector).open();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, Router::new().merge(flows)).await });
    format!("http://{address}/desk/inspector")
}
