//! A step that waits for a value, as those see it who serve its flow.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(feature = "durable")]
use crate::durable::{DurableTrace, payload_of};
use crate::message::{StepId, TraceId, clock};
use crate::parking::Parked;

/// A step of a trace that waits for a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParkedStep {
    /// The trace.
    pub trace_id: TraceId,
    /// The step: several of a trace may wait, such as the items of a map.
    pub step: StepId,
    /// Where it waits: `await Approval`. The type's schema is at
    /// [`FlowSignature::awaited_at`](crate::host::FlowSignature::awaited_at).
    pub node: String,
    /// The type of the value that it waits for.
    pub awaited: String,
    /// When it began to wait. Serialised in seconds since the Unix epoch.
    #[serde(
        serialize_with = "clock::as_unix_seconds",
        deserialize_with = "clock::of_unix_seconds"
    )]
    pub since: SystemTime,
    /// When it stops waiting. Serialised in seconds since the Unix epoch.
    #[serde(
        serialize_with = "clock::as_optional_unix_seconds",
        deserialize_with = "clock::of_optional_unix_seconds"
    )]
    pub until: Option<SystemTime>,
    /// The tenant of the message, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The payload that waits, where the flow shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

impl ParkedStep {
    /// A step that waits without end, of which no more is known.
    pub fn new(
        trace_id: TraceId,
        step: StepId,
        node: impl Into<String>,
        since: SystemTime,
    ) -> Self {
        Self {
            trace_id,
            step,
            node: node.into(),
            awaited: String::new(),
            since,
            until: None,
            tenant: None,
            payload: None,
        }
    }
}

impl From<Parked> for ParkedStep {
    fn from(parked: Parked) -> Self {
        let since = clock::wall(parked.since);
        let payload = parked.payload_json();
        Self {
            awaited: parked.awaited.to_string(),
            until: parked.until.map(clock::wall),
            tenant: Some(parked.headers.tenant).filter(|tenant| !tenant.is_empty()),
            payload,
            ..Self::new(parked.trace_id, parked.step, parked.node, since)
        }
    }
}

#[cfg(feature = "durable")]
impl DurableTrace {
    /// The steps that wait for values from outside, each with its payload, for a host that shows them.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use std::time::SystemTime;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { #[flow(durable)] draft -> await bool }.durable();
    /// let mut trace = flow.begin(Message::new("krill".to_owned()), SystemTime::now())?;
    /// let step = trace.steps()[0].id;
    /// let emits = trace.run(step).expect("it is to run").await;
    /// trace.absorb(emits);
    /// let waits = trace.parked_steps();
    /// assert_eq!((&*waits[0].node, &waits[0].payload), ("await bool", &Some("On krill".into())));
    /// # Ok(())
    /// # }
    /// ```
    pub fn parked_steps(&self) -> Vec<ParkedStep> {
        let parked = self.parked().into_iter().map(|parked| {
            let mut step = ParkedStep::from(parked);
            let input = self.input_json(step.step).and_then(Result::ok);
            step.payload = input.as_deref().and_then(payload_of);
            step
        });
        parked.collect()
    }
}
