//! A store with a trace in each state. Times are those of 30 November 2026, before noon.

use std::path::Path;

use penguiflow::{Message, TraceId};
use penguiflow_sqlite::store::{Options, Store};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::publish::Publish;

/// Noon, in milliseconds since the epoch.
pub(crate) const NOON: i64 = 1_796_040_000_000;
const MINUTE: i64 = 60_000;

// The ids of the traces: each begins with its own digits, but the last two.
pub(crate) const RUNNING: u128 = 0x1111_aaaa_0000_0000_0000_0000_0000_0001;
pub(crate) const PARKED: u128 = 0x2222_bbbb_0000_0000_0000_0000_0000_0002;
pub(crate) const RETRYING: u128 = 0x3333_cccc_0000_0000_0000_0000_0000_0003;
pub(crate) const DEAD: u128 = 0x4444_dddd_0000_0000_0000_0000_0000_0004;
pub(crate) const DONE: u128 = 0x5555_eeee_0000_0000_0000_0000_0000_0005;
pub(crate) const FAILED: u128 = 0x6666_ffff_0000_0000_0000_0000_0000_0006;
pub(crate) const CANCELLED: u128 = 0x7777_0000_0000_0000_0000_0000_0000_0007;
pub(crate) const BEGUN: u128 = 0x7777_1111_0000_0000_0000_0000_0000_0008;

/// A folder with the store `shop.db`.
pub(crate) struct Shop {
    folder: TempDir,
}

impl Shop {
    /// One that has a trace in each state, and two that run.
    pub(crate) async fn open() -> Self {
        let shop = Self::empty().await;
        let connection = shop.connection();
        add_flow(&connection);
        add(&connection, Row::of(CANCELLED, 6, 9_000));
        let row = Row::of(FAILED, 5, 4_000).history(1);
        let error = json!({"kind": "deadline_exceeded", "message": "the deadline passed"});
        add(&connection, row.error(error));
        add(&connection, Row::of(DONE, 4, 1_500).history(5));
        let row = Row::of(DEAD, 3, 180).frontier(after(DEAD, 1).await);
        add(&connection, row.history(1).error(timed_out()));
        add_dead(&connection, DEAD);
        let frontier = after(PARKED, 4).await;
        let waits = json!([{
            "step": step(&frontier), "node": "await Approval",
            "awaited": "Approval", "since": NOON - 61 * MINUTE, "until": NOON + 23 * 60 * MINUTE,
        }]);
        let row = Row::of(PARKED, 1, 62).frontier(frontier);
        add(&connection, row.history(4).waits(waits));
        let frontier = after(BEGUN, 0).await;
        add(&connection, Row::of(BEGUN, 0, 7).frontier(frontier));
        let row = Row::of(RUNNING, 0, 6).frontier(after(RUNNING, 2).await);
        add(&connection, row.history(2));
        let row = Row::of(RETRYING, 2, 5).frontier(after(RETRYING, 1).await);
        add(&connection, row.history(1).due(NOON + 4_000));
        add_rest(&connection);
        shop
    }

    /// One without traces.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shop.db");
        let store = Store::open(&path, Options::default()).expect("a store");
        store.close().await;
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// As its host opens it.
    pub(crate) fn host(&self) -> Store {
        Store::open(self.folder().join("shop.db"), Options::default()).expect("a store")
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection::open(self.folder().join("shop.db")).expect("a store")
    }
}

pub(crate) fn id(bits: u128) -> TraceId {
    TraceId::from_u128(bits).expect("it is not zero")
}

/// The frontier of a trace after so many steps.
async fn after(bits: u128, steps: usize) -> Value {
    let flow = Publish::flow();
    let message = Message::new("penguins".to_owned())
        .trace_id(id(bits))
        .tenant("acme")
        .meta("order", "17");
    let mut frontier = flow.begin(message);
    for _ in 0..steps {
        let step = frontier.next_step().expect("a step to run");
        frontier.absorb(flow.advance(step).await.expect("it goes on"));
    }
    let mut stored = serde_json::to_value(&frontier).expect("it can be stored");
    set_times(&mut stored);
    stored
}

/// All times are noon: those of a test are not the same twice.
fn set_times(stored: &mut Value) {
    match stored {
        Value::Object(fields) if fields.contains_key("secs_since_epoch") => {
            *stored = json!({"secs_since_epoch": NOON / 1_000, "nanos_since_epoch": 0});
        }
        Value::Object(fields) => fields.values_mut().for_each(set_times),
        Value::Array(items) => items.iter_mut().for_each(set_times),
        _ => {}
    }
}

/// The step at which a frontier is parked.
fn step(frontier: &Value) -> String {
    let step = frontier
        .pointer("/parked/0/pending/cursor/id")
        .and_then(Value::as_str);
    step.expect("it is parked").to_owned()
}

/// A row of traces.
struct Row {
    id: u128,
    state: i64,
    created: i64,
    due: Option<i64>,
    waits: Option<String>,
    frontier: Option<String>,
    history: String,
    error: Option<String>,
}

