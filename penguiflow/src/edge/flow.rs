//! Requirements on a flow as a whole, where it is run, resumed, or a node of another one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::message::Message;
use crate::node::signature::NoBreak;

/// The graph has at most one output per trace, so that `run` can return it.
#[diagnostic::on_unimplemented(
    message = "a trace of this flow may have several outputs, and `run` returns one",
    label = "several outputs per trace",
    note = "call `run_all`, which returns them all, or join the branches before they leave the flow"
)]
pub trait SingleOutput {}

/// The bound that no node fulfils: in place of [`SingleOutput`] where a flow has several outputs.
#[diagnostic::on_unimplemented(
    message = "a trace of this flow may have several outputs, and `run` returns one",
    label = "several outputs per trace",
    note = "call `run_all`, which returns them all, or join the branches before they leave the flow"
)]
pub trait EndsAlone {}

/// A node that a join waits for does not leave the flow by itself: that would be an output beside
/// the join's own. It is `Exit` that does not.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` may `Break` while a join waits for it, so a trace of this flow may have several outputs",
    label = "several outputs per trace",
    note = "call `run_all`, which returns them all, or make the node's loop a flow with a name"
)]
pub trait NeverBreaks<Node> {}

#[diagnostic::do_not_recommend]
impl<Node> NeverBreaks<Node> for NoBreak {}

/// A flow that is a node of another one has one output per trace.
#[diagnostic::on_unimplemented(
    message = "a trace of the flow `{Flow}` may have several outputs, so it is not a node",
    label = "may have several outputs per trace",
    note = "join its branches before they leave it, or write its nodes in this flow"
)]
pub trait GivesOneOutput<Flow> {}

/// A flow that is a node of another one does not park.
#[diagnostic::on_unimplemented(
    message = "the flow `{Flow}` parks its traces, so it is not a node",
    label = "has an `await`",
    note = "write its nodes and its `await` in this flow"
)]
pub trait NeverParks<Flow> {}

/// What a flow that takes `In` can be given: an `In` by itself, or a [`Message`] of it.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::IntoMessage;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// /// Runs a flow with what comes from a tenant.
/// async fn answer(question: impl IntoMessage<u32>) -> Result<u32, FlowError> {
///     flow! { double }.run(question.into_message().tenant("acme")).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// assert_eq!(answer(2).await?, 4);
/// assert_eq!(answer(Message::new(3).hops(1)).await?, 6);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "the flow takes `{In}`, but is given `{Self}`",
    label = "expected `{In}`, found `{Self}`",
    note = "give it a `{In}` by itself or in a message: `Message::new(payload).tenant(\"acme\")`"
)]
pub trait IntoMessage<In> {
    /// The message.
    fn into_message(self) -> Message<In>;
}

#[diagnostic::do_not_recommend]
impl<In, M: Into<Message<In>>> IntoMessage<In> for M {
    #[inline]
    fn into_message(self) -> Message<In> {
        self.into()
    }
}

/// A payload that can be read from a JSON document: what serde deserialises.
#[diagnostic::on_unimplemented(
    message = "a JSON document is to be read as `{Self}`, which is not `Deserialize`",
    label = "`{Self}` cannot be read from JSON",
    note = "derive `serde::Deserialize` for it, or own what it borrows, as `String` does for `&str`"
)]
pub trait FromJson: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> FromJson for T {}

/// An output that can be written as a JSON document: what serde serialises.
#[diagnostic::on_unimplemented(
    message = "an output is to be written as JSON, and `{Self}` is not `Serialize`",
    label = "`{Self}` cannot be written as JSON",
    note = "derive `serde::Serialize` for it"
)]
pub trait ToJson: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ToJson for T {}

/// `a -> await T`: the flow's traces park until they are given a `T`.
#[diagnostic::on_unimplemented(
    message = "the flow `{Self}` never waits for a `{T}`",
    label = "no `await {T}` in this flow"
)]
pub trait Awaits<T> {}
