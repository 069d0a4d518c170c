//! The schema of an answer, as the answer's type has it.

mod ordered;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use ordered::Ordered;

/// The shape of an answer: the JSON schema of its type. A client rewrites it for its server: `Dialect`.
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
        let schema = settings.into_generator().into_root_schema_for::<T>();
        Self {
            name: name_for_servers(&T::schema_name()),
            schema: schema.to_value(),
        }
    }

    /// The schema as text, with the properties of each object in the order in which a model should write
    /// them: first those that have one value, such as the tag of an enum, then the fields as they are
    /// declared.
    pub fn to_text(&self) -> String {
        Ordered(&self.schema).to_text()
    }

    /// The key under which a server whose answers are objects has an answer that is none.
    pub(crate) fn wrapper(&self) -> Option<&'static str> {
        let is_object = self.schema["type"] == "object" && self.schema.get("properties").is_some();
        let names = ["answer", "reply", "wrapped_answer"];
        let is_free = |name: &&&str| !mentions(&self.schema, name);
        (!is_object).then(|| names.iter().find(is_free).copied().unwrap_or(names[2]))
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
