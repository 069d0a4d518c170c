//! An envelope as traces carry it: copied for each branch, so its headers are shared, and one
//! without headers, as most are, needs no allocation.

use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::time::Instant;

use crate::message::{Envelope, Headers, Message};
use crate::trace_id::TraceId;

/// What a message travels in.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    pub(crate) trace_id: TraceId,
    pub(crate) ts: SystemTime,
    pub(crate) deadline: Option<Instant>,
    pub(crate) hops: Option<u32>,
    pub(crate) tokens: Option<u64>,
    /// `None` if they are empty.
    headers: Option<Arc<Headers>>,
}

static NO_HEADERS: Headers = Headers::empty();

impl Cover {
    /// The payload of a message, and what it travels in.
    #[inline]
    pub(crate) fn of<T>(message: Message<T>) -> (T, Self) {
        let mut cover = Self {
            trace_id: message.trace_id,
            ts: message.ts,
            deadline: message.deadline,
            hops: message.hops,
            tokens: message.tokens,
            headers: None,
        };
        cover.set_headers(message.headers);
        (message.payload, cover)
    }

    #[inline]
    pub(crate) fn headers(&self) -> &Headers {
        self.headers.as_deref().unwrap_or(&NO_HEADERS)
    }

    #[inline]
    pub(crate) fn set_headers(&mut self, headers: Headers) {
        self.headers = (!headers.is_empty()).then(|| Arc::new(headers));
    }

    /// Whether it has neither a deadline nor a budget of tokens.
    #[inline]
    pub(crate) fn is_free(&self) -> bool {
        self.deadline.is_none() && self.tokens.is_none()
    }

    /// Moves it out; what stays has no headers.
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        Self {
            headers: self.headers.take(),
            ..*self
        }
    }

    /// A message of this payload.
    #[inline]
    pub(crate) fn with<T>(self, payload: T) -> Message<T> {
        Message {
            payload,
            headers: self.headers.map(Arc::unwrap_or_clone).unwrap_or_default(),
            trace_id: self.trace_id,
            ts: self.ts,
            deadline: self.deadline,
            hops: self.hops,
            tokens: self.tokens,
        }
    }
}

impl Serialize for Cover {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.clone().with(()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Cover {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Envelope::deserialize(deserializer).map(|envelope| Self::of(envelope).1)
    }
}
