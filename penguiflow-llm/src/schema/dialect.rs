//! Rewrites a schema for a server: which keywords of JSON schema it knows, and what an answer may be.

use serde_json::{Value, json};

use super::AnswerSchema;
use super::alternatives::alternatives;
use super::ordered::Ordered;
use super::strict;
use super::walk::is_object;

/// How a server is told the shape of an answer. Servers differ in what they know of JSON schema; some
/// ignore silently what they do not know, and answer `null` or anything.
///
/// ```
/// use penguiflow_llm::{AnswerSchema, Dialect};
/// use schemars::JsonSchema;
///
/// #[derive(JsonSchema)]
/// struct Place {
///     name: String,
///     #[serde(default)]
///     height: Option<f64>,
/// }
///
/// let schema = AnswerSchema::of::<Place>().in_dialect(Dialect::OpenAi);
/// assert!(schema.is_strict);
/// assert_eq!(schema.schema["required"], serde_json::json!(["name", "height"]));
/// assert_eq!(schema.schema["additionalProperties"], false);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// OpenAI's strict mode: `anyOf` for alternatives, all properties required, no others, and an object
    /// at the top, in which an answer of another kind is wrapped. A type that cannot be written so, such
    /// as a map with any keys, is sent without `strict`.
    OpenAi,
    /// Servers that make a grammar of the schema: vLLM, llama.cpp, Ollama.
    #[default]
    Grammar,
    /// Servers that know alternatives as `oneOf` alone, and read everything else that they do not know as
    /// `null`: node-llama-cpp.
    OneOf,
    /// Servers that can be asked for JSON, but not for its shape. The schema is in the messages.
    JsonObject,
    /// Servers that cannot be asked for JSON. The schema is in the messages.
    Prompt,
}

/// A schema as a server takes it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DialectSchema {
    /// The schema.
    pub schema: Value,
    /// Whether OpenAI's strict mode takes it.
    pub is_strict: bool,
}

impl DialectSchema {
    /// The schema as text, with the properties of each object in the order in which a model should write
    /// them.
    pub fn to_text(&self) -> String {
        Ordered(&self.schema).to_text()
    }
}

impl AnswerSchema {
    /// The schema for a server of this dialect. All that the type is written as fits it, unless a field is
    /// left out by `skip_serializing_if`. `model.ask` reads an answer that is wrapped in an object as well.
    pub fn in_dialect(&self, dialect: Dialect) -> DialectSchema {
        let (schema, is_strict) = match dialect {
            Dialect::OpenAi => match strict::strict(&self.schema) {
                Some(schema) => (self.wrapped(schema), true),
                None => (
                    self.wrapped(alternatives(&self.schema, "oneOf", "anyOf")),
                    false,
                ),
            },
            Dialect::JsonObject => (self.wrapped(self.schema.clone()), false),
            Dialect::OneOf => (alternatives(&self.schema, "anyOf", "oneOf"), false),
            Dialect::Grammar => (alternatives(&self.schema, "oneOf", "anyOf"), false),
            Dialect::Prompt => (self.schema.clone(), false),
        };
        DialectSchema { schema, is_strict }
    }

    /// The schema with an object at the top.
    fn wrapped(&self, mut schema: Value) -> Value {
        let Some(key) = self.wrapper() else {
            return schema;
        };
        let definitions = schema.as_object_mut().and_then(|map| map.remove("$defs"));
        let mut object = json!({
            "type": "object",
            "properties": { key: schema },
            "required": [key],
            "additionalProperties": false,
        });
        if let Some(definitions) = definitions {
            object["$defs"] = definitions;
        }
        object
    }
}

impl AnswerSchema {
    /// The key under which a server whose answers are objects has an answer that is none.
    pub(crate) fn wrapper(&self) -> Option<&'static str> {
        const NAMES: [&str; 3] = ["answer", "reply", "wrapped_answer"];
        let is_free = |name: &&&str| !mentions(&self.schema, name);
        let free = NAMES.iter().find(is_free).unwrap_or(&NAMES[2]);
        let is_object = self.schema.as_object().is_some_and(is_object);
        (!is_object).then_some(free)
    }
}

/// Whether a property, or a value that stands by itself, has the name.
fn mentions(schema: &Value, name: &str) -> bool {
    match schema {
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| key == name || mentions(value, name)),
        Value::Array(items) => items.iter().any(|item| mentions(item, name)),
        Value::String(text) => text == name,
        _ => false,
    }
}
