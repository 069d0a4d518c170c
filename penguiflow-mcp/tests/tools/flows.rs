//! The flows that the tests make tools of.

use penguiflow::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is to be paid back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Order {
    /// The number of the order.
    pub(crate) number: u32,
    pub(crate) amount: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Approval {
    /// Whether it may be paid.
    pub(crate) approved: bool,
    pub(crate) by: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Receipt {
    pub(crate) number: u32,
    pub(crate) paid: u32,
    pub(crate) note: String,
}

#[node]
pub(crate) async fn check(order: Order, ctx: Ctx) -> Result<Order, String> {
    ctx.chunk(format!("checking {}", order.number)).await;
    match order.amount {
        0 => Err("there is nothing to pay back".to_owned()),
        _ => Ok(order),
    }
}

#[node]
pub(crate) async fn pay((order, approval): (Order, Approval), ctx: Ctx) -> Receipt {
    ctx.chunk("paying").await;
    Receipt {
        number: order.number,
        paid: if approval.approved { order.amount } else { 0 },
        note: format!("by {}, for {:?}", approval.by, ctx.headers().tenant),
    }
}

flow! {
    #[flow(durable)]
    pub(crate) struct Refund(Order) -> Receipt;

    check -> await Approval -> pay;
}

#[node]
pub(crate) async fn unpaid(order: Order) -> (Order, Approval) {
    let by = "nobody in time".to_owned();
    (
        order,
        Approval {
            approved: false,
            by,
        },
    )
}

flow! {
    #[flow(durable)]
    pub(crate) struct InTime(Order) -> Receipt;

    check -> await Approval within "10m" else unpaid -> pay;
}

#[node]
pub(crate) async fn list(first: u32) -> Vec<u32> {
    (first..first + 3).collect()
}

#[node]
pub(crate) async fn stamp((number, stamp): (u32, String)) -> String {
    format!("{number}: {stamp}")
}

#[node]
pub(crate) async fn show(stamped: Vec<String>) -> String {
    stamped.join(", ")
}

flow! {
    /// Each item is stamped by somebody, all at once.
    #[flow(durable)]
    pub(crate) struct Stamps(u32) -> String;

    list -> [await String -> stamp; 3] -> join -> show;
}

/// What is guessed at, and how often it was.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Secret {
    pub(crate) number: u8,
    pub(crate) guesses: u32,
}

#[node]
pub(crate) async fn think(number: u8) -> Secret {
    Secret { number, guesses: 0 }
}

#[node]
pub(crate) async fn judge((secret, guess): (Secret, u8)) -> ControlFlow<u32, Secret> {
    let guesses = secret.guesses + 1;
    match guess == secret.number {
        true => ControlFlow::Break(guesses),
        false => ControlFlow::Continue(Secret { guesses, ..secret }),
    }
}

#[node]
pub(crate) async fn next(secret: Secret) -> Secret {
    secret
}

flow! {
    /// Waits in a loop.
    #[flow(durable)]
    pub(crate) struct Guessing(u8) -> u32;

    think -> next -> await u8 -> judge -> next;
}

#[node]
pub(crate) async fn forever(_: Order) -> Receipt {
    std::future::pending().await
}

#[node]
pub(crate) async fn add((left, right): (u32, u32)) -> u32 {
    left + right
}

#[node]
pub(crate) async fn nothing(_: u32) -> Option<u32> {
    None
}

#[node]
pub(crate) async fn tenant(_: u32, ctx: Ctx) -> String {
    ctx.headers().tenant.clone()
}

#[node]
pub(crate) async fn slow(_: String) -> String {
    std::future::pending().await
}

flow! {
    pub(crate) struct Checking(Order) -> Order;

    check;
}

flow! {
    pub(crate) struct Add((u32, u32)) -> u32;

    add;
}

flow! {
    pub(crate) struct Nothing(u32) -> u32;

    nothing;
}

flow! {
    pub(crate) struct Forever(Order) -> Receipt;

    check -> forever;
}

flow! {
    pub(crate) struct Tenant(u32) -> String;

    tenant;
}

flow! {
    pub(crate) struct Slow(u32) -> String;

    tenant -> slow;
}
