//! The operations of a flow's routes.

use serde_json::{Value, json};

use super::Described;
use super::answers::reference;
use super::responses::{OF_BODY, OF_TRACE, content, of_run, responses};
use super::schemas::Components;

const JSON: &str = "application/json";

/// The paths below the flow's name, with their operations.
pub(super) fn operations(
    flow: &Described<'_>,
    components: &mut Components,
) -> Vec<(&'static str, Value)> {
    let signature = flow.signature;
    let input = components.add(flow.name, "Input", signature.input_schema.clone());
    let output = components.add(flow.name, "Output", signature.output_schema.clone());
    let awaited = awaited(flow, components);
    let mut paths = vec![
        ("/run", json!({ "post": run(flow, &input, output) })),
        ("/stream", json!({ "post": stream(flow, &input) })),
        ("/emit", json!({ "post": emit(flow, &input) })),
        ("/traces", json!({ "get": traces(flow) })),
        (
            "/traces/{id}",
            json!({ "parameters": [id()], "get": detail(flow), "delete": cancel(flow) }),
        ),
        (
            "/traces/{id}/resume",
            json!({ "parameters": [id()], "post": resume(flow, awaited) }),
        ),
        ("/parked", json!({ "get": parked(flow) })),
        ("/graph", json!({ "get": graph(flow) })),
        ("/graph.svg", json!({ "get": picture(flow) })),
    ];
    if flow.is_durable {
        paths.push((
            "/traces/{id}/retry",
            json!({ "parameters": [id()], "post": retry(flow) }),
        ));
    }
    paths
}

/// One of the types that are awaited.
fn awaited(flow: &Described<'_>, components: &mut Components) -> Value {
    let places = flow.signature.awaits.iter().zip(1..);
    let mut schemas: Vec<_> = places
        .map(|(place, number)| {
            components.add(flow.name, &format!("Awaited{number}"), place.schema())
        })
        .collect();
    match schemas.len() {
        0 => json!({}),
        1 => schemas.remove(0),
        _ => json!({ "anyOf": schemas }),
    }
}

fn operation(flow: &Described<'_>, id: &str, summary: &str, responses: Value) -> Value {
    json!({
        "operationId": format!("{}.{id}", flow.name),
        "tags": [flow.name],
        "summary": summary,
        "responses": responses,
    })
}

fn with(mut operation: Value, key: &str, value: Value) -> Value {
    operation[key] = value;
    operation
}

fn body(schema: &Value, is_required: bool) -> Value {
    json!({ "required": is_required, "content": { JSON: { "schema": schema } } })
}

fn run(flow: &Described<'_>, input: &Value, output: Value) -> Value {
    let meant = (200, content("the output", JSON, output));
    let responses = responses(
        meant,
        OF_BODY.into_iter().chain([503]).chain(of_run(flow.options)),
    );
    let run = operation(
        flow,
        "run",
        "Runs a message and returns its output",
        responses,
    );
    with(
        with(run, "requestBody", body(input, true)),
        "parameters",
        envelope(flow),
    )
}

fn stream(flow: &Described<'_>, input: &Value) -> Value {
    let description = "server-sent events: `chunk`, `output` and `error` (a problem) as they come, `end` as the last";
    let events = json!({ "description": description, "content": { "text/event-stream": {} } });
    let meant = (200, events);
    let responses = responses(meant, OF_BODY.into_iter().chain([503]));
    let stream = operation(
        flow,
        "stream",
        "Runs a message and streams what its trace gives",
        responses,
    );
    with(
        with(stream, "requestBody", body(input, true)),
        "parameters",
        envelope(flow),
    )
}

fn emit(flow: &Described<'_>, input: &Value) -> Value {
    let mut accepted = content("the trace has begun", JSON, reference("Accepted"));
    accepted["headers"] = json!({
        "Location": { "description": "where to ask for the trace", "schema": { "type": "string" } },
    });
    let responses = responses((202, accepted), OF_BODY.into_iter().chain([503]));
    let emit = operation(
        flow,
        "emit",
        "Begins a trace, and does not wait for it",
        responses,
    );
    let Value::Array(mut parameters) = envelope(flow) else {
        unreachable!("parameters are a list");
    };
    let key = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
    let what = "a message that is sent again under the same key is not run again";
    parameters.push(header("Idempotency-Key", what, key));
    with(
        with(emit, "requestBody", body(input, true)),
        "parameters",
        parameters.into(),
    )
}

