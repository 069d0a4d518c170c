//! The form of an elicitation, made of the schema of what a flow awaits. MCP allows flat forms of texts,
//! numbers, flags and choices alone: anything else is a text that is JSON.

use std::collections::BTreeSet;

use rmcp::model::ElicitationSchema;
use schemars::Schema;
use serde_json::{Map, Value, json};

use super::inlined;

/// The field of a form for what is not an object.
const ANSWER: &str = "answer";

/// A form, and how its answer becomes the awaited value.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) schema: ElicitationSchema,
    is_object: bool,
    /// The fields whose texts are JSON.
    json_fields: BTreeSet<String>,
}

impl Form {
    /// The form for a type with this schema, which is named so.
    pub(crate) fn of(schema: Option<&Schema>, type_name: &str) -> Self {
        let schema = schema.map_or_else(|| json!({}), inlined);
        let properties = schema["properties"].as_object();
        let is_object = schema["type"] == "object" && properties.is_some();
        let fields = match properties.filter(|_| is_object) {
            Some(properties) => properties.clone(),
            None => Map::from_iter([(ANSWER.to_owned(), schema.clone())]),
        };
        let required = match is_object {
            true => schema.get("required").cloned().unwrap_or_else(|| json!([])),
            false if is_optional(&schema) => json!([]),
            false => json!([ANSWER]),
        };
        let mut json_fields = BTreeSet::new();
        let fields = fields.into_iter().map(|(name, schema)| {
            let field = field(&schema).unwrap_or_else(|| {
                json_fields.insert(name.clone());
                json_text(&schema, type_name)
            });
            (name, field)
        });
        let fields: Map<_, _> = fields.collect();
        let requested = json!({ "type": "object", "properties": fields, "required": required });
        let schema = serde_json::from_value(requested);
        Self {
            schema: schema.expect("each field is one that forms have"),
            is_object,
            json_fields,
        }
    }

    /// The awaited value, as JSON, of what the user has filled in.
    ///
    /// # Errors
    ///
    /// A sentence that names the field.
    pub(crate) fn read(&self, content: Option<Value>) -> Result<Value, String> {
        let Some(Value::Object(mut fields)) = content else {
            return Err("the answer has no fields".to_owned());
        };
        for name in &self.json_fields {
            let Some(Value::String(text)) = fields.get(name) else {
                continue;
            };
            let value = serde_json::from_str(text);
            let value = value.map_err(|error| format!("`{name}` is not JSON: {error}"))?;
            fields.insert(name.clone(), value);
        }
        match self.is_object {
            true => Ok(Value::Object(fields)),
            false => Ok(fields.remove(ANSWER).unwrap_or(Value::Null)),
        }
    }
}

/// Whether `null` is a value of it.
fn is_optional(schema: &Value) -> bool {
    let kinds = schema["type"].as_array();
    let is_null = |schema: &Value| schema["type"] == "null";
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
        || schema["anyOf"]
            .as_array()
            .is_some_and(|any| any.iter().any(is_null))
}

/// The same schema without `null` among its values.
fn given(schema: &Value) -> Value {
    let mut given = schema.clone();
    if let Some(kinds) = schema["type"].as_array() {
        let mut kinds = kinds.iter().filter(|kind| *kind != "null");
        if let (Some(kind), None) = (kinds.next(), kinds.next()) {
            given["type"] = kind.clone();
        }
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let mut some = any.iter().filter(|schema| schema["type"] != "null");
        if let (Some(only), None) = (some.next(), some.next()) {
            let mut only = only.clone();
            for key in ["title", "description"] {
                if let (Some(text), Some(only)) = (schema.get(key), only.as_object_mut()) {
                    only.insert(key.to_owned(), text.clone());
                }
            }
            return only;
        }
    }
    given
}

/// The field of a form for values of this schema, if forms have such.
fn field(schema: &Value) -> Option<Value> {
    let schema = given(schema);
    if let Some(choices) = choices(&schema) {
        return Some(with(&schema, &["default"], choices));
    }
    match schema["type"].as_str()? {
        "string" => {
            let mut field = with(&schema, &["minLength", "maxLength", "default"], json!({}));
            let format = schema["format"].as_str();
            if let Some(format @ ("email" | "uri" | "date" | "date-time")) = format {
                field["format"] = format.into();
            }
            field["type"] = "string".into();
            Some(field)
        }
        kind @ ("integer" | "number") => {
            let field = with(&schema, &["minimum", "maximum", "default"], json!({}));
            Some(typed(kind, field))
        }
        "boolean" => Some(typed("boolean", with(&schema, &["default"], json!({})))),
        "array" => {
            let items = choices(&given(&schema["items"]))?;
            // A list has its titles under another keyword than a single choice.
            let items = match items.get("oneOf") {
                Some(titled) => json!({ "anyOf": titled }),
                None => items,
            };
            let field = with(
                &schema,
                &["minItems", "maxItems", "default"],
                json!({ "items": items }),
            );
            Some(typed("array", field))
        }
        _ => None,
    }
}

