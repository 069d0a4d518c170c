//! A compiled flow: its types, and its graph as constants.

#[cfg(feature = "schema")]
use super::schema::MakeSchema;
use super::{AwaitInfo, Graph, JoinInfo};
use crate::message::Print;

/// A compiled flow: its types and its graph. `flow!` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flow",
    label = "not a flow",
    note = "flows are made by `flow! {{ … }}`",
    note = "a function returns a flow as `impl AnyFlow<In = Question, Out = Answer>`, and one that has a name, `flow! {{ struct Support(Question) -> Answer; … }}`, as `Flow<Support>`"
)]
pub trait Topology: Sized + Send + Sync + 'static {
    /// The type of its input.
    type In: Send + 'static;
    /// The type of its outputs.
    type Out: Send + 'static;

    /// Its nodes and edges.
    const GRAPH: &'static Graph;
    /// Its joins.
    #[doc(hidden)]
    const JOINS: &'static [JoinInfo];
    /// The places where its traces park.
    #[doc(hidden)]
    const AWAITS: &'static [AwaitInfo];
    /// Makes a print of an input, where inputs can be distinguished.
    #[doc(hidden)]
    const PRINT: Option<Print<Self::In>> = None;
    /// Makes the schema of its input, if that has one.
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    const INPUT_SCHEMA: Option<MakeSchema> = None;
    /// Makes the schema of its outputs, if they have one.
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    const OUTPUT_SCHEMA: Option<MakeSchema> = None;
}
