//! The alternatives in a schema: under the keyword that a server knows, and none hidden in a list of types.

use serde_json::{Map, Value, json};

use super::walk::each_child;

/// The schema with one keyword for alternatives, and none hidden in a list of types.
pub(super) fn alternatives(schema: &Value, from: &str, to: &str) -> Value {
    let mut schema = schema.clone();
    rename(&mut schema, from, to);
    schema
}

fn rename(schema: &mut Value, from: &str, to: &str) {
    let Value::Object(map) = schema else { return };
    if let Some(branches) = map.remove(from) {
        map.insert(to.to_owned(), branches);
    }
    split_types(map, to);
    each_child(map, &mut |child| rename(child, from, to));
}

/// Makes `{"type": ["object", "null"], …}` alternatives of their own: a server that looks for an object by
/// `type == "object"` would not see it.
fn split_types(map: &mut Map<String, Value>, keyword: &str) {
    let Some(Value::Array(types)) = map.get("type").cloned() else {
        return;
    };
    if !types.iter().any(|kind| kind == "object" || kind == "array") {
        return;
    }
    let definitions = map.remove("$defs");
    let branch = |kind: &Value| match kind.as_str() {
        Some("object" | "array") => {
            let mut branch = map.clone();
            branch.insert("type".to_owned(), kind.clone());
            Value::Object(branch)
        }
        _ => json!({ "type": kind }),
    };
    let branches = types.iter().map(branch).collect();
    map.clear();
    map.extend(definitions.map(|definitions| ("$defs".to_owned(), definitions)));
    map.insert(keyword.to_owned(), Value::Array(branches));
}
