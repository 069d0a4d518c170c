//! The document of OpenAPI 3.1 that describes the routes of flows.

mod answers;
mod operations;
mod responses;
mod schemas;

use penguiflow::host::FlowSignature;
use serde_json::{Map, Value, json};

use crate::options::Options;
use operations::operations;
use schemas::Components;

/// A flow that is described.
pub(crate) struct Described<'a> {
    pub(crate) name: &'a str,
    pub(crate) signature: &'a FlowSignature,
    pub(crate) is_durable: bool,
    pub(crate) options: &'a Options,
}

/// The document of all of these flows.
pub(crate) fn document<'a>(flows: impl IntoIterator<Item = Described<'a>>) -> Value {
    let mut components = Components::new();
    let (mut paths, mut tags) = (Map::new(), Vec::new());
    for flow in flows {
        tags.push(json!({ "name": flow.name, "description": description(flow.signature) }));
        for (path, item) in operations(&flow, &mut components) {
            paths.insert(format!("/{}{path}", flow.name), item);
        }
    }
    json!({
        "openapi": "3.1.1",
        "info": { "title": title(&tags), "version": env!("CARGO_PKG_VERSION") },
        "tags": tags,
        "paths": paths,
        "components": { "schemas": components.into_schemas() },
    })
}

fn description(signature: &FlowSignature) -> String {
    let FlowSignature { input, output, .. } = signature;
    format!("`{}`: {input} -> {output}", signature.name())
}

fn title(tags: &[Value]) -> String {
    let names = tags.iter().filter_map(|tag| tag["name"].as_str());
    names.collect::<Vec<_>>().join(", ")
}