fn typed(kind: &str, mut field: Value) -> Value {
    field["type"] = kind.into();
    if kind == "integer" {
        // Forms have bounds of 64 bits.
        if let Some(field) = field.as_object_mut() {
            field.retain(|key, value| !matches!(&**key, "minimum" | "maximum") || value.is_i64());
        }
    }
    field
}

/// A choice among texts, with a title for each where they have any.
fn choices(schema: &Value) -> Option<Value> {
    let texts = |values: &[Value]| values.iter().all(Value::is_string);
    if let Some(values) = schema["enum"].as_array().filter(|values| texts(values)) {
        return Some(json!({ "type": "string", "enum": values }));
    }
    if let Some(only) = schema["const"].as_str() {
        return Some(json!({ "type": "string", "enum": [only] }));
    }
    let titled = schema["oneOf"].as_array()?.iter().map(|choice| {
        let value = choice["const"].as_str()?;
        let title = choice["description"].as_str().or(choice["title"].as_str());
        Some(json!({ "const": value, "title": title.unwrap_or(value) }))
    });
    let titled: Option<Vec<_>> = titled.collect();
    Some(json!({ "type": "string", "oneOf": titled? }))
}

/// The field with those of these keywords that the schema has, and with its texts.
fn with(schema: &Value, keywords: &[&str], mut field: Value) -> Value {
    for key in keywords.iter().chain(&["title", "description"]) {
        if let Some(value) = schema.get(*key).filter(|value| !value.is_null()) {
            field[*key] = value.clone();
        }
    }
    field
}

/// The field for values that forms do not have.
fn json_text(schema: &Value, type_name: &str) -> Value {
    let what = match schema.as_object().is_none_or(Map::is_empty) {
        true => format!("A `{type_name}`, as JSON."),
        false => format!("As JSON that fits this schema: {schema}"),
    };
    let description = match schema["description"].as_str() {
        Some(text) => format!("{text} {what}"),
        None => what,
    };
    with(
        &json!({ "title": schema["title"] }),
        &[],
        json!({ "type": "string", "description": description }),
    )
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;

    fn of<T: JsonSchema>() -> Form {
        let schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
        Form::of(Some(&schema), "T")
    }

    fn shown(form: &Form) -> Value {
        serde_json::to_value(&form.schema).expect("a form serialises")
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    struct Approval {
        /// Whether it may go on.
        approved: bool,
        note: Option<String>,
        amount: u32,
        urgency: Urgency,
        colour: Option<Colour>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    enum Urgency {
        /// This week.
        Low,
        /// Now.
        High,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    enum Colour {
        Red,
        Green,
    }

    #[test]
    fn a_flat_type_is_a_form() {
        let form = of::<Approval>();
        let form = shown(&form);
        assert_eq!(
            form["properties"],
            json!({
                "approved": { "type": "boolean", "description": "Whether it may go on." },
                "note": { "type": "string" },
                "amount": { "type": "integer", "minimum": 0 },
                "urgency": {
                    "type": "string",
                    "oneOf": [
                        { "const": "Low", "title": "This week." },
                        { "const": "High", "title": "Now." },
                    ],
                },
                "colour": { "type": "string", "enum": ["Red", "Green"] },
            })
        );
        assert_eq!(form["required"], json!(["approved", "amount", "urgency"]));
    }

    #[test]
    fn what_is_no_object_is_one_answer() {
        let form = of::<bool>();
        assert_eq!(shown(&form)["properties"]["answer"]["type"], "boolean");
        assert_eq!(form.read(Some(json!({ "answer": true }))), Ok(json!(true)));
        let form = of::<Vec<Colour>>();
        assert_eq!(
            shown(&form)["properties"]["answer"]["items"]["enum"],
            json!(["Red", "Green"])
        );
        let form = of::<Option<u8>>();
        assert_eq!(form.read(Some(json!({}))), Ok(Value::Null));
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    struct Plan {
        name: String,
        steps: Vec<Approval>,
    }

    #[test]
    fn what_forms_do_not_have_is_a_text_of_json() {
        let form = of::<Plan>();
        let steps = &shown(&form)["properties"]["steps"];
        assert_eq!(steps["type"], "string");
        let description = steps["description"].as_str().expect("a text");
        assert!(
            description.starts_with("As JSON that fits this schema: {"),
            "{description}"
        );

        let read = form.read(Some(json!({ "name": "a", "steps": "[]" })));
        assert_eq!(read, Ok(json!({ "name": "a", "steps": [] })));
        let error = form
            .read(Some(json!({ "steps": "[" })))
            .expect_err("it is no JSON");
        assert!(error.starts_with("`steps` is not JSON: "), "{error}");
        assert!(form.read(None).is_err());
        assert!(form.read(Some(json!("yes"))).is_err());
    }

    #[test]
    fn a_type_without_a_schema_is_a_text_of_json() {
        let form = Form::of(None, "Secret");
        let description = &shown(&form)["properties"]["answer"]["description"];
        assert_eq!(description, "A `Secret`, as JSON.");
        assert_eq!(form.read(Some(json!({ "answer": "7" }))), Ok(json!(7)));
    }
}
