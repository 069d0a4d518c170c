//! A trace that waits for a value, seen from outside.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use tokio::time::Instant;

use crate::graph::{SharedPayload, ToJson, TypeName};
use crate::message::{Headers, StepId, TraceId, clock};
use crate::node::shown;

/// A trace that waits for a value at an `await`, seen from outside.
///
/// It serialises with its times as wall time, and with its payload where that is shown and
/// serialises.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn draft(topic: String) -> String {
///     format!("On {topic}")
/// }
///
/// #[node]
/// async fn publish((draft, yes): (String, bool)) -> String {
///     if yes { draft } else { String::new() }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flow = flow! { draft -> await bool -> publish }.show_payloads();
/// let mut parkings = flow.parkings();
/// let running = flow.start();
/// running.emit(Message::new("penguins".to_owned()).tenant("acme")).await?;
///
/// let parked = parkings.next().await.expect("the flow is there");
/// assert_eq!((parked.node, &*parked.headers.tenant), ("await bool", "acme"));
/// assert_eq!(parked.payload::<String>().as_deref(), Some("On penguins"));
/// assert_eq!(parked.payload_json(), Some("On penguins".into()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Parked {
    /// The trace.
    pub trace_id: TraceId,
    /// The step that waits: several of a trace may, such as the items of a map.
    pub step: StepId,
    /// Where it waits: `await Approval`.
    pub node: &'static str,
    /// The type of the value that it waits for.
    pub awaited: TypeName,
    /// The headers of the message.
    pub headers: Headers,
    /// When it began to wait. Serialised as wall time.
    #[serde(serialize_with = "clock::as_wall_time::serialize")]
    pub since: Instant,
    /// When it stops waiting. Serialised as wall time.
    #[serde(with = "clock::as_wall")]
    pub until: Option<Instant>,
    /// The payload that waits, where it is shown.
    #[serde(skip_serializing_if = "Payload::is_hidden")]
    pub(crate) payload: Payload,
}

impl Parked {
    /// A copy of the payload that waits, if it is an `A` and the flow shows it: see
    /// [`Flow::show_payloads`](crate::Flow::show_payloads).
    pub fn payload<A: Clone + 'static>(&self) -> Option<A> {
        shown::<A>(&**self.payload.shared.as_ref()?).cloned()
    }

    /// The payload that waits as JSON, if it serialises and the flow shows it.
    pub fn payload_json(&self) -> Option<Value> {
        let to_json = self.payload.to_json?;
        to_json(&**self.payload.shared.as_ref()?)
    }
}

/// A payload, while it is shown.
#[derive(Clone)]
pub(crate) struct Payload {
    shared: Option<SharedPayload>,
    to_json: Option<ToJson>,
}

impl Payload {
    pub(crate) fn new(shared: Option<SharedPayload>, to_json: Option<ToJson>) -> Self {
        Self { shared, to_json }
    }

    fn is_hidden(&self) -> bool {
        self.shared.is_none() || self.to_json.is_none()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.shared {
            Some(_) => "..",
            None => "hidden",
        })
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = self.to_json.zip(self.shared.as_ref());
        json.and_then(|(to_json, shared)| to_json(&**shared))
            .serialize(serializer)
    }
}
