//! Names for the macros. Not API: anything here may change in any release.

#[cfg(rust_analyzer)]
pub mod options;

#[cfg(feature = "validate")]
pub use crate::edge::Validates;
pub use crate::edge::{
    After, Awaits, Breaks, Broadcasts, CanFail, Ends, EndsAlone, Enters, EntersAmong, Fails,
    FallsBack, Follows, GivenOut, GivesOneOutput, HandsOn, IsAwaited, Known, Meets, Moves,
    NeverBreaks, NeverParks, Place, Retries, Sends, SingleOutput, Spreads, TakenFirst, TakesItems,
    TakesOver, Travels, TravelsBoxed,
};
pub use crate::error::{Fault, FlowError, NodeError};
pub use crate::flow::Flow;
#[cfg(not(feature = "svg"))]
pub use crate::graph::FeatureSvg;
#[cfg(not(feature = "testing"))]
pub use crate::graph::FeatureTesting;
#[cfg(feature = "schema")]
pub use crate::graph::MakeSchema;
pub use crate::graph::{
    AwaitInfo, Edge, Graph, JoinInfo, JoinKind, NamesDiffer, NoPlaybooks, NodeInfo, Playbooks,
    Proof, Topology, Traps, WorstAttempts, fault, names_differ, refuse, report_excess, report_gap,
};
pub use crate::message::{Message, Print, print};
#[cfg(feature = "payloads")]
pub use crate::node::ShowPayloads;
pub use crate::node::probe::{Probe, ProbeDefault};
pub use crate::node::same::{Same, SameDefault};
pub use crate::node::signature::{
    BreakType, BreaksWith, Directed, Direction, Fallible, FnSignature, OrElse,
};
pub use crate::node::{
    Attempt, Await, Bounded, BreakValue, ByReference, ByValue, Exit, FunctionNode, In, ItemsOf,
    Join, Lent, Map, Node, Out, Param, ParkedPayload, Plain, Played, Returns, Success, TakingOf,
    join, map, part, quorum, race, settle,
};
pub use crate::policy::{Per, Placement, Policy, Retry};
pub use crate::trace::{
    Branch, BranchResult, BranchTo, DetachedBranch, DetachedBranches, JoinCell, JoinInput, Line,
    LinePart, Outputs, Places, boxed, by_slot, each_item, first_branches, first_items,
    join_all_or_none, join_branches, join_items, only, play, run_to_input, settle as settle_branch,
    settle_items, take_input,
};
pub use crate::visit::{
    Arrival, AttemptSeed, Call, Cursor, Extract, FromRef, Returned, VisitParts, blocking, caught,
    extract, fault as fault_of, guarded, keep, spawned, tolerated, unwrap, visit,
};
pub use core::primitive::{bool, str, u32, usize};
pub use std::collections::VecDeque;

use crate::policy::Retryable;

/// Names for the steps of durable flows.
#[cfg(feature = "durable")]
pub mod steps {
    pub use crate::frontier::{
        Advance, AdvancePart, CloneInput, Cursor, DecodeInput, DecodeStep, Durability, Durable,
        EncodeInput, FlowStepNames, NodeOutput, Outcome, RunningStep, StepCx, StepJoins, StepNames,
        StepResult, Stores, StoresInput, decode_step,
    };
    pub use crate::graph::{Given, StoredNamesDiffer, downcast, stored_names_differ};
    pub use crate::visit::Budgets;
    pub use serde::de::VariantAccess;
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
}

/// Names in signatures alone.
pub mod signatures {
    pub use crate::graph::{Given, downcast};
    pub use crate::node::{Taking, Visits};
    pub use crate::trace::{FirstResult, JoinValue, PollBranch};
    pub use crate::visit::{Budgets, Guarded, Tolerated, TraceContext, VisitsNode};
}

pub use crate::__for_editors as for_editors;

/// Names for editors: the compiler skips the code with them.
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

