//! The schemas of what the routes themselves answer, whatever the flow.

use serde_json::{Value, json};

/// The components, by their names.
pub(super) fn answers() -> [(&'static str, Value); 5] {
    [
        ("Accepted", accepted()),
        ("ParkedStep", parked_step()),
        ("Problem", problem()),
        ("TraceDetail", trace_detail()),
        ("TraceSummary", trace_summary()),
    ]
}

pub(super) fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{component}") })
}

fn id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
}

fn time() -> Value {
    json!({ "type": "number", "description": "seconds since the Unix epoch" })
}

fn accepted() -> Value {
    json!({ "type": "object", "required": ["trace_id"], "properties": { "trace_id": id() } })
}

fn trace_summary() -> Value {
    let states = [
        "active",
        "retrying",
        "parked",
        "dead",
        "completed",
        "filtered",
        "failed",
        "cancelled",
    ];
    json!({
        "type": "object",
        "required": ["id", "state", "created", "updated"],
        "properties": {
            "id": id(),
            "seq": { "type": "integer" },
            "state": { "type": "string", "enum": states },
            "created": time(),
            "updated": time(),
            "due": { "type": ["number", "null"] },
            "tenant": { "type": ["string", "null"] },
            "parked_at": { "type": "array", "items": { "type": "string" } },
            "error": { "type": ["object", "null"] },
        },
    })
}

fn trace_detail() -> Value {
    json!({
        "allOf": [reference("TraceSummary")],
        "type": "object",
        "required": ["waits", "outputs"],
        "properties": {
            "key": { "type": ["string", "null"] },
            "steps": { "type": "array", "items": { "type": "object" } },
            "waits": { "type": "array", "items": reference("ParkedStep") },
            "attempts": { "type": "array", "items": { "type": "object" } },
            "outputs": { "type": "array" },
        },
    })
}

fn parked_step() -> Value {
    json!({
        "type": "object",
        "required": ["trace_id", "step", "node", "awaited", "since"],
        "properties": {
            "trace_id": id(),
            "step": { "type": "string", "pattern": "^[0-9a-f]{16}$" },
            "node": { "type": "string" },
            "awaited": { "type": "string" },
            "since": time(),
            "until": { "type": ["number", "null"] },
            "tenant": { "type": "string" },
            "payload": {},
            "schema": {},
        },
    })
}

fn problem() -> Value {
    let kind = "what happened, for programs: `timed_out`, `full`";
    json!({
        "type": "object",
        "required": ["title", "status", "detail", "kind"],
        "properties": {
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "what happened, in one sentence" },
            "kind": { "type": "string", "description": kind },
            "trace_id": id(),
            "node": { "type": "string" },
            "path": { "type": "string" },
            "attempts": { "type": "integer" },
            "causes": { "type": "array", "items": { "type": "string" } },
        },
    })
}
