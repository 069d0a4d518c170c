//! What a worker answers to a server that discovers it.

use serde_json::{Value, json};

use crate::names::{FAILURE, RESUME, RUN};

/// The form of the document.
pub(super) const CONTENT_TYPE: &str = "application/vnd.restate.endpointmanifest.v2+json";

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
            handler(RUN, "WORKFLOW"),
            handler(RESUME, "SHARED"),
            handler(FAILURE, "SHARED"),
        ],
    })
}

fn handler(name: &str, ty: &str) -> Value {
    json!({
        "name": name,
        "ty": ty,
        "input": { "required": false, "contentType": "*/*" },
        "output": { "setContentTypeIfEmpty": false, "contentType": "application/json" },
    })
}
