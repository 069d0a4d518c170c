//! What of the JSON of one schema another one does not take, as far as that can be read from them: a
//! field that is required now, a type that is another, a variant that is gone.

use std::collections::BTreeSet;

use serde_json::Value;

/// How deep schemas are compared: those of recursive types have no end.
const DEPTH: usize = 16;

/// The changes, each in a sentence that names its place.
pub(super) fn schema_changes(before: &Value, now: &Value) -> Vec<String> {
    let mut comparison = Comparison {
        roots: (before, now),
        changes: BTreeSet::new(),
    };
    comparison.compare(before, now, "", DEPTH);
    comparison.changes.into_iter().collect()
}

struct Comparison<'s> {
    roots: (&'s Value, &'s Value),
    changes: BTreeSet<String>,
}

impl<'s> Comparison<'s> {
    fn compare(&mut self, before: &'s Value, now: &'s Value, place: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let before = resolved(self.roots.0, before);
        let now = resolved(self.roots.1, now);
        self.types(before, now, place);
        self.fields(before, now, place, depth);
        self.variants(before, now, place);
        if let (Some(before), Some(now)) = (before.get("items"), now.get("items")) {
            self.compare(before, now, &format!("{place}[…]"), depth);
        }
        let elements = |schema: &'s Value| schema["prefixItems"].as_array().into_iter().flatten();
        for (number, (before, now)) in elements(before).zip(elements(now)).enumerate() {
            self.compare(before, now, &format!("{place}[{number}]"), depth);
        }
    }

    fn types(&mut self, before: &Value, now: &Value, place: &str) {
        let (was, is) = (types(before), types(now));
        let takes = |ty: &str| is.contains(ty) || (ty == "integer" && is.contains("number"));
        if !was.is_empty() && !is.is_empty() && !was.iter().all(|ty| takes(ty)) {
            let (was, is) = (list(&was), list(&is));
            self.add(place, &format!("was {was}, and is {is}"));
        }
    }

    fn fields(&mut self, before: &'s Value, now: &'s Value, place: &str, depth: usize) {
        let (needed, needs) = (strings(&before["required"]), strings(&now["required"]));
        for field in needs.difference(&needed) {
            let place = format!("{place}.{field}");
            self.add(
                &place,
                "is required now: give the field a `#[serde(default)]`",
            );
        }
        let Some(fields) = before["properties"].as_object() else {
            return;
        };
        for (field, before) in fields {
            let place = format!("{place}.{field}");
            match now["properties"].get(field) {
                Some(now) => self.compare(before, now, &place, depth),
                None if now["additionalProperties"] == false => {
                    self.add(
                        &place,
                        "is refused now: it was a field, and unknown ones are denied",
                    );
                }
                None => {}
            }
        }
    }

    fn variants(&mut self, before: &Value, now: &Value, place: &str) {
        let (were, are) = (variants(before), variants(now));
        if are.is_empty() {
            return;
        }
        for variant in were.difference(&are) {
            let message = format!("has no variant `{variant}`: name it by `#[serde(alias = …)]`");
            self.add(place, &message);
        }
    }

    fn add(&mut self, place: &str, change: &str) {
        let place = match place {
            "" => "the value".to_owned(),
            place => format!("`{place}`"),
        };
        self.changes.insert(format!("{place} {change}"));
    }
}

/// What a `$ref` to a definition of the same document refers to.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let reference = schema["$ref"].as_str();
    let found = reference.and_then(|to| root.pointer(to.strip_prefix('#')?));
    found.unwrap_or(schema)
}

fn types(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::String(ty) => BTreeSet::from([ty.as_str()]),
        list => strings(list),
    }
}

fn strings(list: &Value) -> BTreeSet<&str> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}

fn list(types: &BTreeSet<&str>) -> String {
    let types: Vec<_> = types.iter().map(|ty| format!("`{ty}`")).collect();
    types.join(" or ")
}

/// The variants of an enum, by their tags: texts, and objects of one field.
fn variants(schema: &Value) -> BTreeSet<&str> {
    let mut found = strings(&schema["enum"]);
    found.extend(schema["const"].as_str());
    for one in schema["oneOf"].as_array().into_iter().flatten() {
        found.extend(strings(&one["enum"]));
        found.extend(one["const"].as_str());
        let required = strings(&one["required"]);
        found.extend(
            (required.len() == 1)
                .then_some(required)
                .into_iter()
                .flatten(),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::schema_changes;

    #[test]
    fn a_new_field_that_may_be_missing_changes_nothing() {
        let before =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}});
        let now = json!({
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": ["number", "null"]}, "b": {"type": "string"}},
        });
        assert!(schema_changes(&before, &now).is_empty());
        assert!(schema_changes(&now, &now).is_empty());
    }

    #[test]
    fn what_old_documents_lack_is_named_by_its_place() {
        let root = |by: serde_json::Value| {
            json!({
                "type": "object",
                "properties": {"by": {"$ref": "#/$defs/By"}, "all": {"type": "array", "items": {"$ref": "#/$defs/By"}}},
                "$defs": {"By": by},
            })
        };
        let before = root(json!({"type": "object", "properties": {"id": {"type": "string"}}}));
        let now = root(json!({
            "type": "object",
            "required": ["at"],
            "properties": {"id": {"type": "integer"}, "at": {"type": "string"}},
        }));
        assert_eq!(
            schema_changes(&before, &now),
            [
                "`.all[…].at` is required now: give the field a `#[serde(default)]`",
                "`.all[…].id` was `string`, and is `integer`",
                "`.by.at` is required now: give the field a `#[serde(default)]`",
                "`.by.id` was `string`, and is `integer`",
            ]
        );
    }

    #[test]
    fn a_variant_that_is_gone_is_named() {
        let before = json!({"oneOf": [{"type": "string", "enum": ["red", "blue"]}, {"type": "object", "required": ["rgb"]}]});
        let now = json!({"type": "string", "enum": ["red", "green"]});
        assert_eq!(
            schema_changes(&before, &now),
            [
                "the value has no variant `blue`: name it by `#[serde(alias = …)]`",
                "the value has no variant `rgb`: name it by `#[serde(alias = …)]`",
            ]
        );
    }

    #[test]
    fn recursive_schemas_end() {
        let list = json!({"type": "object", "properties": {"next": {"$ref": "#"}}});
        assert!(schema_changes(&list, &list).is_empty());
    }
}
