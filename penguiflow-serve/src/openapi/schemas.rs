//! The schemas of the flows' types, as components of one document: what schemars makes is a document of
//! its own each, with definitions that refer to each other.

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::answers::{answers, reference};

/// Where definitions are in a document of schemars.
const DEFINITIONS: &str = "#/$defs/";

/// The components, by their names.
pub(super) struct Components(Map<String, Value>);

impl Components {
    pub(super) fn new() -> Self {
        let own = answers().map(|(name, schema)| (name.to_owned(), schema));
        Self(own.into_iter().collect())
    }

    /// Adds a type's schema, and returns the reference to it. A type without a schema is any JSON.
    pub(super) fn add(&mut self, flow: &str, role: &str, schema: Option<Schema>) -> Value {
        let Some(schema) = schema else {
            return json!({});
        };
        let name = format!("{flow}.{role}");
        let mut schema = schema.to_value();
        let definitions = match &mut schema {
            Value::Object(fields) => {
                fields.remove("$schema");
                fields.remove("$defs")
            }
            _ => None,
        };
        let scope = |definition: &str| format!("{name}.{}", plain(definition));
        if let Some(Value::Object(definitions)) = definitions {
            for (definition, mut schema) in definitions {
                point(&mut schema, &name, &scope);
                self.0.insert(scope(&definition), schema);
            }
        }
        point(&mut schema, &name, &scope);
        self.0.insert(name.clone(), schema);
        reference(&name)
    }

    pub(super) fn into_schemas(self) -> Value {
        Value::Object(self.0)
    }
}

/// Has references of a schema point to where its definitions are in the document.
fn point(schema: &mut Value, root: &str, scope: &impl Fn(&str) -> String) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(place) if key == "$ref" => *place = pointed(place, root, scope),
                    value => point(value, root, scope),
                }
            }
        }
        Value::Array(schemas) => {
            for schema in schemas {
                point(schema, root, scope);
            }
        }
        _ => {}
    }
}

fn pointed(place: &str, root: &str, scope: &impl Fn(&str) -> String) -> String {
    let component = match place.strip_prefix(DEFINITIONS) {
        Some(definition) => scope(&unescaped(definition)),
        None if place == "#" => root.to_owned(),
        None => return place.to_owned(),
    };
    format!("#/components/schemas/{component}")
}

/// A token of a JSON pointer as it was before.
fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// A name of a component has letters, digits, `.`, `-` and `_` alone. Others become their number, so
/// that names that differ stay so.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let plain = name.chars().map(|c| match c {
        c if is_plain(c) => c.to_string(),
        c => format!("-{:x}-", u32::from(c)),
    });
    plain.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_become_components_of_the_flow() {
        let schema = Schema::try_from(json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": { "child": { "$ref": "#" }, "item": { "$ref": "#/$defs/Item~1<T>" } },
            "$defs": { "Item/<T>": { "type": "array", "items": { "$ref": "#/$defs/Item~1<T>" } } },
        }));
        let mut components = Components(Map::new());
        let reference = components.add("ask", "Input", Some(schema.expect("an object")));
        assert_eq!(reference["$ref"], "#/components/schemas/ask.Input");
        let item = "#/components/schemas/ask.Input.Item-2f--3c-T-3e-";
        let expected = json!({
            "ask.Input": {
                "type": "object",
                "properties": {
                    "child": { "$ref": "#/components/schemas/ask.Input" },
                    "item": { "$ref": item },
                },
            },
            "ask.Input.Item-2f--3c-T-3e-": { "type": "array", "items": { "$ref": item } },
        });
        assert_eq!(components.into_schemas(), expected);
    }
}
