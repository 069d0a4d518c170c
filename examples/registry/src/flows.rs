//! The registry: flows by name.

use std::collections::BTreeMap;
use std::time::Duration;

use penguiflow::ErasedFlow;
use penguiflow::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Flows by name.
#[derive(Default)]
pub(crate) struct Registry(BTreeMap<&'static str, ErasedFlow>);

/// One line of the input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    flow: String,
    input: Value,
    /// On whose behalf.
    #[serde(default)]
    tenant: String,
    within_ms: Option<u64>,
}

impl Registry {
    /// The same with one more flow.
    pub(crate) fn with(mut self, flow: impl AnyFlow<In: DeserializeOwned, Out: Serialize>) -> Self {
        let flow = flow.erase();
        self.0.insert(flow.name(), flow);
        self
    }

    /// The answer to a line, a line itself.
    pub(crate) async fn answer(&self, line: &str) -> Value {
        match self.output(line).await {
            Ok(output) => json!({ "output": output }),
            Err(error) => json!({ "error": error }),
        }
    }

    async fn output(&self, line: &str) -> Result<Value, String> {
        let request: Request = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let names = || self.0.keys().copied().collect::<Vec<_>>().join(", ");
        let flow = self.0.get(request.flow.as_str());
        let flow =
            flow.ok_or_else(|| format!("no flow is called `{}`: {}", request.flow, names()))?;
        let mut message = Message::new(request.input.to_string()).tenant(request.tenant);
        if let Some(time) = request.within_ms {
            message = message.deadline_in(Duration::from_millis(time));
        }
        let output = flow.run_message(message).await;
        let output = output.map_err(|error| format!("{error:#}"))?;
        serde_json::from_str(&output.payload).map_err(|error| error.to_string())
    }

    /// What there is, with the schemas of what goes in and comes out.
    pub(crate) fn list(&self) -> impl Iterator<Item = Value> {
        self.0.values().map(|flow| {
            json!({
                "flow": flow.name(),
                "input": flow.input_schema(),
                "output": flow.output_schema(),
            })
        })
    }
}
