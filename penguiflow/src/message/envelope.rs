//! An envelope as traces carry it: copied for each branch. Its rare parts are shared, so an
//! envelope without them, as most are, is small and needs no allocation.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::time::Instant;
use tracing::Span;

use super::{Headers, KeptInput, Message, Spent, TraceId, clock};

/// The envelope of a message.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    pub(crate) trace_id: TraceId,
    /// When the message was made. As in the message, so that neither is changed into the other for
    /// each trace: few ask for the instant.
    ts: SystemTime,
    /// `None` if it has nothing of it.
    rare: Option<Arc<Rare>>,
}

/// The parts that few messages have.
#[derive(Debug, Clone, Default, PartialEq)]
struct Rare {
    /// The message's.
    parts: RareParts,
    /// Not a message's: it stays with the trace.
    input: Option<KeptInput>,
    /// The span that the trace's span is in, until that is made.
    parent: ParentSpan,
}

/// By themselves, so that a message without them is made of constants.
#[derive(Debug, Clone, Default, PartialEq)]
struct RareParts {
    deadline: Option<Instant>,
    hops: Option<u32>,
    tokens: Option<u64>,
    headers: Headers,
    spent: Spent,
    elapsed: Duration,
}

/// A span that is taken once. Copies of a message's envelope have none: whatever else keeps one, such
/// as an error, does not keep the span open.
#[derive(Debug, Default)]
struct ParentSpan(Mutex<Option<Span>>);

impl ParentSpan {
    fn lock(&self) -> MutexGuard<'_, Option<Span>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for ParentSpan {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// It is not the message's.
impl PartialEq for ParentSpan {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

static NO_HEADERS: Headers = Headers::empty();

impl Envelope {
    /// The payload of a message, and what it travels in. Always inlined: where a bare payload was
    /// made a message for this, little is left of both but the reading of the clock.
    #[inline(always)]
    pub(crate) fn of<T>(message: Message<T>) -> (T, Self) {
        let parts = RareParts {
            deadline: message.deadline,
            hops: message.hops,
            tokens: message.tokens,
            headers: message.headers,
            // A trace that begins has spent nothing, whatever the message was the result of.
            spent: Spent::default(),
            elapsed: Duration::ZERO,
        };
        let rare = match parts.are_empty() {
            // Nothing to free, though its `Drop` would look into the map of headers.
            true => {
                std::mem::forget(parts);
                None
            }
            false => Some(Arc::new(Rare::of(parts))),
        };
        let envelope = Self {
            trace_id: message.trace_id,
            ts: message.ts,
            rare,
        };
        (message.payload, envelope)
    }

    /// That of an output.
    #[cfg(feature = "durable")]
    pub(crate) fn of_output<T>(output: &Message<T>) -> Self {
        let mut envelope = Self {
            trace_id: output.trace_id,
            ts: output.ts,
            rare: None,
        };
        envelope.set_headers(output.headers.clone());
        envelope
    }

    /// When the message was made.
    pub(crate) fn made(&self) -> Instant {
        clock::instant(self.ts)
    }

    #[inline]
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.rare.as_ref()?.parts.deadline
    }

    #[inline]
    pub(crate) fn hops(&self) -> Option<u32> {
        self.rare.as_ref()?.parts.hops
    }

    #[inline]
    pub(crate) fn tokens(&self) -> Option<u64> {
        self.rare.as_ref()?.parts.tokens
    }

    #[inline]
    pub(crate) fn headers(&self) -> &Headers {
        self.rare
            .as_ref()
            .map_or(&NO_HEADERS, |rare| &rare.parts.headers)
    }

    /// Whether the other one has headers that it lacks.
    pub(crate) fn lacks_headers_of(&self, other: &Self) -> bool {
        match (&self.rare, &other.rare) {
            (_, None) => false,
            (Some(own), Some(others)) if Arc::ptr_eq(own, others) => false,
            _ => self.headers().lack(other.headers()),
        }
    }

    /// Adds the headers that it lacks.
    pub(crate) fn add_headers(&mut self, others: &Headers) {
        self.parts().headers.add_missing(others);
    }

    pub(crate) fn set_headers(&mut self, headers: Headers) {
        if headers != *self.headers() {
            self.parts().headers = headers;
        }
    }

    pub(crate) fn set_deadline(&mut self, deadline: Option<Instant>) {
        if deadline != self.deadline() {
            self.parts().deadline = deadline;
        }
    }

