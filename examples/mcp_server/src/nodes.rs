//! The flows that are tools.

use std::time::Duration;

use penguiflow::Running;
use penguiflow::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An order whose price is to be paid back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Order {
    /// The number of the order.
    pub(crate) number: u32,
    /// Its price in cents.
    pub(crate) cents: u32,
}

/// What a person decides.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Approval {
    /// Whether the price is paid back.
    pub(crate) approved: bool,
    /// Why, for the customer.
    pub(crate) note: Option<String>,
}

/// What was paid back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Receipt {
    pub(crate) number: u32,
    pub(crate) cents: u32,
    pub(crate) note: String,
}

/// Why an order is not paid back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefundError {
    #[error("order {0} cost nothing")]
    Free(u32),
}

#[node]
pub(crate) async fn check(order: Order, ctx: Ctx) -> Result<Order, RefundError> {
    ctx.chunk(format!("checking order {}", order.number)).await;
    match order.cents {
        0 => Err(RefundError::Free(order.number)),
        _ => Ok(order),
    }
}

/// Whoever pays must pay once: in earnest, `ctx.idempotency_key()` goes with the payment.
#[node]
pub(crate) async fn pay((order, approval): (Order, Approval), ctx: Ctx) -> Receipt {
    ctx.chunk("paying").await;
    Receipt {
        number: order.number,
        cents: if approval.approved { order.cents } else { 0 },
        note: approval.note.unwrap_or_default(),
    }
}

flow! {
    /// Pays an order back, once somebody has approved it.
    #[flow(durable)]
    pub(crate) struct Refund(Order) -> Receipt;

    check -> await Approval -> pay;
}

/// The orders to look through.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Orders {
    /// How many there are.
    pub(crate) count: u32,
}

#[node]
pub(crate) async fn audit(orders: Orders, ctx: Ctx) -> u32 {
    for number in 1..=orders.count {
        tokio::time::sleep(Duration::from_millis(20)).await;
        ctx.chunk(format!("order {number} is fine")).await;
    }
    orders.count
}

flow! {
    /// Looks through orders, one after the other.
    pub(crate) struct Audit(Orders) -> u32;

    audit;
}

/// What has become of all audits.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Audits {
    pub(crate) begun: u64,
    pub(crate) completed: u64,
    pub(crate) cancelled: u64,
}

#[node]
pub(crate) async fn count(_: (), State(running): State<Running<Audit>>) -> Audits {
    let ledger = running.ledger();
    Audits {
        begun: ledger.emitted,
        completed: ledger.completed,
        cancelled: ledger.cancelled,
    }
}

flow! {
    /// Counts the audits.
    pub(crate) struct Ledger(()) -> Audits;

    count;
}
