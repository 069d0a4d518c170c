//! The flows of a store, and the values that their traces wait for.

use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Admin, AdminError, Time};

/// A flow whose traces are in the store.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct FlowRow {
    /// Its name.
    pub name: String,
    /// When it was last started.
    pub started: Time,
    /// The places where its traces park.
    pub awaits: Vec<Await>,
    /// Its graph, as JSON: [`penguiflow::StoredGraph`] reads it.
    #[serde(skip)]
    pub graph: String,
}

/// A place where a flow's traces park.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Await {
    /// The node.
    pub node: String,
    /// The type of the value that it waits for.
    pub awaited: String,
    /// The JSON schema of the value, if its type has one.
    #[serde(default)]
    pub schema: Option<Value>,
}

impl Admin {
    /// The flows, by name.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn flows(&self) -> Result<Vec<FlowRow>, AdminError> {
        let read = self.read()?;
        let sql = "SELECT name, started, awaits, graph FROM flows ORDER BY name";
        let mut statement = read.prepare_cached(sql)?;
        let flows = statement.query_map([], |row| {
            let awaits: String = row.get("awaits")?;
            Ok(FlowRow {
                name: row.get("name")?,
                started: row.get("started")?,
                awaits: serde_json::from_str(&awaits).unwrap_or_default(),
                graph: row.get("graph")?,
            })
        })?;
        Ok(flows.collect::<Result<_, _>>()?)
    }
}

/// The number of a flow in the store.
pub(super) fn number_of(read: &Transaction<'_>, name: &str) -> Result<i64, AdminError> {
    let mut statement = read.prepare_cached("SELECT name, id FROM flows ORDER BY name")?;
    let flows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let flows: Vec<(String, i64)> = flows.collect::<Result<_, _>>()?;
    match flows.iter().find(|(flow, _)| flow == name) {
        Some((_, number)) => Ok(*number),
        None => Err(AdminError::UnknownFlow {
            name: name.to_owned(),
            flows: flows.into_iter().map(|(flow, _)| flow).collect(),
        }),
    }
}
