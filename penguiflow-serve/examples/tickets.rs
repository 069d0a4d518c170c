//! Two flows as a service: one answers tickets, the other one pays back once a person has approved it.
//!
//! ```text
//! cargo run -p penguiflow-serve --example tickets -- 8080
//! curl localhost:8080/tickets/run --json '{"subject": "Where is my fish?"}'
//! curl localhost:8080/refunds/emit --json '{"subject": "The fish was old", "amount": 12}'
//! curl localhost:8080/refunds/parked
//! ```

use axum::Router;
use penguiflow::prelude::*;
use penguiflow_serve::{routes, serve};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// What a customer writes.
#[derive(Debug, Deserialize, JsonSchema)]
struct Ticket {
    subject: String,
}

/// What the customer is told.
#[derive(Debug, Serialize, JsonSchema)]
struct Reply {
    text: String,
}

/// What a customer wants back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Refund {
    subject: String,
    amount: u32,
}

/// What a person decides.
#[derive(Debug, Deserialize, JsonSchema)]
struct Approval {
    approved: bool,
}

/// What is paid back.
#[derive(Debug, Serialize, JsonSchema)]
struct Payment {
    amount: u32,
}

#[node(timeout = "5s")]
async fn answer(ticket: Ticket, ctx: Ctx) -> Reply {
    let text = format!("Thank you for writing about: {}", ticket.subject);
    for word in text.split_inclusive(' ') {
        ctx.chunk(word).await;
    }
    Reply { text }
}

#[node]
async fn review(refund: Refund) -> Refund {
    refund
}

#[node]
async fn pay((refund, Approval { approved }): (Refund, Approval)) -> Payment {
    let amount = if approved { refund.amount } else { 0 };
    Payment { amount }
}

flow! {
    struct Tickets(Ticket) -> Reply;

    answer;
}

flow! {
    struct Refunds(Refund) -> Payment;

    review -> await Approval -> pay;
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1);
    let port = port.map_or(8080, |port| port.parse().expect("the argument is a port"));
    let tickets = Tickets::flow().capacity(64).start();
    let refunds = Refunds::flow().show_payloads().start();
    let both = routes("tickets", tickets.clone())
        .open()
        .and(routes("refunds", refunds.clone()).open());
    let app = Router::new().merge(both);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, app).drain(tickets).drain(refunds).await
}
