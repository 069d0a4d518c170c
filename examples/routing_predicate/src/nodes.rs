//! The nodes and their messages.

use std::sync::Arc;

use penguiflow::prelude::*;

use crate::table::{Route, Table};

/// A message's words, and the route of the table, if it has one.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) text: String,
    pub(crate) ruled: Option<Route>,
}

/// Looks the message's tenant up in the table. A message without a route ends here.
#[node]
pub(crate) async fn consult(
    text: String,
    headers: Headers,
    State(table): State<Arc<Table>>,
) -> Option<Letter> {
    let ruled = table.route(&headers.tenant);
    (ruled != Some(Route::Nowhere)).then_some(Letter { text, ruled })
}

#[node]
pub(crate) async fn metrics(text: String) -> String {
    format!("[metrics] {text}")
}

#[node]
pub(crate) async fn general(text: String) -> String {
    format!("[general] {text}")
}