fn traces(flow: &Described<'_>) -> Value {
    let list = json!({ "type": "array", "items": reference("TraceSummary") });
    let meant = (200, content("the last that was emitted first", JSON, list));
    let traces = operation(flow, "traces", "Lists traces", responses(meant, [400]));
    let parameters = json!([
        query(
            "state",
            json!({ "type": "string", "examples": ["failed", "active,parked"] })
        ),
        query("search", json!({ "type": "string" })),
        query("before", json!({ "type": "integer", "format": "int64" })),
        query(
            "limit",
            json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
        ),
    ]);
    with(traces, "parameters", parameters)
}

fn detail(flow: &Described<'_>) -> Value {
    let meant = (
        200,
        content("what is known of it", JSON, reference("TraceDetail")),
    );
    operation(
        flow,
        "trace",
        "Shows a trace, and its outputs",
        responses(meant, OF_TRACE),
    )
}

fn cancel(flow: &Described<'_>) -> Value {
    let meant = (204, json!({ "description": "it is cancelled" }));
    operation(
        flow,
        "cancel",
        "Cancels a trace",
        responses(meant, OF_TRACE),
    )
}

fn resume(flow: &Described<'_>, awaited: Value) -> Value {
    let meant = (204, json!({ "description": "the trace goes on" }));
    let problems = OF_BODY.into_iter().chain(OF_TRACE);
    let resume = operation(
        flow,
        "resume",
        "Gives a step what it waits for",
        responses(meant, problems),
    );
    let resume = with(resume, "requestBody", body(&awaited, true));
    let step = json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" });
    with(resume, "parameters", json!([query("step", step)]))
}

fn retry(flow: &Described<'_>) -> Value {
    let meant = (204, json!({ "description": "the trace goes on" }));
    let problems = OF_BODY.into_iter().chain(OF_TRACE).chain([409]);
    let retry = operation(
        flow,
        "retry",
        "Tries a dead trace again",
        responses(meant, problems),
    );
    with(retry, "requestBody", body(&json!({}), false))
}

fn parked(flow: &Described<'_>) -> Value {
    let list = json!({ "type": "array", "items": reference("ParkedStep") });
    let meant = (200, content("the first that began first", JSON, list));
    let parked = operation(
        flow,
        "parked",
        "Lists the steps that wait for a value",
        responses(meant, [400]),
    );
    let limit = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    with(parked, "parameters", json!([query("limit", limit)]))
}

fn graph(flow: &Described<'_>) -> Value {
    let meant = (
        200,
        content("its nodes and edges", JSON, json!({ "type": "object" })),
    );
    operation(flow, "graph", "The flow's graph", responses(meant, []))
}

fn picture(flow: &Described<'_>) -> Value {
    let meant = (
        200,
        content("a picture", "image/svg+xml", json!({ "type": "string" })),
    );
    operation(
        flow,
        "picture",
        "The flow's graph as a picture",
        responses(meant, []),
    )
}

/// The parameters that become a message's envelope.
fn envelope(flow: &Described<'_>) -> Value {
    let text = || json!({ "type": "string" });
    let tenant = flow.options.caller.header_of_tenant();
    let tenant = tenant.map(|name| header(name, "on whose behalf", text()));
    let headers = [
        header(
            "x-request-timeout",
            "seconds, or `30s`, `2m`; also `500ms` and `0.5`",
            pattern(r"^[1-9][0-9]*[sm]?$"),
        ),
        header(
            "grpc-timeout",
            "the same as gRPC has it; also with its shorter units",
            pattern("^[1-9][0-9]{0,7}[HMS]$"),
        ),
        header("traceparent", "W3C Trace Context", text()),
    ];
    tenant.into_iter().chain(headers).collect()
}

fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn header(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "description": description, "schema": schema })
}

fn query(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "schema": schema })
}

fn id() -> Value {
    let schema = json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" });
    json!({ "name": "id", "in": "path", "required": true, "schema": schema })
}
