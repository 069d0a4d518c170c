//! The flow that is served: it pays small sums back at once, and large ones when somebody has approved.

use penguiflow::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// From this amount on somebody has to approve.
pub(crate) const LARGE: u32 = 100;
/// The number of an order at which the bank never answers.
pub(crate) const STUCK: u32 = 13;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Order {
    number: u32,
    amount: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Approval {
    approved: bool,
    by: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Receipt {
    number: u32,
    paid: u32,
    note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Size {
    Small(Order),
    Large(Order),
}

/// How many visits wait for the bank.
#[derive(Clone)]
pub(crate) struct Bank(watch::Sender<usize>);

impl Bank {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Waits until so many visits wait.
    pub(crate) async fn keeps(&self, visits: usize) {
        let mut waiting = self.0.subscribe();
        let waiting = waiting.wait_for(|waiting| *waiting == visits).await;
        waiting.expect("the bank is there");
    }

    async fn never_answers(&self) {
        struct Waits(Bank);
        impl Drop for Waits {
            fn drop(&mut self) {
                self.0.0.send_modify(|waiting| *waiting -= 1);
            }
        }
        self.0.send_modify(|waiting| *waiting += 1);
        let _waits = Waits(self.clone());
        std::future::pending().await
    }
}

#[node]
async fn check(order: Order, ctx: Ctx) -> Result<Size, &'static str> {
    ctx.chunk(format!("checking {}", order.number)).await;
    match order.amount {
        0 => Err("there is nothing to pay back"),
        LARGE.. => Ok(Size::Large(order)),
        _ => Ok(Size::Small(order)),
    }
}

#[node]
async fn pay(order: Order, State(bank): State<Bank>, ctx: Ctx) -> Receipt {
    if order.number == STUCK {
        bank.never_answers().await;
    }
    ctx.chunk("paying").await;
    receipt(&order, order.amount, "at once".to_owned())
}

#[node]
async fn review(order: Order) -> Order {
    order
}

#[node]
async fn transfer((order, approval): (Order, Approval), ctx: Ctx) -> Receipt {
    ctx.chunk("transferring").await;
    let paid = if approval.approved { order.amount } else { 0 };
    receipt(&order, paid, format!("by {}", approval.by))
}

fn receipt(order: &Order, paid: u32, note: String) -> Receipt {
    let number = order.number;
    Receipt { number, paid, note }
}

flow! {
    #[flow(durable)]
    pub(crate) struct Refund(Order) -> Receipt;

    check -> match {
        Size::Small(order) => pay(order),
        Size::Large(order) => review(order) -> await Approval -> transfer,
    };
}
