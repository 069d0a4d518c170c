//! A schema without references. Many clients drop a tool whose schema has any, and do not report it.

use schemars::Schema;
use serde_json::{Map, Value, json};

/// How many schemas one schema is inlined into at most: types that use each other several times grow
/// exponentially. What exceeds it takes any value.
const ROOM: usize = 20_000;

/// The name by which a schema refers to its own root.
const ROOT: &str = "#";

/// The same schema without `$ref` and `$defs`. Where a type contains itself, its second occurrence takes
/// any value, and its description says so.
pub(crate) fn inlined(schema: &Schema) -> Value {
    let mut root = schema.as_value().clone();
    let definitions = match root.as_object_mut() {
        Some(root) => {
            root.remove("$schema");
            root.remove("$defs")
        }
        None => None,
    };
    let mut inliner = Inliner {
        root: root.clone(),
        definitions: definitions.unwrap_or_default(),
        open: vec![ROOT.to_owned()],
        room: ROOM,
    };
    inliner.schema(&root)
}

struct Inliner {
    root: Value,
    definitions: Value,
    /// The definitions that stand around the present place.
    open: Vec<String>,
    room: usize,
}

impl Inliner {
    fn schema(&mut self, schema: &Value) -> Value {
        let Value::Object(object) = schema else {
            // `true` takes anything; clients know objects alone.
            return match schema {
                Value::Bool(false) => json!({ "not": {} }),
                _ => json!({}),
            };
        };
        self.room = self.room.saturating_sub(1);
        let mut own = Map::new();
        for (key, value) in object.iter().filter(|(key, _)| *key != "$ref") {
            own.insert(key.clone(), self.keyword(key, value));
        }
        match object.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let mut target = self.target(reference);
                target.append(&mut own);
                Value::Object(target)
            }
            None => Value::Object(own),
        }
    }

    /// The value of a keyword: a schema, a list or a map of schemas, or data.
    fn keyword(&mut self, key: &str, value: &Value) -> Value {
        match (key, value) {
            ("properties" | "patternProperties" | "dependentSchemas", Value::Object(schemas)) => {
                let schemas = schemas.iter();
                let inlined = schemas.map(|(name, schema)| (name.clone(), self.schema(schema)));
                Value::Object(inlined.collect())
            }
            ("oneOf" | "anyOf" | "allOf" | "prefixItems", Value::Array(schemas)) => {
                schemas.iter().map(|schema| self.schema(schema)).collect()
            }
            // A flag here is understood everywhere.
            (_, Value::Bool(_)) => value.clone(),
            (
                "items"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedProperties"
                | "unevaluatedItems",
                schema,
            ) => self.schema(schema),
            (_, data) => data.clone(),
        }
    }

    /// What a reference refers to, in its place.
    fn target(&mut self, reference: &str) -> Map<String, Value> {
        let name = reference.strip_prefix("#/$defs/").unwrap_or(reference);
        let target = match name {
            ROOT => self.root.clone(),
            // Slashes and tildes of a name are escaped in a reference.
            name => self.definitions[name.replace("~1", "/").replace("~0", "~")].clone(),
        };
        if self.room == 0 || self.open.iter().any(|open| open == name) {
            return again(name, &target);
        }
        self.open.push(name.to_owned());
        let inlined = self.schema(&target);
        self.open.pop();
        match inlined {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }
}

/// What stands for a type that is not written out again.
fn again(name: &str, target: &Value) -> Map<String, Value> {
    let title = target["title"].as_str();
    let name = title.unwrap_or(if name == ROOT { "the whole" } else { name });
    let mut schema = Map::new();
    if let Some(kind) = target.get("type") {
        schema.insert("type".to_owned(), kind.clone());
    }
    let description = format!("`{name}` once more: its schema contains itself");
    schema.insert("description".to_owned(), description.into());
    schema
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;

    fn of<T: JsonSchema>() -> Value {
        let schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
        inlined(&schema)
    }

    /// An address.
    #[derive(JsonSchema)]
    struct Address {
        #[expect(dead_code, reason = "for its schema")]
        street: String,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    struct Order {
        /// Where it goes.
        to: Address,
        from: Option<Address>,
        /// A property that is called like a keyword.
        properties: Vec<Address>,
    }

    #[test]
    fn references_are_written_out_and_keep_their_own_descriptions() {
        let schema = of::<Order>();
        let text = schema.to_string();
        assert!(!text.contains("$ref") && !text.contains("$defs"), "{text}");
        let to = &schema["properties"]["to"];
        assert_eq!(to["description"], "Where it goes.");
        assert_eq!(to["properties"]["street"]["type"], "string");
        let items = &schema["properties"]["properties"]["items"];
        assert_eq!(items["description"], "An address.");
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    struct Tree {
        name: String,
        children: Vec<Self>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "for its schema")]
    struct Forest {
        trees: Vec<Tree>,
    }

    #[test]
    fn a_type_that_contains_itself_says_so_where_it_stands_again() {
        let children = of::<Tree>()["properties"]["children"]["items"].clone();
        let again = json!({
            "type": "object",
            "description": "`Tree` once more: its schema contains itself",
        });
        assert_eq!(children, again);
        let tree = of::<Forest>()["properties"]["trees"]["items"].clone();
        assert_eq!(tree["properties"]["children"]["items"]["type"], "object");
        assert!(!tree.to_string().contains("$ref"));
    }

    #[test]
    fn what_would_grow_without_end_is_cut() {
        let mut definitions = json!({ "T0": { "type": "string" } });
        for level in 1..40 {
            let below = json!({ "$ref": format!("#/$defs/T{}", level - 1) });
            definitions[format!("T{level}")] =
                json!({ "type": "object", "properties": { "a": below, "b": below } });
        }
        let schema = json!({ "$ref": "#/$defs/T39", "$defs": definitions });
        let schema = Schema::try_from(schema).expect("a schema is an object");
        let text = inlined(&schema).to_string();
        assert!(!text.contains("$ref") && text.len() < 10_000_000);
    }
}