pub use crate::__payloads as payloads;

/// How to show a node's payloads: nothing without the feature `payloads`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "payloads"))]
macro_rules! __payloads {
    () => {};
}

/// How to show a node's payloads.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "payloads")]
macro_rules! __payloads {
    () => {
        const PAYLOADS: $crate::__private::ShowPayloads<
            $crate::__private::In<Self>,
            $crate::__private::Out<Self>,
        > = {
            use $crate::__private::ProbeDefault as _;
            $crate::__private::ShowPayloads {
                input: $crate::__private::Probe::<$crate::__private::In<Self>>::SHOW,
                output: $crate::__private::Probe::<$crate::__private::Out<Self>>::SHOW,
            }
        };
    };
}

pub use crate::__schemas as schemas;

/// How to make the schemas of a flow's input and output: nothing without the feature `schema`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "schema"))]
macro_rules! __schemas {
    ($input:ty, $output:ty) => {};
}

/// How to make the schemas of a flow's input and output.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "schema")]
macro_rules! __schemas {
    ($input:ty, $output:ty) => {
        const INPUT_SCHEMA: ::core::option::Option<$crate::__private::MakeSchema> = {
            use $crate::__private::ProbeDefault as _;
            $crate::__private::Probe::<$input>::SCHEMA
        };
        const OUTPUT_SCHEMA: ::core::option::Option<$crate::__private::MakeSchema> = {
            use $crate::__private::ProbeDefault as _;
            $crate::__private::Probe::<$output>::SCHEMA
        };
    };
}

pub use crate::__step_schemas as step_schemas;

/// How to make the schemas of the inputs of a durable flow's nodes: nothing without the feature `schema`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "schema"))]
macro_rules! __step_schemas {
    ($($input:ty),*) => {};
}

/// How to make the schemas of the inputs of a durable flow's nodes.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "schema")]
macro_rules! __step_schemas {
    ($($input:ty),*) => {
        const SCHEMAS: &'static [::core::option::Option<$crate::__private::MakeSchema>] = {
            use $crate::__private::ProbeDefault as _;
            &[$($crate::__private::Probe::<$input>::SCHEMA),*]
        };
    };
}

pub use crate::__described as described;

/// A place where traces park, with how to make the schema of what it waits for: as it is without the
/// feature `schema`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "schema"))]
macro_rules! __described {
    ($place:expr, $awaited:ty) => {
        $place
    };
}

/// A place where traces park, with how to make the schema of what it waits for.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "schema")]
macro_rules! __described {
    ($place:expr, $awaited:ty) => {{
        use $crate::__private::ProbeDefault as _;
        $place.described($crate::__private::Probe::<$awaited>::SCHEMA)
    }};
}

/// A value of this type, in what only editors read.
#[cfg(rust_analyzer)]
pub fn some<T>() -> T {
    unreachable!("only editors read this")
}

/// A node's error, to ask whether it is retried: `(&Failure(&error)).retry()`.
#[derive(Debug)]
pub struct Failure<'a, E>(pub &'a E);

/// Errors that decide for themselves. Goes before `AlwaysRetry`, which needs one more
/// reference.
pub trait RetryByType {
    /// The verdict on the error.
    fn retry(&self) -> Option<Retry>;
}

impl<E: Retryable> RetryByType for Failure<'_, E> {
    fn retry(&self) -> Option<Retry> {
        Some(self.0.retry())
    }
}

/// All other errors.
pub trait AlwaysRetry {
    /// The verdict on the error: none of its own.
    fn retry(&self) -> Option<Retry>;
}

impl<E> AlwaysRetry for &Failure<'_, E> {
    fn retry(&self) -> Option<Retry> {
        None
    }
}

/// The verdict of `retry_if`.
pub fn retry_if(retried: bool) -> Option<Retry> {
    Some(match retried {
        true => Retry::Backoff,
        false => Retry::Never,
    })
}
