//! A place where traces park, as the graph knows it, and the types of the values that parked traces
//! wait for.

use std::any::Any;
use std::time::Duration;

use serde::Serialize;

use super::TypeName;

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
}

impl AwaitInfo {
    /// A place where traces wait for a `T`.
    #[doc(hidden)]
    pub const fn of<T: Any>(name: &'static str) -> Self {
        Self {
            name,
            awaited: TypeName::of::<T>(),
            within: None,
            takes: |given| given.is::<T>(),
        }
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
