//! Names for the macros. Not API: anything here may change in any release.

#[cfg(rust_analyzer)]
pub mod options;

#[cfg(feature = "validate")]
pub use crate::edge::Validates;
pub use crate::edge::{
    Awaits, Breaks, Broadcasts, Ends, Enters, EntersAmong, Fails, FallsBack, Follows, GivenOut,
    GivesOneOutput, IsAwaited, Known, Meets, Moves, NeverBreaks, NeverParks, Place, Retries,
    SingleOutput, Spreads, TakesItems, TakesOver, Travels,
};
pub use crate::either::Either;
pub use crate::error::NodeError;
pub use crate::extract::{Extract, FromRef};
pub use crate::flow::Flow;
pub use crate::graph::{
    Edge, Graph, NamesDiffer, Proof, Traps, WorstAttempts, excess, fault, names_differ, refuse,
};
pub use crate::host::{Advance, AdvancePart, Advancing, Topology};
pub use crate::join::{
    Await, AwaitInfo, Given, ItemsOf, Join, JoinInfo, JoinKind, Map, Meeting, downcast, join, map,
    quorum, race, settle,
};
pub use crate::message::Message;
pub use crate::node::{
    Attempt, ByReference, ByValue, Call, Exit, Fault, FunctionNode, In, Left, Node, NodeInfo, Out,
    Param, Success,
};
pub use crate::policy::{Placement, Policy, Retry};
pub use crate::runtime::{Budgets, Runtime};
pub use crate::shape::{
    Directed, Direction, Fallible, LeftType, OrElse, Probe, ProbeDefault, Shape,
};
pub use crate::step::{DecodeInput, DecodeStep, EncodeInput, decode_step};
pub use crate::trace::{
    Advanced, Bounded, Course, Gave, Outcome, Plain, Played, Visit, Walk, blocking, play, spawned,
    visit, visit_or_fall_back,
};
pub use core::primitive::{str, u32, usize};
pub use serde::de::VariantAccess;
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::policy::Retryable;

pub use crate::__for_editors as for_editors;

/// What only editors read: the compiler passes over it.
#[doc(hidden)]
#[macro_export]
#[cfg(not(rust_analyzer))]
macro_rules! __for_editors {
    ($($written:tt)*) => {};
}

/// What only editors read.
#[doc(hidden)]
#[macro_export]
#[cfg(rust_analyzer)]
macro_rules! __for_editors {
    ($($written:tt)*) => { $($written)* };
}

/// A value of this type, in what only editors read.
#[cfg(rust_analyzer)]
pub fn some<T>() -> T {
    unreachable!("only editors read this")
}

/// A further parameter of a node, for one attempt.
pub async fn extract<T: Extract<S>, S>(visit: &Visit<'_, S>) -> Result<T, Fault> {
    let extracted = T::extract(visit).await;
    extracted.map_err(|rejection| Fault::Invalid(rejection.into()))
}

/// The parameter of a node that takes it by value and is not retried.
///
/// # Panics
///
/// Never: such a node has one attempt.
#[inline]
pub fn by_value<P>(param: &mut Option<P>) -> P {
    param
        .take()
        .expect("a parameter is there until its last attempt")
}

/// The parameter of a node that takes it by reference.
///
/// # Panics
///
/// Never: no attempt takes it out.
#[inline]
pub fn by_reference<P>(param: &Option<P>) -> &P {
    param
        .as_ref()
        .expect("a parameter is there until its last attempt")
}

/// A node's error, to ask whether it is retried: `(&Failure(&error)).retry()`.
#[derive(Debug)]
pub struct Failure<'a, E>(pub &'a E);

/// Errors that decide for themselves. Goes before `AlwaysRetry`, which needs one more
/// reference.
pub trait RetryByType {
    /// What to do after the error.
    fn retry(&self) -> Retry;
}

impl<E: Retryable> RetryByType for Failure<'_, E> {
    fn retry(&self) -> Retry {
        self.0.retry()
    }
}

/// All other errors.
pub trait AlwaysRetry {
    /// What to do after the error.
    fn retry(&self) -> Retry;
}

impl<E> AlwaysRetry for &Failure<'_, E> {
    fn retry(&self) -> Retry {
        Retry::Backoff
    }
}

/// What `retry_if` decides.
pub fn retry_if(retried: bool) -> Retry {
    if retried {
        Retry::Backoff
    } else {
        Retry::Never
    }
}
