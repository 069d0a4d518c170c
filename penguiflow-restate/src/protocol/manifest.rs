//! What a worker answers to a server that discovers it.

use serde_json::{Value, json};

use crate::names::{FAILURE, FOLLOW, ITEM, RESUME, RUN};

/// The form of the document.
pub(super) const CONTENT_TYPE: &str = "application/vnd.restate.endpointmanifest.v3+json";

/// The document for these services, which are workflows.
pub(crate) fn manifest<'a>(services: impl Iterator<Item = &'a str>) -> Value {
    json!({
        "protocolMode": "BIDI_STREAM",
        "minProtocolVersion": 5,
        "maxProtocolVersion": 7,
        "services": services.map(service).collect::<Vec<_>>(),
    })
}

fn service(name: &str) -> Value {
    json!({
        "name": name,
        "ty": "WORKFLOW",
        "handlers": [
            kept(RUN, "WORKFLOW"),
            kept(RESUME, "SHARED"),
            passing(FAILURE),
            passing(FOLLOW),
            passing(ITEM),
        ],
    })
}

fn kept(name: &str, ty: &str) -> Value {
    json!({
        "name": name,
        "ty": ty,
        "input": { "required": false, "contentType": "*/*" },
        "output": { "setContentTypeIfEmpty": false, "contentType": "application/json" },
    })
}

/// A handler that changes nothing. The server forgets its invocations as they end: there are many, and they
/// would stand beside the traces for a day.
fn passing(name: &str) -> Value {
    let mut handler = kept(name, "SHARED");
    handler["journalRetention"] = 0.into();
    handler
}
