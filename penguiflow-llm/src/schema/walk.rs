//! The schemas inside a schema. A property may have the name of a keyword, so they are found by place.

use serde_json::{Map, Value};

/// Keywords with one schema.
const SINGLE: [&str; 6] = ["items", "additionalProperties", "not", "if", "then", "else"];
/// Keywords with a list of schemas.
const LISTS: [&str; 4] = ["anyOf", "oneOf", "allOf", "prefixItems"];
/// Keywords with a map of schemas.
const MAPS: [&str; 3] = ["properties", "$defs", "patternProperties"];

/// Visits the schemas right inside a schema.
pub(super) fn each_child(schema: &mut Map<String, Value>, visit: &mut dyn FnMut(&mut Value)) {
    for (key, value) in schema.iter_mut() {
        match (key.as_str(), value) {
            // Whether there are more properties is a rule of the object, where it is no schema.
            ("additionalProperties", Value::Bool(_)) => {}
            (key, value) if SINGLE.contains(&key) => visit(value),
            (key, Value::Array(list)) if LISTS.contains(&key) => {
                list.iter_mut().for_each(&mut *visit);
            }
            (key, Value::Object(map)) if MAPS.contains(&key) => {
                map.values_mut().for_each(&mut *visit);
            }
            _ => {}
        }
    }
}

/// Whether the schema is one of an object with fields.
pub(super) fn is_object(schema: &Map<String, Value>) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
}
