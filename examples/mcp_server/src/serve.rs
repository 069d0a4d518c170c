//! The server: three flows as tools, over stdio or HTTP.

use std::error::Error;
use std::path::PathBuf;

use axum::Router;
use penguiflow::host::ParkedStep;
use penguiflow_mcp::rmcp::model::ToolAnnotations;
use penguiflow_mcp::{Server, Tool};
use penguiflow_sqlite::Sqlite;

use crate::nodes::{Audit, Ledger, Order, Refund};

/// Refunds that wait are in this file, or sealed at the client that waits with them.
pub(crate) async fn server(store: Option<PathBuf>) -> Result<Server, Box<dyn Error>> {
    let refund = match store {
        Some(file) => Tool::new(Sqlite::open(file).await?.start(Refund::flow()).await?),
        None => Tool::new(Refund::flow().durable()),
    };
    let refund = refund
        .described("Pays an order back. The user is asked for approval.")
        .annotated(ToolAnnotations::new().destructive(true))
        .asking(question);
    let audits = Audit::flow().start();
    let ledger = Tool::new(Ledger::flow().with_state(audits.clone()));
    Ok(Server::new()
        .named("mcp_server", env!("CARGO_PKG_VERSION"))
        .tool(refund)
        .tool(Tool::new(audits).described("Looks through orders, one after the other."))
        .tool(ledger.described("Counts the audits: begun, completed, cancelled.")))
}

/// Nobody approves what they do not see.
fn question(step: &ParkedStep) -> String {
    let order = step.payload.clone().map(serde_json::from_value::<Order>);
    match order {
        Some(Ok(Order { number, cents })) => format!("Pay {cents} cents back for order {number}?"),
        _ => "Pay the order back?".to_owned(),
    }
}

pub(crate) async fn http(server: Server, address: &str) -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    eprintln!("serving http://{}/mcp", listener.local_addr()?);
    let routes = Router::new().route_service("/mcp", server.http());
    Ok(axum::serve(listener, routes).await?)
}
