//! Writes a schema with its properties in order. A model writes the fields of an object in the order in
//! which the schema has them, and `serde_json` sorts them by name.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// A schema that is written with the properties of each object in order: those that have one value, such
/// as the tag of an enum, then the required ones, then the rest.
pub(crate) struct Ordered<'a>(pub(crate) &'a Value);

impl Ordered<'_> {
    pub(crate) fn to_text(&self) -> String {
        // A value is written without errors.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(schema) => {
                let mut map = serializer.serialize_map(Some(schema.len()))?;
                for (key, value) in schema {
                    match (key.as_str(), value) {
                        ("properties", Value::Object(properties)) => {
                            map.serialize_entry(key, &Properties::of(properties, schema))?;
                        }
                        _ => map.serialize_entry(key, &Ordered(value))?,
                    }
                }
                map.end()
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            other => other.serialize(serializer),
        }
    }
}

/// The properties of an object, in order.
struct Properties<'a>(Vec<(&'a String, &'a Value)>);

impl<'a> Properties<'a> {
    fn of(properties: &'a Map<String, Value>, object: &Map<String, Value>) -> Self {
        let required = object.get("required").and_then(Value::as_array);
        let place = |name: &str| {
            let mut names = required.into_iter().flatten();
            names
                .position(|required| required == name)
                .unwrap_or(usize::MAX)
        };
        let mut ordered: Vec<_> = properties.iter().collect();
        ordered.sort_by_key(|(name, schema)| (schema.get("const").is_none(), place(name)));
        Self(ordered)
    }
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let properties = self.0.iter();
        serializer.collect_map(properties.map(|(name, schema)| (name, Ordered(schema))))
    }
}
