//! The responses of an operation: what it returns, and the problems that it may have.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answers::reference;
use crate::options::Options;
use crate::problem::PROBLEM_JSON;

/// Of any request that has a body.
pub(super) const OF_BODY: [u16; 5] = [400, 408, 413, 415, 422];
/// Of any request for a trace.
pub(super) const OF_TRACE: [u16; 2] = [400, 404];

/// The statuses of problems of a trace that is waited for.
pub(super) fn of_run(options: &Options) -> impl Iterator<Item = u16> {
    options.problems.statuses().map(|status| status.as_u16())
}

/// The responses: one that is meant, and problems with these statuses. A failure of what runs the flow
/// may be the answer to anything.
pub(super) fn responses(
    (status, meant): (u16, Value),
    problems: impl IntoIterator<Item = u16>,
) -> Value {
    let mut responses = Map::new();
    responses.insert(status.to_string(), meant);
    let problems: BTreeSet<u16> = problems.into_iter().chain([500]).collect();
    for status in problems {
        responses.insert(status.to_string(), problem(status));
    }
    Value::Object(responses)
}

fn problem(status: u16) -> Value {
    let title = axum::http::StatusCode::from_u16(status).ok();
    let title = title.and_then(|status| status.canonical_reason());
    let mut problem = content(
        title.unwrap_or("Problem"),
        PROBLEM_JSON,
        reference("Problem"),
    );
    if status == 503 {
        problem["headers"] = json!({
            "Retry-After": {
                "description": "in how many seconds to try again, if that is known",
                "schema": { "type": "integer" },
            },
        });
    }
    problem
}

/// A response with a body.
pub(super) fn content(description: &str, media: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { media: { "schema": schema } } })
}
