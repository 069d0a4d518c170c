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
    expect![[r#"
        {
          "flow": "flow",
          "input": "Order",
          "output": "String",
          "nodes": {
            "await String": {
              "kind": "await",
              "takes": "(String, String)",
              "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "maxItems": 2,
                "minItems": 2,
                "prefixItems": [
                  {
                    "type": "string"
                  },
                  {
                    "type": "string"
                  }
                ],
                "title": "Tuple_of_string_and_string",
                "type": "array"
              }
            },
            "bill": {
              "kind": "node",
              "takes": "(u32, u32)",
              "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "maxItems": 2,
                "minItems": 2,
                "prefixItems": [
                  {
                    "format": "uint32",
                    "minimum": 0,
                    "type": "integer"
                  },
                  {
                    "format": "uint32",
                    "minimum": 0,
                    "type": "integer"
                  }
                ],
                "title": "Tuple_of_uint32_and_uint32",
                "type": "array"
              }
            },
            "join of [price, weigh]": {
              "kind": "join",
              "takes": "(u32, u32)",
              "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "maxItems": 2,
                "minItems": 2,
                "prefixItems": [
                  {
                    "format": "uint32",
                    "minimum": 0,
                    "type": "integer"
                  },
                  {
                    "format": "uint32",
                    "minimum": 0,
                    "type": "integer"
                  }
                ],
                "title": "Tuple_of_uint32_and_uint32",
                "type": "array"
              }
            },
            "price": {
              "kind": "node",
              "takes": "Order",
              "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "properties": {
                  "items": {
                    "items": {
                      "type": "string"
                    },
                    "type": "array"
                  }
                },
                "required": [
                  "items"
                ],
                "title": "Order",
                "type": "object"
              }
            },
            "send": {
              "kind": "node",
              "takes": "(String, String)",
              "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "maxItems": 2,
                "minItems": 2,
                "prefixItems": [
                  {
                    "type": "string"
                  },
                  {
                    "type": "string"
                  }
                ],
                "title": "Tuple_of_string_and_string",
                "type": "array"
              }
            },
            "weigh": {
              "kind": "node",
              "takes": "Order",
              "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "properties": {
                  "items": {
                    "items": {
                      "type": "string"
                    },
                    "type": "array"
                  }
                },
                "required": [
                  "items"
                ],
                "title": "Order",
                "type": "object"
              }
            }
          },
          "output_schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "string",
            "type": "string"
          }
        }
    "#]]
    .assert_eq(&shape().to_json());
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
    expect![[r#"
        there is no node `join of [price, weight]`: put the aliases on its nodes if they were renamed, or bring it back until no trace waits there, or start with a migration
        there is no node `print`: if another node is that one, put `#[node(alias = "print")]` on it
        there is no node `weight`: if `weigh` is that node, put `#[node(alias = "weight")]` on it"#]].assert_eq(&without.join("\n"));
}

#[test]
fn what_strands_stored_traces_is_listed_with_what_to_do() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return;
    }
    use next::price_it;
    let flow = flow! { #[flow(durable)] [price_it, renamed] -> join -> bill -> print };
    let (said, file) = compared(&StoredShape::of(&flow), "stranded.json");
    expect![[r#"
        traces that are stored as in tests/stranded.json could not go on; if there are none, run the test with UPDATE_EXPECT=1 to write it
        - there is no node `await String`: bring it back until no trace waits there, or start with a migration
        - there is no node `join of [price, weigh]`: put the aliases on its nodes if they were renamed, or bring it back until no trace waits there, or start with a migration
        - the input of node `price` has changed: `.customer` is required now: give the field a `#[serde(default)]`
        - there is no node `send`: if another node is that one, put `#[node(alias = "send")]` on it
        - there is no node `weigh`: if `renamed` is that node, put `#[node(alias = "weigh")]` on it"#]]
    .assert_eq(&said.expect("it fails"));
    assert_eq!(file, shape().to_json(), "it is as it was");
}

#[node]
async fn renamed(order: next::Order) -> u32 {
    next::price_it(order).await
}
