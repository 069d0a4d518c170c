//! The schema of an answer, as the answer's type has it.

mod alternatives;
mod dialect;
mod ordered;
mod strict;
#[cfg(test)]
mod tests;
mod walk;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use dialect::{Dialect, DialectSchema};
pub(crate) use ordered::Ordered;
use walk::each_child;

/// The shape of an answer: the JSON schema of its type. A client rewrites it for its server:
/// [`Dialect`].
///
/// ```
/// use penguiflow_llm::AnswerSchema;
/// use schemars::JsonSchema;
///
/// #[derive(JsonSchema)]
/// enum Action {
///     Search { query: String },
///     Finish { answer: String },
/// }
///
/// let schema = AnswerSchema::of::<Action>();
/// assert_eq!(schema.name, "Action");
/// assert_eq!(schema.schema["oneOf"][0]["required"][0], "Search");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerSchema {
    /// The name of the type.
    pub name: String,
    /// Its JSON schema, of the draft 2020-12. What is not recursive is written where it is used.
    pub schema: Value,
}

impl AnswerSchema {
    /// The schema of a type.
    pub fn of<T: JsonSchema + ?Sized>() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.meta_schema = None;
            settings.inline_subschemas = true;
        });
        let mut generator = settings.into_generator();
        let mut schema = generator.root_schema_for::<T>().to_value();
        let name = name_for_servers(&T::schema_name());
        if let Value::Object(root) = &mut schema {
            root.remove("title");
            name_root(root, &name);
        }
        Self { name, schema }
    }

    /// The schema as text, with the properties of each object in the order in which a model should write
    /// them: first those that have one value, such as the tag of an enum, then the fields as they are
    /// declared.
    pub fn to_text(&self) -> String {
        Ordered(&self.schema).to_text()
    }

    pub(crate) fn estimated_tokens(&self) -> u64 {
        crate::chat::estimated_tokens(&self.schema.to_string())
    }
}

/// Servers take letters, digits, `_` and `-`, up to 64 of them.
fn name_for_servers(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    name.chars().map(plain).take(64).collect()
}

/// Gives a type that refers to itself a name, in place of `#`: its schema may come to stand elsewhere, and
/// some servers follow names alone.
fn name_root(root: &mut Map<String, Value>, name: &str) {
    let mut is_recursive = false;
    let path = format!("#/$defs/{name}");
    each_child(root, &mut |child| {
        is_recursive |= refer_by_name(child, &path)
    });
    if is_recursive {
        let mut definition = root.clone();
        definition.remove("$defs");
        let definitions = root.entry("$defs").or_insert_with(|| json!({}));
        definitions[name] = Value::Object(definition);
    }
}

fn refer_by_name(schema: &mut Value, path: &str) -> bool {
    let Value::Object(map) = schema else {
        return false;
    };
    let mut refers = map.get("$ref").is_some_and(|target| target == "#");
    if refers {
        map.insert("$ref".to_owned(), json!(path));
    }
    each_child(map, &mut |child| refers |= refer_by_name(child, path));
    refers
}
