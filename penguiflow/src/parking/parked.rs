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
    /// [`Flow::show_payloads`](crate::Flow::show_payloads). A durable host has it as JSON alone.
    pub fn payload<A: Clone + 'static>(&self) -> Option<A> {
        match &self.payload {
            Payload::Shared(shared, _) => shown::<A>(&**shared).cloned(),
            Payload::Hidden | Payload::Written(_) => None,
        }
    }

    /// The payload that waits as JSON, if it serialises and the flow shows it.
    pub fn payload_json(&self) -> Option<Value> {
        self.payload.json()
    }
}

/// A payload, while it is shown.
#[derive(Clone)]
pub(crate) enum Payload {
    Hidden,
    /// With what writes it, if it serialises.
    Shared(SharedPayload, Option<ToJson>),
    /// By a durable host, which has it in no other form.
    #[cfg_attr(
        not(feature = "durable"),
        expect(dead_code, reason = "for durable hosts")
    )]
    Written(Value),
}

impl Payload {
    pub(crate) fn new(shared: Option<SharedPayload>, to_json: Option<ToJson>) -> Self {
        shared.map_or(Self::Hidden, |shared| Self::Shared(shared, to_json))
    }

    fn json(&self) -> Option<Value> {
        match self {
            Self::Shared(shared, Some(to_json)) => to_json(&**shared),
            Self::Written(value) => Some(value.clone()),
            Self::Hidden | Self::Shared(_, None) => None,
        }
    }

    fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden | Self::Shared(_, None))
    }
}

#[cfg(feature = "durable")]
impl Parked {
    /// The same, with a payload that a durable host shows.
    pub(crate) fn showing(mut self, payload: Option<Value>) -> Self {
        self.payload = payload.map_or(Payload::Hidden, Payload::Written);
        self
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hidden => "hidden",
            Self::Shared(..) | Self::Written(_) => "..",
        })
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}
