//! A message: a payload and its envelope. Beside it the envelope as traces carry it (`envelope`),
//! the ids of traces and steps, their clock, and prints of payloads.

pub(crate) mod clock;
mod envelope;
mod hex;
mod kept_input;
mod missing_headers;
mod print;
mod spent;
mod step_id;
mod trace_id;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

pub(crate) use envelope::Envelope;
pub use envelope::SharedHeaders;
pub(crate) use kept_input::{KeepInput, KeptInput};
pub use print::{Print, print};
pub(crate) use print::{by_debug, by_hash};
pub use spent::Spent;
pub use step_id::{ParseStepIdError, StepId};
pub use trace_id::{ParseTraceIdError, TraceId};

/// A message: a payload, its headers, and the trace that it belongs to.
///
/// Flows take a bare payload or a message; a node that takes and returns payloads
/// leaves the envelope as it is.
///
/// ```
/// use penguiflow::Message;
/// use std::time::Duration;
///
/// let message = Message::new("where do penguins live?")
///     .tenant("acme")
///     .topic("birds")
///     .priority(2)
///     .deadline_in(Duration::from_secs(20))
///     .hops(16);
/// assert_eq!(message.headers.tenant, "acme");
/// assert_eq!(message.map(str::len).payload, 23);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message<T> {
    /// The data itself.
    pub payload: T,
    /// Its headers: who sent it, about what, how urgent.
    pub headers: Headers,
    /// The journey that this message is part of.
    pub trace_id: TraceId,
    /// When the message was made.
    pub ts: SystemTime,
    /// When the trace must be over: what runs then is cut. Serialised as wall time.
    #[serde(with = "clock::as_wall")]
    pub deadline: Option<Instant>,
    /// What its trace has spent, if it is a result.
    #[serde(default)]
    pub spent: Spent,
    /// The time from the making of the message to the end of its trace, if it is a result: until the
    /// output came, in a stream of [`Flow::trace`](crate::Flow::trace).
    ///
    /// Zero in a result of `fetch` whose trace never waited and spent no tokens, has no deadline and no budget
    /// of tokens, and is observed by nobody: the clock is not read for it, unless the flow is
    /// [`timed`](crate::Flow::timed).
    #[serde(default)]
    pub elapsed: Duration,
    /// How many rounds of its loops the trace may take, if not the flow's own number.
    pub(crate) hops: Option<u32>,
    /// How many tokens the trace may spend, if not the flow's own number.
    pub(crate) tokens: Option<u64>,
}

/// The headers of a message: who sent it, about what, how urgent. A node that names `Headers` among
/// its parameters is given a copy.
///
/// ```
/// use penguiflow::Headers;
///
/// let headers = Headers::new("acme");
/// assert_eq!((headers.topic, headers.priority), (None, 0));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Headers {
    /// On whose behalf the message travels; empty if nobody's.
    pub tenant: String,
    /// The subject of the message.
    pub topic: Option<String>,
    /// How urgent it is; the library does not interpret it.
    pub priority: i32,
    /// Whatever else should reach every node.
    pub meta: BTreeMap<String, String>,
}

impl Headers {
    /// Headers of a tenant, without topic, priority or meta data.
    pub fn new(tenant: impl Into<String>) -> Self {
        Self {
            tenant: tenant.into(),
            ..Self::default()
        }
    }

    pub(crate) const fn empty() -> Self {
        Self {
            tenant: String::new(),
            topic: None,
            priority: 0,
            meta: BTreeMap::new(),
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.tenant.is_empty() && self.topic.is_none() && self.priority == 0 && self.meta.is_empty()
    }
}

impl<T> Message<T> {
    /// A message with empty headers, a random trace id, and no deadline.
    #[inline]
    pub fn new(payload: T) -> Self {
        // Called first: what is made before a call is kept in memory, for its drop should that panic.
        let (trace_id, ts) = (TraceId::random(), clock::now());
        Self {
            payload,
            headers: Headers::empty(),
            trace_id,
            ts,
            deadline: None,
            spent: Spent::default(),
            elapsed: Duration::ZERO,
            hops: None,
            tokens: None,
        }
    }

    /// Sets the tenant.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.headers.tenant = tenant.into();
        self
    }

    /// Sets the topic.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.headers.topic = Some(topic.into());
        self
    }

    /// Sets the priority.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.headers.priority = priority;
        self
    }

    /// Adds an entry of meta data, or replaces it.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.meta.insert(key.into(), value.into());
        self
    }

    /// Replaces all headers.
    #[must_use]
    pub fn headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// Joins the message to a trace that has an id already, such as the caller's.
    #[must_use]
    pub fn trace_id(mut self, trace_id: TraceId) -> Self {
        self.trace_id = trace_id;
        self
    }

    /// Ends the trace this long from now, whatever runs then. A time too far off to
    /// be represented is no deadline.
    #[must_use]
    pub fn deadline_in(mut self, time: Duration) -> Self {
        self.deadline = Instant::now().checked_add(time);
        self
    }

    /// Ends the trace at this instant, whatever runs then.
    #[must_use]
    pub fn deadline_at(mut self, at: Instant) -> Self {
        self.deadline = Some(at);
        self
    }

    /// Lets the trace's loops go round at most `rounds` times, in place of the flow's
    /// own number.
    #[must_use]
    pub fn hops(mut self, rounds: u32) -> Self {
        self.hops = Some(rounds);
        self
    }

    /// Lets the trace spend this many tokens, in place of the flow's own number: see
    /// [`Ctx::spend_tokens`](crate::Ctx::spend_tokens).
    #[must_use]
    pub fn tokens(mut self, budget: u64) -> Self {
        self.tokens = Some(budget);
        self
    }

    /// Its trace is over at this time, and has spent these tokens.
    #[cfg(feature = "durable")]
    pub(crate) fn end(&mut self, tokens: u64, now: Instant) {
        self.spent = Spent::tokens(tokens);
        self.elapsed = clock::between(self.ts, now);
    }

    /// The same envelope around another payload.
    pub fn with<U>(self, payload: U) -> Message<U> {
        self.map(|_| payload)
    }

    /// The same envelope around what `change` makes of the payload.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Message<U> {
        Message {
            payload: change(self.payload),
            headers: self.headers,
            trace_id: self.trace_id,
            ts: self.ts,
            deadline: self.deadline,
            spent: self.spent,
            elapsed: self.elapsed,
            hops: self.hops,
            tokens: self.tokens,
        }
    }
}

impl<T> From<T> for Message<T> {
    #[inline]
    fn from(payload: T) -> Self {
        Self::new(payload)
    }
}

/// `run("text")` on a flow that takes a `String`.
impl From<&str> for Message<String> {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}