    /// The trace was over then, and has spent this many tokens: its result reports both.
    pub(crate) fn end(&mut self, tokens: u64, now: Instant) {
        let elapsed = clock::between(self.ts, now);
        let parts = self.parts();
        parts.spent = Spent::tokens(tokens);
        parts.elapsed = elapsed;
    }

    /// Keeps a copy of the payload for the error that the trace may end in.
    pub(crate) fn keep(&mut self, input: KeptInput) {
        self.rare().input = Some(input);
    }

    /// The copy that was kept of what the trace began with.
    pub(crate) fn kept_input(&self) -> Option<&KeptInput> {
        self.rare.as_ref()?.input.as_ref()
    }

    /// The span that is entered here becomes the parent of the trace's span, wherever the trace runs,
    /// unless there is one.
    #[cold]
    pub(crate) fn enter_span(&mut self) {
        let has_parent = |rare: &Arc<Rare>| rare.parent.lock().is_some();
        if self.rare.as_ref().is_some_and(has_parent) {
            return;
        }
        let span = Span::current();
        if !span.is_none() {
            self.rare().parent = ParentSpan(Mutex::new(Some(span)));
        }
    }

    /// The span that was entered where the trace was asked for; the first who asks has it.
    pub(crate) fn take_parent_span(&self) -> Option<Span> {
        self.rare.as_ref()?.parent.lock().take()
    }

    /// The headers, which are not copied.
    #[inline]
    pub(crate) fn shared_headers(&self) -> SharedHeaders {
        SharedHeaders(self.rare.clone())
    }

    fn rare(&mut self) -> &mut Rare {
        Arc::make_mut(self.rare.get_or_insert_default())
    }

    fn parts(&mut self) -> &mut RareParts {
        &mut self.rare().parts
    }

    /// Whether it has neither a deadline nor a budget of tokens.
    #[inline]
    pub(crate) fn is_free(&self) -> bool {
        match &self.rare {
            None => true,
            Some(rare) => rare.parts.deadline.is_none() && rare.parts.tokens.is_none(),
        }
    }

    /// A message of this payload.
    #[inline]
    pub(crate) fn with<T>(self, payload: T) -> Message<T> {
        let parts = match self.rare {
            None => RareParts::default(),
            Some(rare) => Arc::unwrap_or_clone(rare).parts,
        };
        Message {
            payload,
            headers: parts.headers,
            trace_id: self.trace_id,
            ts: self.ts,
            deadline: parts.deadline,
            spent: parts.spent,
            elapsed: parts.elapsed,
            hops: parts.hops,
            tokens: parts.tokens,
        }
    }
}

impl Rare {
    fn of(parts: RareParts) -> Self {
        Self {
            parts,
            ..Self::default()
        }
    }
}

impl RareParts {
    #[inline]
    fn are_empty(&self) -> bool {
        self.deadline.is_none()
            && self.hops.is_none()
            && self.tokens.is_none()
            && self.headers.is_empty()
    }
}

/// The headers of a message, which its trace and its events share.
#[derive(Clone)]
pub struct SharedHeaders(Option<Arc<Rare>>);

impl Deref for SharedHeaders {
    type Target = Headers;

    fn deref(&self) -> &Headers {
        self.0
            .as_ref()
            .map_or(&NO_HEADERS, |rare| &rare.parts.headers)
    }
}

impl fmt::Debug for SharedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl PartialEq for SharedHeaders {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for SharedHeaders {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

/// An envelope in a store: what a message has, without a payload and what results report.
#[derive(Serialize, Deserialize)]
struct StoredEnvelope {
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    headers: Headers,
    trace_id: TraceId,
    ts: SystemTime,
    #[serde(
        default,
        with = "clock::as_wall",
        skip_serializing_if = "Option::is_none"
    )]
    deadline: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hops: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens: Option<u64>,
}

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = StoredEnvelope {
            headers: self.headers().clone(),
            trace_id: self.trace_id,
            ts: self.ts,
            deadline: self.deadline(),
            hops: self.hops(),
            tokens: self.tokens(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredEnvelope::deserialize(deserializer)?;
        let mut message = Message::new(()).headers(stored.headers);
        message.trace_id = stored.trace_id;
        message.ts = stored.ts;
        message.deadline = stored.deadline;
        message.hops = stored.hops;
        message.tokens = stored.tokens;
        Ok(Self::of(message).1)
    }
}
