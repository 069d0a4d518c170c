//! For tests of this crate: values that a schema allows.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A value that the schema allows, as a model that answers anything would give it.
pub(crate) fn instance(schema: &Value, random: &mut Rng) -> Value {
    Instances { root: schema }.of(schema, random, 6)
}

struct Instances<'a> {
    root: &'a Value,
}

impl Instances<'_> {
    fn of(&self, schema: &Value, random: &mut Rng, depth: usize) -> Value {
        if let Some(path) = schema["$ref"].as_str() {
            let target = self.root.pointer(path.trim_start_matches('#'));
            return self.of(target.expect("a reference leads somewhere"), random, depth);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        let alternatives = ["enum", "anyOf", "oneOf"].map(|key| schema[key].as_array());
        match alternatives {
            [Some(values), ..] => pick(values, random).clone(),
            [_, Some(branches), _] | [_, _, Some(branches)] => self.branch(branches, random, depth),
            _ => self.plain(schema, random, depth),
        }
    }

    /// One of the alternatives; the one that is written shortest, where the value is deep already.
    fn branch(&self, branches: &[Value], random: &mut Rng, depth: usize) -> Value {
        let branch = match depth {
            0 => branches
                .iter()
                .min_by_key(|branch| branch.to_string().len()),
            _ => Some(pick(branches, random)),
        };
        self.of(
            branch.expect("an alternative"),
            random,
            depth.saturating_sub(1),
        )
    }

    fn plain(&self, schema: &Value, random: &mut Rng, depth: usize) -> Value {
        let kind = match &schema["type"] {
            Value::Array(kinds) => pick(kinds, random).as_str(),
            kind => kind.as_str(),
        };
        match kind {
            Some("object") => self.object(schema, random, depth),
            Some("array") => self.list(schema, random, depth),
            Some("string") => json!(*pick(&["", "fish", "\"{", "ä 🐧\n"], random)),
            Some("integer") => json!(whole(schema, random)),
            Some("number") => json!(f64::from(random.i16(..)) / 8.0),
            Some("boolean") => json!(random.bool()),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, random: &mut Rng, depth: usize) -> Value {
        let required = schema["required"].as_array();
        let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|n| n == name));
        let mut object = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            if is_required(name) || random.bool() {
                let value = self.of(field, random, depth.saturating_sub(1));
                object.insert(name.clone(), value);
            }
        }
        let more = &schema["additionalProperties"];
        if more.is_object() {
            let value = self.of(more, random, depth.saturating_sub(1));
            object.insert("any".to_owned(), value);
        }
        Value::Object(object)
    }

    fn list(&self, schema: &Value, random: &mut Rng, depth: usize) -> Value {
        if let Some(items) = schema["prefixItems"].as_array() {
            return items
                .iter()
                .map(|item| self.of(item, random, depth))
                .collect();
        }
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let most = schema["maxItems"].as_u64().unwrap_or(least + 2);
        let count = match depth {
            0 => least,
            _ => random.u64(least..=most),
        };
        let item = |_| self.of(&schema["items"], random, depth.saturating_sub(1));
        (0..count).map(item).collect()
    }
}

fn whole(schema: &Value, random: &mut Rng) -> i64 {
    let least = schema["minimum"].as_i64().unwrap_or(-1000);
    let most = schema["maximum"].as_i64().unwrap_or(1000);
    random.i64(least..=most)
}

fn pick<'a, T>(values: &'a [T], random: &mut Rng) -> &'a T {
    &values[random.usize(..values.len())]
}
