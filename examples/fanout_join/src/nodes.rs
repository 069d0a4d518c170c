//! The nodes: a check, two workers, and a report of their results.

use std::time::Duration;

use penguiflow::prelude::*;

#[node]
pub(crate) async fn check(task: String) -> Result<String, &'static str> {
    match task.trim() {
        "" => Err("the task is empty"),
        task => Ok(task.to_owned()),
    }
}

/// The slower worker, whose result is still the first of the tuple.
#[node]
pub(crate) async fn a(task: &str) -> String {
    tokio::time::sleep(Duration::from_millis(20)).await;
    format!("{task}::A")
}

#[node]
pub(crate) async fn b(task: &str) -> String {
    format!("{task}::B")
}

#[node]
pub(crate) async fn merge(results: (String, String)) -> String {
    let (a, b) = results;
    format!("{a},{b}")
}