impl Row {
    /// Emitted so many minutes before noon.
    fn of(id: u128, state: i64, minutes: i64) -> Self {
        Self {
            id,
            state,
            created: NOON - minutes * MINUTE - 30_000,
            due: None,
            waits: None,
            frontier: None,
            history: String::new(),
            error: None,
        }
    }

    fn frontier(self, frontier: Value) -> Self {
        let frontier = Some(frontier.to_string());
        Self { frontier, ..self }
    }

    fn due(self, due: i64) -> Self {
        let due = Some(due);
        Self { due, ..self }
    }

    fn waits(self, waits: Value) -> Self {
        let waits = Some(waits.to_string());
        Self { waits, ..self }
    }

    fn error(self, error: Value) -> Self {
        let error = Some(error.to_string());
        Self { error, ..self }
    }

    /// Of the first steps, one second after each other; the second one of them was tried twice.
    fn history(self, steps: usize) -> Self {
        let nodes = ["draft", "style", "facts", "edit", "await Approval"];
        let lines = nodes
            .iter()
            .take(steps)
            .zip(0i64..)
            .flat_map(|(node, place)| {
                let at = self.created + place * 1_000;
                let line = |attempt: u32, outcome: &str| {
                    json!({
                        "step": format!("{place:016x}"), "node": node, "attempt": attempt,
                        "at": at + i64::from(attempt) * 600, "took": 250_000, "outcome": outcome,
                    })
                };
                let mut lines = vec![line(0, "ok")];
                if place == 1 {
                    lines = vec![line(0, "retried"), line(1, "ok")];
                    lines[0]["error"] = json!("node `style` failed: the thesaurus is closed");
                }
                lines
            });
        let history = lines.map(|line| line.to_string() + "\n").collect();
        Self { history, ..self }
    }
}

fn add(connection: &Connection, row: Row) {
    let sql =
        "INSERT INTO traces(id, flow, state, revision, due, created, updated, waits, frontier,
        history, error) VALUES(?1, 1, ?2, 3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let id = row.id.to_be_bytes();
    let updated = row.created + 4_000;
    let (frontier, history) = (
        row.frontier.map(String::into_bytes),
        row.history.into_bytes(),
    );
    let values = params![
        id,
        row.state,
        row.due,
        row.created,
        updated,
        row.waits,
        frontier,
        history,
        row.error
    ];
    connection.execute(sql, values).expect("a new trace");
    // As a host does where a trace ends.
    let count = "INSERT INTO ended_counts SELECT 1, ?1, 1 WHERE ?1 > 3
        ON CONFLICT DO UPDATE SET count = count + 1";
    let counted = connection.execute(count, [row.state]);
    counted.expect("an ended trace is counted");
}

fn add_flow(connection: &Connection) {
    let flow = Publish::flow();
    let awaits = flow.awaits().iter().map(|place| {
        let schema = place.schema().map(|schema| schema.to_value());
        json!({"node": place.name, "awaited": place.awaited.to_string(), "schema": schema})
    });
    let awaits = Value::Array(awaits.collect()).to_string();
    let sql = "INSERT INTO flows(name, graph, awaits, started) VALUES('Publish', ?1, ?2, ?3)";
    let values = params![flow.graph().to_json(), awaits, NOON - 600 * MINUTE];
    connection.execute(sql, values).expect("a new flow");
}

fn timed_out() -> Value {
    json!({
        "kind": "timed_out", "node": "style", "path": "Publish/style", "attempts": 3,
        "message": "node `style` timed out after 3 attempts; each had 2 s",
        "causes": ["the thesaurus is closed"],
    })
}

fn add_dead(connection: &Connection, id: u128) {
    let sql = "INSERT INTO dead(flow, trace, step, node, path, error, input, at)
        VALUES(1, ?1, '00000000000000aa', 'style', 'Publish/style', ?2, ?3, ?4)";
    let (error, input) = (
        timed_out().to_string(),
        br#"{"style": "All about penguins"}"#,
    );
    let values = params![id.to_be_bytes(), error, input, NOON - 170 * MINUTE];
    connection.execute(sql, values).expect("a dead letter");
}

/// A schedule, a key, and a result that nobody has acknowledged.
fn add_rest(connection: &Connection) {
    let sql = "INSERT INTO schedules VALUES(1, 'nightly', '0 3 * * *', ?1, ?2, ?3)";
    let values = params![br#""krill""#, NOON + 900 * MINUTE, NOON - 540 * MINUTE];
    connection.execute(sql, values).expect("a schedule");
    let sql = "INSERT INTO keys VALUES(1, 'order-17', ?1, ?2)";
    let parked = PARKED.to_be_bytes();
    connection
        .execute(sql, params![parked, NOON])
        .expect("a key");
    let sql = "INSERT INTO results(flow, trace, is_error, value, at) VALUES(1, ?1, 0, ?2, ?3)";
    let value = br#"{"payload": "All about penguins, approved by Emma", "headers": {}}"#;
    let values = params![DONE.to_be_bytes(), value, NOON - 1_500 * MINUTE];
    connection.execute(sql, values).expect("a result");
}
