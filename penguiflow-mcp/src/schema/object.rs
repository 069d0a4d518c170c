//! A type as the object that MCP has at the root of arguments and results.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::Schema;
use serde_json::{Map, Value, json};

use super::inlined;

/// The object in which a value of a type travels, and where in it the value stands.
#[derive(Debug, Clone)]
pub(crate) struct ObjectShape {
    /// The schema of the object. Its root is a plain object.
    pub(crate) schema: Arc<JsonObject>,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The value is the object.
    Whole,
    /// The object has one field, which is the value.
    Field(&'static str),
    /// The value is `null`, and the object is empty.
    Nowhere,
}

impl ObjectShape {
    /// The object for values of this schema. What is no plain object stands in a field of this name.
    pub(crate) fn of(schema: Option<&Schema>, field: &'static str, type_name: &str) -> Self {
        let schema = match schema {
            Some(schema) => inlined(schema),
            None => json!({
                "description": format!("A `{type_name}`: the type derives no `JsonSchema`"),
            }),
        };
        match schema {
            Value::Object(object) if is_plain(&object) => Self::new(object, Place::Whole),
            schema if schema["type"] == "null" => Self::new(Map::new(), Place::Nowhere),
            schema => {
                let mut object = Map::new();
                object.insert("properties".to_owned(), json!({ field: schema }));
                object.insert("required".to_owned(), json!([field]));
                Self::new(object, Place::Field(field))
            }
        }
    }

    fn new(mut schema: JsonObject, place: Place) -> Self {
        schema.insert("type".to_owned(), "object".into());
        // Some clients look it up without asking whether it is there.
        schema.entry("properties").or_insert_with(|| json!({}));
        let schema = Arc::new(schema);
        Self { schema, place }
    }

    /// The value that an object holds.
    ///
    /// # Errors
    ///
    /// A sentence that names the field, if it is not there.
    pub(crate) fn unwrap(&self, mut object: JsonObject) -> Result<Value, String> {
        match self.place {
            Place::Whole => Ok(Value::Object(object)),
            Place::Nowhere => Ok(Value::Null),
            Place::Field(field) => object
                .remove(field)
                .ok_or_else(|| format!("the argument `{field}` is missing")),
        }
    }

    /// The object that holds a value.
    pub(crate) fn wrap(&self, value: Value) -> Value {
        match self.place {
            Place::Whole => value,
            Place::Nowhere => json!({}),
            Place::Field(field) => json!({ field: value }),
        }
    }
}

/// Whether all values are objects, and the schema says so by itself.
fn is_plain(schema: &JsonObject) -> bool {
    let composed = ["oneOf", "anyOf", "allOf", "not", "if", "enum", "const"];
    schema.get("type").is_some_and(|kind| kind == "object")
        && !composed.iter().any(|keyword| schema.contains_key(*keyword))
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;

    fn of<T: JsonSchema>() -> ObjectShape {
        let schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
        ObjectShape::of(Some(&schema), "input", "T")
    }

    #[derive(JsonSchema)]
    struct Question {
        #[expect(dead_code, reason = "for its schema")]
        text: String,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    enum Choice {
        Left(u32),
        Right(String),
    }

    #[test]
    fn an_object_is_its_own_root() {
        let shape = of::<Question>();
        assert_eq!(shape.schema["required"], json!(["text"]));
        let value = json!({ "text": "Why?" });
        assert_eq!(shape.wrap(value.clone()), value);
    }

    #[test]
    fn all_else_stands_in_a_field() {
        for shape in [
            of::<u32>(),
            of::<Vec<Question>>(),
            of::<Choice>(),
            of::<Option<Question>>(),
        ] {
            assert_eq!(shape.schema["type"], "object");
            assert_eq!(shape.schema["required"], json!(["input"]));
            assert!(!shape.schema.contains_key("oneOf") && !shape.schema.contains_key("anyOf"));
        }
        let shape = of::<u32>();
        let wrapped = shape.wrap(json!(7));
        assert_eq!(wrapped, json!({ "input": 7 }));
        let object = wrapped.as_object().expect("an object").clone();
        assert_eq!(shape.unwrap(object), Ok(json!(7)));
        let missing = shape.unwrap(Map::new()).expect_err("it is missing");
        assert_eq!(missing, "the argument `input` is missing");
    }

    #[test]
    fn nothing_is_an_empty_object() {
        let shape = of::<()>();
        assert_eq!(
            *shape.schema,
            *json!({ "type": "object", "properties": {} })
                .as_object()
                .expect("one")
        );
        assert_eq!(shape.unwrap(Map::new()), Ok(Value::Null));
    }

    #[test]
    fn a_type_without_a_schema_takes_anything_and_says_so() {
        let shape = ObjectShape::of(None, "input", "Secret");
        let description = &shape.schema["properties"]["input"]["description"];
        assert_eq!(description, "A `Secret`: the type derives no `JsonSchema`");
    }
}
