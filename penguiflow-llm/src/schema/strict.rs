//! OpenAI's strict mode: the part of JSON schema that it takes, and the rules that it has.

use serde_json::{Map, Value, json};

use super::alternatives::alternatives;
use super::walk::{each_child, is_object};

/// The keywords that it takes. Others only narrow what is valid, so they are left out: what the type
/// demands beyond them is checked when the answer is read.
const KEYWORDS: [&str; 19] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
];

/// The formats of texts that it takes.
const FORMATS: [&str; 9] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "time",
    "uuid",
];

/// The schema in strict mode; none if the type cannot be written so.
pub(super) fn strict(schema: &Value) -> Option<Value> {
    let mut schema = alternatives(schema, "oneOf", "anyOf");
    let mut is_strict = true;
    restrict(&mut schema, &mut is_strict);
    is_strict.then_some(schema)
}

fn restrict(schema: &mut Value, is_strict: &mut bool) {
    let Value::Object(map) = schema else {
        *is_strict = false; // `true`: anything
        return;
    };
    if map.contains_key("$ref") {
        map.retain(|key, _| key == "$ref" || key == "$defs");
    }
    tuple_is_list(map);
    format_is_known(map);
    *is_strict &= is_written_out(map) && !is_open(map);
    map.retain(|key, _| key == "type" || KEYWORDS.contains(&key.as_str()));
    if is_object(map) {
        close(map);
    }
    each_child(map, &mut |child| restrict(child, is_strict));
}

/// Whether the schema says what a value is, in words that strict mode has.
fn is_written_out(map: &Map<String, Value>) -> bool {
    let says = ["type", "$ref", "anyOf", "enum", "const"];
    let is_list = map.get("type").is_some_and(|kind| kind == "array");
    let needs_more = [
        "allOf",
        "not",
        "if",
        "patternProperties",
        "dependentRequired",
    ];
    says.iter().any(|key| map.contains_key(*key))
        && needs_more.iter().all(|key| !map.contains_key(*key))
        && (!is_list || map.contains_key("items"))
}

/// Whether an object may have properties that are not listed: a map.
fn is_open(map: &Map<String, Value>) -> bool {
    map.get("additionalProperties")
        .is_some_and(|more| *more != false)
}

/// All properties are required, and there are no others.
fn close(map: &mut Map<String, Value>) {
    let names: Vec<Value> = match map.get("properties").and_then(Value::as_object) {
        Some(properties) => properties.keys().map(|name| json!(name)).collect(),
        None => Vec::new(),
    };
    map.entry("properties").or_insert_with(|| json!({}));
    map.insert("additionalProperties".to_owned(), json!(false));
    let required = map.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(required) = required {
        let others: Vec<_> = names
            .into_iter()
            .filter(|name| !required.contains(name))
            .collect();
        required.extend(others);
    }
}

/// A tuple is a list of as many items, each of one of their types.
fn tuple_is_list(map: &mut Map<String, Value>) {
    if let Some(Value::Array(items)) = map.remove("prefixItems") {
        let mut types: Vec<Value> = Vec::new();
        for item in items {
            if !types.contains(&item) {
                types.push(item);
            }
        }
        let item = match types.len() {
            1 => types.remove(0),
            _ => json!({ "anyOf": types }),
        };
        map.insert("items".to_owned(), item);
    }
}

fn format_is_known(map: &mut Map<String, Value>) {
    let is_known = |format: &Value| format.as_str().is_some_and(|name| FORMATS.contains(&name));
    if map.get("format").is_some_and(|format| !is_known(format)) {
        map.remove("format");
    }
}
