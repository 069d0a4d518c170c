//! A place where traces park, as the graph knows it, and the types of the values that parked traces
//! wait for.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::TypeName;
#[cfg(feature = "schema")]
use super::schema::MakeSchema;
use crate::error::FlowError;

/// A place where a flow's traces park.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct AwaitInfo {
    /// Its name in the graph.
    pub name: &'static str,
    /// The type of the value that it waits for.
    pub awaited: TypeName,
    /// How long it waits, if that is bounded.
    pub within: Option<Duration>,
    /// Whether a value is what it waits for.
    #[serde(skip)]
    pub(crate) takes: fn(&Given) -> bool,
    /// Shares the payload that waits, if it can be shared.
    #[serde(skip)]
    pub(crate) share: Option<Share>,
    /// A shared payload as JSON, if it can be serialised.
    #[serde(skip)]
    pub(crate) to_json: Option<ToJson>,
    /// Reads a value from JSON, if that can be done.
    #[serde(skip)]
    pub(crate) read_json: Option<ReadJson>,
    /// How to make the schema of a value, if its type has one.
    #[cfg(feature = "schema")]
    #[serde(skip)]
    make_schema: Option<MakeSchema>,
}

/// A parked payload that others may look at meanwhile.
pub(crate) type SharedPayload = Arc<dyn Any + Send + Sync>;

/// Makes the payload of a parked step a shared one, where it stands.
pub(crate) type Share = fn(&mut dyn Any) -> Option<Arc<dyn Any + Send + Sync>>;

/// A shared payload as JSON.
pub(crate) type ToJson = fn(&(dyn Any + Send + Sync)) -> Option<serde_json::Value>;

/// Reads the value that a step waits for.
pub(crate) type ReadJson = fn(&[u8]) -> Result<Given, FlowError>;

impl AwaitInfo {
    /// A place where traces wait for a `T`.
    #[doc(hidden)]
    pub const fn of<T: Any>(name: &'static str) -> Self {
        Self {
            name,
            awaited: TypeName::of::<T>(),
            within: None,
            takes: |given| given.is::<T>(),
            share: None,
            to_json: None,
            read_json: None,
            #[cfg(feature = "schema")]
            make_schema: None,
        }
    }

    /// The same, whose payloads are shared and shown so, where their type can be.
    #[doc(hidden)]
    #[must_use]
    pub const fn showing(mut self, share: Option<Share>, to_json: Option<ToJson>) -> Self {
        (self.share, self.to_json) = (share, to_json);
        self
    }

    /// The same, whose values are read from JSON so, where their type can be.
    #[doc(hidden)]
    #[must_use]
    pub const fn reading(mut self, read: Option<ReadJson>) -> Self {
        self.read_json = read;
        self
    }

    /// The same, whose values have such a schema, if their type has one.
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    #[must_use]
    pub const fn described(mut self, make: Option<MakeSchema>) -> Self {
        self.make_schema = make;
        self
    }

    /// The schema of the documents that [`Flow::resume_json`](crate::Flow::resume_json) takes here, if the
    /// awaited type is `JsonSchema`. With the feature `schema`.
    #[cfg(feature = "schema")]
    pub fn schema(&self) -> Option<schemars::Schema> {
        self.make_schema.map(super::schema::of_input)
    }

    /// The same, at most for this long.
    #[doc(hidden)]
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }
}

/// A value for a parked trace.
#[doc(hidden)]
pub type Given = Box<dyn Any + Send>;

/// The value that a trace was given as a `T`, or as it was.
#[doc(hidden)]
pub fn downcast<T: Any>(given: Given) -> Result<T, Given> {
    given.downcast().map(|given| *given)
}

/// The value of a giver whose gift was not taken.
pub(crate) fn given_back<T: Any>(given: Given) -> T {
    match downcast(given) {
        Ok(value) => value,
        Err(_) => unreachable!("what is given back is what was given"),
    }
}
