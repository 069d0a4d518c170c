//! Golden files of stored shapes.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use expect_test::expect;
use penguiflow::prelude::*;
use penguiflow::testing::StoredShape;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Order {
    items: Vec<String>,
}

/// What an `Order` is in the next version.
mod next {
    use super::*;

    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    pub(super) struct Order {
        items: Vec<String>,
        customer: String,
    }

    #[node(name = "price")]
    pub(super) async fn price_it(order: Order) -> u32 {
        order.items.len() as u32
    }
}

#[node]
async fn price(order: Order) -> u32 {
    order.items.len() as u32
}

#[node]
async fn weigh(order: Order) -> u32 {
    order.items.iter().map(|item| item.len() as u32).sum()
}

#[node(alias = "weigh")]
async fn weight(order: Order) -> u32 {
    weigh(order).await
}

#[node]
async fn bill((price, weight): (u32, u32)) -> String {
    format!("{price} for {weight}")
}

#[node]
async fn send((bill, _by): (String, String)) -> String {
    bill
}

#[node]
async fn print(bill: String) -> String {
    bill
}

fn shape() -> StoredShape {
    let flow = flow! {
        #[flow(durable)]
        [price, weigh] -> join -> bill -> await String -> send
    };
    StoredShape::of(&flow)
}

#[test]
fn a_shape_has_what_stored_traces_rely_on() {
    expect![[""]].assert_eq(&shape().to_json());
}

/// What the comparison of the shape with a file says, and the file afterwards.
fn compared(shape: &StoredShape, file: &str) -> (Option<String>, String) {
    let folder = std::env::temp_dir().join(format!("penguiflow-shapes-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(file);
    fs::write(&path, self::shape().to_json()).expect("a file");
    let outcome = catch_unwind(AssertUnwindSafe(|| shape.assert_golden(&path)));
    let said = outcome
        .err()
        .and_then(|said| said.downcast::<String>().ok());
    let said = said.map(|said| said.replace(&folder.display().to_string(), "tests"));
    (said, fs::read_to_string(&path).expect("the file"))
}

#[test]
fn a_node_that_was_renamed_with_an_alias_or_added_renews_the_file() {
    let flow = flow! {
        #[flow(durable)]
        [price, weight] -> join -> bill -> print -> await String -> send
    };
    let shape = StoredShape::of(&flow);
    let (said, file) = compared(&shape, "added.json");
    assert_eq!(said, None);
    assert_eq!(file, shape.to_json());
    // From now on it is relied on, and so is the alias.
    let without = self::shape().changes_since(&file).expect("a shape");
    expect![[""]].assert_eq(&without.join("\n"));
}

#[test]
fn what_strands_stored_traces_is_listed_with_what_to_do() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return;
    }
    use next::price_it;
    let flow = flow! { #[flow(durable)] [price_it, renamed] -> join -> bill -> print };
    let (said, file) = compared(&StoredShape::of(&flow), "stranded.json");
    expect![[""]].assert_eq(&said.expect("it fails"));
    assert_eq!(file, shape().to_json(), "it is as it was");
}

#[node]
async fn renamed(order: next::Order) -> u32 {
    next::price_it(order).await
}
