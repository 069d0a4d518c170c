//! Behaviour of penguiflow, through its public face alone: a binary per concept in `tests/`, and
//! here what they share.
//!
//! Beside that stands a crate of nodes and a flow, as an application would share them. Its
//! nodes are documented or private, so `missing_docs` proves that docs and visibility carry
//! over to the types that `#[node]` adds.

pub mod by_json;
pub mod support;

use penguiflow::prelude::*;

/// What a shop charges, in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price(pub u32);

/// An order that has been checked: no other crate can name it.
struct Checked(u32);

/// Looks a price up: a node for other crates.
#[node(retries = 1, backoff = "10ms")]
pub async fn price(item: &str) -> Result<Price, String> {
    match item {
        "fish" => Ok(Price(250)),
        other => Err(format!("nobody sells {other}")),
    }
}

/// A node by a longer path.
pub mod discounts {
    use super::{Price, node};

    /// Takes a tenth off.
    #[node]
    pub async fn tenth_off(price: Price) -> Price {
        Price(price.0 - price.0 / 10)
    }
}

#[node]
async fn check(cents: u32) -> Option<Checked> {
    (cents > 0).then_some(Checked(cents))
}

#[node]
async fn charge(order: Checked) -> Price {
    Price(order.0)
}

flow! {
    /// Charges what is above zero, by nodes and through types that stay private.
    pub struct Checkout(u32) -> Price;

    check -> charge;
}
