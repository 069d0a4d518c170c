//! The document of the routes, held to the schema of OpenAPI 3.1 (`openapi_3_1.json`, as the OpenAPI
//! Initiative publishes it, under the Apache License 2.0).

use axum::Router;
use axum::http::StatusCode;
use penguiflow::prelude::*;
use penguiflow_serve::routes;
use serde_json::{Value, json};

use crate::support::{Host, Reply, Subject, over_both};

const SCHEMA: &str = include_str!("openapi_3_1.json");

/// Fails unless it is a document of OpenAPI 3.1 whose schemas are schemas, and whose references lead
/// somewhere.
fn check(document: &Value) {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    let faults: Vec<_> = validator
        .iter_errors(document)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert_eq!(faults, Vec::<String>::new(), "{document:#}");
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("components")
    {
        assert!(jsonschema::meta::is_valid(schema), "{name}: {schema:#}");
    }
    let mut references = Vec::new();
    collect(document, &mut references);
    for reference in references {
        let place = reference.strip_prefix('#').expect("in the document");
        assert!(
            document.pointer(place).is_some(),
            "{reference} leads nowhere"
        );
    }
}

fn collect<'v>(value: &'v Value, references: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

/// A schema with its references followed.
fn followed<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(reference) => document
            .pointer(&reference[1..])
            .expect("it leads somewhere"),
        None => schema,
    }
}

over_both! {
    async fn the_document_is_of_openapi_3_1(subject: Subject) {
        let reply = subject.get("/openapi.json").await;
        assert_eq!(reply.status, StatusCode::OK);
        let document = reply.json();
        check(&document);
        let run = &document["paths"]["/support/run"]["post"];
        let body = &run["requestBody"]["content"]["application/json"]["schema"];
        let input = followed(&document, body);
        assert_eq!(input["required"], json!(["text"]));
        let trick = followed(&document, &input["properties"]["trick"]);
        assert!(trick.to_string().contains("throttle"), "{trick:#}");
        let answer = &run["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(followed(&document, answer)["required"], json!(["text", "words"]));
        let resume = &document["paths"]["/support/traces/{id}/resume"]["post"];
        let awaited = &resume["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(followed(&document, awaited)["required"], json!(["approved"]));
        let retry = &document["paths"]["/support/traces/{id}/retry"];
        assert_eq!(retry.is_object(), subject.host == Host::Store);
    }

    async fn what_is_answered_fits_the_document(subject: Subject) {
        let id = subject.emit(r#"{"text": "why", "trick": "approve"}"#).await;
        subject.reaches(&id, "parked").await;
        let done = subject.emit(r#"{"text": "why"}"#).await;
        subject.reaches(&done, "completed").await;
        let document = subject.get("/openapi.json").await.json();
        let fits = |path: &str, reply: &Reply, method: &str| {
            let responses = &document["paths"][path][method]["responses"];
            let content = &responses[reply.status.as_str()]["content"];
            let schema = &content[reply.header("content-type").expect("a type")]["schema"];
            assert!(schema.is_object(), "{path} has no {reply:?}");
            let mut whole = schema.clone();
            whole["components"] = document["components"].clone();
            let json = reply.json();
            let fault = jsonschema::validate(&whole, &json).err();
            assert!(fault.is_none(), "{path}: {fault:?}");
        };
        for (path, place) in [
            ("/support/traces", "/support/traces".to_owned()),
            ("/support/parked", "/support/parked".to_owned()),
            ("/support/graph", "/support/graph".to_owned()),
            ("/support/traces/{id}", format!("/support/traces/{id}")),
            ("/support/traces/{id}", format!("/support/traces/{done}")),
            ("/support/traces/{id}", "/support/traces/7".to_owned()),
        ] {
            fits(path, &subject.get(&place).await, "get");
        }
        for body in [r#"{"text": "why"}"#, r#"{"text": "why", "trick": "fail"}"#, "{}", "{"] {
            fits("/support/run", &subject.post("/support/run", body).await, "post");
            fits("/support/emit", &subject.post("/support/emit", body).await, "post");
        }
    }
}

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

#[tokio::test]
async fn several_flows_have_one_document_which_knows_its_place() {
    let subject = Subject::start(Host::Memory).await;
    let double = routes("double", flow! { double }.start()).open();
    let both = routes("support", subject.running.clone())
        .open()
        .and(double);
    check(&both.openapi());
    let app = Router::new().nest("/api", Router::new().merge(both));
    let subject = subject.served_by(app);
    let document = subject.get("/api/openapi.json").await.json();
    assert_eq!(document["servers"], json!([{ "url": "/api" }]));
    let names: Vec<_> = document["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    assert_eq!(names, ["support", "double"]);
    assert_eq!(
        subject.post("/api/double/run", "21").await.json(),
        json!(42)
    );
    let emitted = subject.post("/api/double/emit", "21").await;
    let place = emitted.header("location").expect("a place");
    assert!(place.starts_with("/api/double/traces/"), "{place}");
    assert_eq!(subject.get(place).await.status, StatusCode::OK);
}
