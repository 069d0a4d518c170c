//! Schemas of types, and how they are rewritten for servers.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use jsonschema::Validator;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AnswerSchema, Dialect};
use crate::ask::read;
use crate::testing::instance;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
enum Action {
    /// Searches.
    Search {
        query: String,
        limit: u8,
        before: Option<String>,
    },
    Move(i32, i32),
    Rate(f64),
    Ask(Box<Question>),
    Stop,
    Nothing {},
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Question {
    /// What is asked.
    zoo: String,
    animal: Option<Animal>,
    #[serde(default)]
    count: u32,
    tags: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Animal {
    name: String,
    parent: Option<Box<Self>>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "tool", rename_all = "lowercase")]
enum Tagged {
    Add { left: i64, right: i64 },
    About { subject: Subject },
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Subject {
    Fish,
    Ice,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
enum Tree {
    Leaf(bool),
    Branch(Vec<Self>),
}

fn check<T: JsonSchema>(dialect: Dialect, expect: Expect) {
    expect.assert_eq(&AnswerSchema::of::<T>().in_dialect(dialect).to_text());
}

#[test]
fn a_tag_comes_before_the_fields_and_fields_come_as_declared() {
    expect![[r#"{"oneOf":[{"properties":{"tool":{"const":"add","type":"string"},"left":{"format":"int64","type":"integer"},"right":{"format":"int64","type":"integer"}},"required":["tool","left","right"],"type":"object"},{"properties":{"tool":{"const":"about","type":"string"},"subject":{"enum":["fish","ice"],"type":"string"}},"required":["tool","subject"],"type":"object"}]}"#]].assert_eq(&AnswerSchema::of::<Tagged>().to_text());
    expect![[r##"{"$defs":{"Animal":{"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name"],"type":"object"}},"properties":{"zoo":{"description":"What is asked.","type":"string"},"tags":{"items":{"type":"string"},"type":"array"},"animal":{"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name"],"type":["object","null"]},"count":{"default":0,"format":"uint32","minimum":0,"type":"integer"}},"required":["zoo","tags"],"type":"object"}"##]].assert_eq(&AnswerSchema::of::<Question>().to_text());
}

#[test]
fn strict_mode_has_all_properties_no_others_and_an_object_at_the_top() {
    check::<Action>(
        Dialect::OpenAi,
        expect![[
            r##"{"$defs":{"Animal":{"additionalProperties":false,"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name","parent"],"type":"object"}},"additionalProperties":false,"properties":{"answer":{"anyOf":[{"enum":["Stop"],"type":"string"},{"additionalProperties":false,"description":"Searches.","properties":{"Search":{"additionalProperties":false,"properties":{"query":{"type":"string"},"limit":{"maximum":255,"minimum":0,"type":"integer"},"before":{"type":["string","null"]}},"required":["query","limit","before"],"type":"object"}},"required":["Search"],"type":"object"},{"additionalProperties":false,"properties":{"Move":{"items":{"type":"integer"},"maxItems":2,"minItems":2,"type":"array"}},"required":["Move"],"type":"object"},{"additionalProperties":false,"properties":{"Rate":{"type":"number"}},"required":["Rate"],"type":"object"},{"additionalProperties":false,"properties":{"Ask":{"additionalProperties":false,"properties":{"zoo":{"description":"What is asked.","type":"string"},"tags":{"items":{"type":"string"},"type":"array"},"animal":{"anyOf":[{"additionalProperties":false,"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name","parent"],"type":"object"},{"type":"null"}]},"count":{"minimum":0,"type":"integer"}},"required":["zoo","tags","animal","count"],"type":"object"}},"required":["Ask"],"type":"object"},{"additionalProperties":false,"properties":{"Nothing":{"additionalProperties":false,"properties":{},"required":[],"type":"object"}},"required":["Nothing"],"type":"object"}]}},"required":["answer"],"type":"object"}"##
        ]],
    );
    check::<Tagged>(
        Dialect::OpenAi,
        expect![[
            r#"{"additionalProperties":false,"properties":{"answer":{"anyOf":[{"additionalProperties":false,"properties":{"tool":{"const":"add","type":"string"},"left":{"type":"integer"},"right":{"type":"integer"}},"required":["tool","left","right"],"type":"object"},{"additionalProperties":false,"properties":{"tool":{"const":"about","type":"string"},"subject":{"enum":["fish","ice"],"type":"string"}},"required":["tool","subject"],"type":"object"}]}},"required":["answer"],"type":"object"}"#
        ]],
    );
    check::<Tree>(
        Dialect::OpenAi,
        expect![[
            r##"{"$defs":{"Tree":{"anyOf":[{"additionalProperties":false,"properties":{"Leaf":{"type":"boolean"}},"required":["Leaf"],"type":"object"},{"additionalProperties":false,"properties":{"Branch":{"items":{"$ref":"#/$defs/Tree"},"type":"array"}},"required":["Branch"],"type":"object"}]}},"additionalProperties":false,"properties":{"answer":{"anyOf":[{"additionalProperties":false,"properties":{"Leaf":{"type":"boolean"}},"required":["Leaf"],"type":"object"},{"additionalProperties":false,"properties":{"Branch":{"items":{"$ref":"#/$defs/Tree"},"type":"array"}},"required":["Branch"],"type":"object"}]}},"required":["answer"],"type":"object"}"##
        ]],
    );
    check::<Animal>(
        Dialect::OpenAi,
        expect![[
            r##"{"$defs":{"Animal":{"additionalProperties":false,"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name","parent"],"type":"object"}},"additionalProperties":false,"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name","parent"],"type":"object"}"##
        ]],
    );
}

#[test]
fn an_object_or_null_is_two_alternatives() {
    check::<Option<Question>>(
        Dialect::OneOf,
        expect![[
            r##"{"$defs":{"Animal":{"properties":{"name":{"type":"string"},"parent":{"oneOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name"],"type":"object"}},"oneOf":[{"properties":{"zoo":{"description":"What is asked.","type":"string"},"tags":{"items":{"type":"string"},"type":"array"},"animal":{"oneOf":[{"properties":{"name":{"type":"string"},"parent":{"oneOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name"],"type":"object"},{"type":"null"}]},"count":{"default":0,"format":"uint32","minimum":0,"type":"integer"}},"required":["zoo","tags"],"type":"object"},{"type":"null"}]}"##
        ]],
    );
    check::<Option<Question>>(
        Dialect::Grammar,
        expect![[
            r##"{"$defs":{"Animal":{"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name"],"type":"object"}},"anyOf":[{"properties":{"zoo":{"description":"What is asked.","type":"string"},"tags":{"items":{"type":"string"},"type":"array"},"animal":{"anyOf":[{"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/$defs/Animal"},{"type":"null"}]}},"required":["name"],"type":"object"},{"type":"null"}]},"count":{"default":0,"format":"uint32","minimum":0,"type":"integer"}},"required":["zoo","tags"],"type":"object"},{"type":"null"}]}"##
        ]],
    );
}

#[test]
fn a_type_that_strict_mode_cannot_have_is_sent_without_it() {
    let is_strict = |schema: AnswerSchema| schema.in_dialect(Dialect::OpenAi).is_strict;
    assert!(!is_strict(AnswerSchema::of::<BTreeMap<String, u8>>()));
    assert!(!is_strict(AnswerSchema::of::<Value>()));
    assert!(!is_strict(AnswerSchema::of::<Vec<Value>>()));
    assert!(is_strict(AnswerSchema::of::<(u8, Option<Subject>)>()));
}

#[test]
fn a_property_with_the_name_of_a_keyword_is_a_property() {
    #[derive(JsonSchema)]
    #[expect(dead_code)]
    struct Odd {
        #[serde(rename = "oneOf")]
        one_of: Vec<String>,
        title: String,
        properties: Option<String>,
    }
    let schema = AnswerSchema::of::<Odd>().in_dialect(Dialect::OpenAi).schema;
    let names: Vec<_> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(names.len(), 3, "{schema}");
    assert_eq!(schema["properties"]["title"], json!({ "type": "string" }));
}

/// Every value that a dialect's schema allows is one of the type, and is written as the schema says.
#[test]
fn what_a_schema_allows_is_what_the_type_is() {
    both_ways::<Action>();
    both_ways::<Question>();
    both_ways::<Tagged>();
    both_ways::<Subject>();
    both_ways::<Tree>();
    both_ways::<Option<Animal>>();
    both_ways::<Vec<(u8, Option<Subject>)>>();
    both_ways::<BTreeMap<String, Question>>();
}

fn both_ways<T: JsonSchema + DeserializeOwned + Serialize>() {
    let answer = AnswerSchema::of::<T>();
    let original = validator(&answer.schema);
    let has_tuples = answer.schema.to_string().contains("prefixItems");
    use Dialect::{Grammar, JsonObject, OneOf, OpenAi};
    for dialect in [OpenAi, Grammar, OneOf, JsonObject] {
        let schema = answer.in_dialect(dialect).schema;
        let rewritten = validator(&schema);
        let key = answer
            .wrapper()
            .filter(|key| schema["properties"].get(key).is_some());
        for seed in 0..300 {
            let value = instance(&schema, &mut fastrand::Rng::with_seed(seed));
            assert!(rewritten.is_valid(&value), "{value} of {schema}");
            let read: T = match read(&value.to_string(), Some(&answer)) {
                Ok(read) => read,
                // Strict mode has no place for the type of each item: such an answer is repaired.
                Err(_) if has_tuples && dialect == OpenAi => continue,
                Err(error) => panic!("{error}: {value} in {dialect:?}"),
            };
            let written = serde_json::to_value(&read).expect("JSON");
            assert!(original.is_valid(&written), "{written}");
            let written = key.map_or(written.clone(), |key| json!({ key: written }));
            assert!(rewritten.is_valid(&written), "{written} in {dialect:?}");
        }
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("a schema")
}
