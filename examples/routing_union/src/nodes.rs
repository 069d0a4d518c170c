//! The nodes, and the enum that they are routed by.

use penguiflow::prelude::*;
use serde::Deserialize;

/// What there is to do: `{"kind": "web", "query": "penguins"}`.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Task {
    Web { query: String },
    Sql { table: String },
}

#[node]
pub(crate) async fn read(task: &str) -> Result<Task, serde_json::Error> {
    serde_json::from_str(task)
}

#[node]
pub(crate) async fn web(query: String) -> String {
    format!("web::{query}")
}

#[node]
pub(crate) async fn sql(table: String) -> String {
    format!("sql::{table}")
}
