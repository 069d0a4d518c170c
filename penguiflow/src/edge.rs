//! What may follow what, and what the compiler says when it may not.
//!
//! Each rule is a trait on the node that it is about, with every word of its message
//! among its parameters. The generated code calls its one function at the place where a
//! value goes on, with the edge's own tokens as the place: so a fault is one error, on the
//! user's words, and a checked edge costs nothing.

use std::collections::VecDeque;
use std::convert::Infallible;

use serde::de::DeserializeOwned;

use crate::error::{BoxError, Failed, NodeError};
pub use crate::graph::Proof;
pub use crate::join::{Await, ItemsOf, Join, Map, join, map, quorum, race, settle};
#[cfg(feature = "validate")]
use crate::node::Fault;
use crate::node::Node;
pub use crate::node::{ByReference, ByValue};
#[cfg(feature = "validate")]
use crate::shape::Signature;
pub use crate::shape::{Leaves, Stays};
pub use crate::trace::Played;

/// A node's own type, spelled longer: its first and last token are punctuation, which
/// can stand at the user's tokens without looking like something that the user wrote.
pub type Place<N> = N;

/// A type that is known to be what it should: `<T as Known<{ <T as Node>::IS_NODE }>>::Type`. If
/// it is not, the constant is the one error, and what is called by this is no type, of which the
/// compiler says nothing more.
pub trait Known<const IS_TRUE: bool> {
    /// The type itself.
    type Type;
}

impl<T> Known<true> for T {
    type Type = T;
}

/// `a -> b`: what `a` outputs is what `b` takes.
#[diagnostic::on_unimplemented(
    message = "node `{From}` outputs `{Out}`, but node `{Self}` takes `{In}`",
    label = "carries `{Out}`, not `{In}`"
)]
pub trait Follows<From, Out, In>: Sized {
    /// Carries the value along the edge.
    fn carry(out: Out) -> In;
}

#[diagnostic::do_not_recommend]
impl<From, N: Node, T> Follows<From, T, T> for N {
    fn carry(out: T) -> T {
        out
    }
}

/// `a -> [match { … }; 8]`: what `a` outputs has items.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` outputs `{Out}`, which has no items to map over",
    label = "`{Out}` is not `IntoIterator`",
    note = "a map takes a `Vec`, or anything else that is `IntoIterator`"
)]
pub trait Spreads<Out> {
    /// That it has items.
    const HAS_ITEMS: bool = true;
}

#[diagnostic::do_not_recommend]
impl<N, Out: IntoIterator> Spreads<Out> for N {}

/// `a -> [b; 8]`: `b` takes an item of what `a` outputs.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` runs on each item of what node `{From}` outputs, but takes `{In}`, which is no item of `{Out}`",
    label = "takes `{In}`, which is no item of `{Out}`",
    note = "a map takes a `Vec`, or anything else that is `IntoIterator`"
)]
pub trait TakesItems<From, Out, In>: Sized {
    /// A step for each item.
    fn steps<Step>(out: Out, step: impl Fn(In) -> Step) -> VecDeque<Step>;
}

#[diagnostic::do_not_recommend]
impl<From, N, Out: IntoIterator<Item = In>, In> TakesItems<From, Out, In> for N {
    fn steps<Step>(out: Out, step: impl Fn(In) -> Step) -> VecDeque<Step> {
        out.into_iter().map(step).collect()
    }
}

/// `a else b`: what is given to `a` can be given to another one.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` has a fallback and uses up its message, so `{In}` must be `Clone`",
    label = "`{In}` would have to be given to the fallback, too",
    note = "derive `Clone` for it, or let the node take it by reference, unless it is `spawn` or `blocking`"
)]
pub trait FallsBack<Taking, In>: Sized {
    /// A copy for the fallback, if the node does not give its message back itself.
    fn keep(input: &In) -> Option<In>;
}

#[diagnostic::do_not_recommend]
impl<N: Node, In: Clone> FallsBack<ByValue, In> for N {
    fn keep(input: &In) -> Option<In> {
        Some(input.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<N: Node, In> FallsBack<ByReference, In> for N {
    fn keep(_: &In) -> Option<In> {
        None
    }
}

/// `a else b`: `b` takes what `a` takes, or a [`Failed`] around it.
#[diagnostic::on_unimplemented(
    message = "the fallback `{Self}` is given `{Given}`, but takes `{In}`",
    label = "may take `{Given}` or `Failed<{Given}>`, but takes `{In}`"
)]
pub trait TakesOver<Given, In>: Sized {
    /// Carries the input of the node that failed, and the failure, to the one that takes over.
    fn carry(given: Given, error: NodeError) -> In;

    /// The input that all in a line of fallbacks are given.
    fn give_back(input: In) -> Given;
}

#[diagnostic::do_not_recommend]
impl<N, T> TakesOver<T, T> for N {
    fn carry(given: T, _: NodeError) -> T {
        given
    }

    fn give_back(input: T) -> T {
        input
    }
}

#[diagnostic::do_not_recommend]
impl<N, T> TakesOver<T, Failed<T>> for N {
    fn carry(input: T, error: NodeError) -> Failed<T> {
        Failed { input, error }
    }

    fn give_back(failed: Failed<T>) -> T {
        failed.input
    }
}

/// `[a, b] -> race`: all branches that one of is taken from output the same type.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` outputs `{Out}`, but the other branches of this join output `{Part}`",
    label = "outputs `{Out}`, not `{Part}`",
    note = "`race` and `quorum` take one type; `join` takes a tuple of any"
)]
pub trait Meets<Out, Part>: Sized {
    /// Carries the value to the join.
    fn carry(out: Out) -> Part;
}

#[diagnostic::do_not_recommend]
impl<N, T> Meets<T, T> for N {
    fn carry(out: T) -> T {
        out
    }
}

/// `OpenSea -> a`: what the flow takes is what its entry takes.
#[diagnostic::on_unimplemented(
    message = "the flow takes `{Given}`, but its entry `{Self}` takes `{In}`",
    label = "takes `{In}`, not `{Given}`"
)]
pub trait Enters<Given, In>: Sized {
    /// Carries the value into the flow.
    fn carry(given: Given) -> In;
}

#[diagnostic::do_not_recommend]
impl<N: Node, T> Enters<T, T> for N {
    fn carry(given: T) -> T {
        given
    }
}

/// `a -> Rookery`: what the last node outputs is, or becomes, what the flow yields.
#[diagnostic::on_unimplemented(
    message = "the flow yields `{Yield}`, but its exit `{Self}` outputs `{Out}`",
    label = "outputs `{Out}`, which is not `Into<{Yield}>`"
)]
pub trait Ends<Out, Yield>: Sized {
    /// Carries the value out of the flow.
    fn carry(out: Out) -> Yield;
}

#[diagnostic::do_not_recommend]
impl<N, Out: Into<Yield>, Yield> Ends<Out, Yield> for N {
    fn carry(out: Out) -> Yield {
        out.into()
    }
}

/// A node's `Break` is, or becomes, what the flow yields.
#[diagnostic::on_unimplemented(
    message = "the flow yields `{Yield}`, but node `{Self}` breaks with `{B}`",
    label = "breaks with `{B}`, which is not `Into<{Yield}>`"
)]
pub trait Breaks<Exit, B, Yield>: Sized {
    /// Carries the value out of the flow.
    fn carry(exit: Exit) -> Yield;
}

#[diagnostic::do_not_recommend]
impl<N: Node, Yield> Breaks<Stays, Infallible, Yield> for N {
    fn carry(exit: Stays) -> Yield {
        match exit {}
    }
}

#[diagnostic::do_not_recommend]
impl<N: Node, B: Into<Yield>, Yield> Breaks<Leaves<B>, B, Yield> for N {
    fn carry(exit: Leaves<B>) -> Yield {
        exit.0.into()
    }
}

/// `a -> b; a -> c`: what goes several ways can be cloned.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` sends its output to several nodes, so `{Out}` must be `Clone`",
    label = "`{Out}` is sent several ways from here",
    note = "derive `Clone` for it, or output an `Arc` of it"
)]
pub trait Broadcasts<Out>: Sized {
    /// A copy for one more way.
    fn copy(out: &Out) -> Out;
}

#[diagnostic::do_not_recommend]
impl<N, Out: Clone> Broadcasts<Out> for N {
    fn copy(out: &Out) -> Out {
        out.clone()
    }
}

/// Several entries: what the flow takes can be cloned.
#[diagnostic::on_unimplemented(
    message = "the flow has several entries, so `{Given}` must be `Clone`",
    label = "`{Given}` enters here too",
    note = "derive `Clone` for it, or take an `Arc` of it"
)]
pub trait EntersAmong<Given>: Sized {
    /// A copy for one more entry.
    fn copy(given: &Given) -> Given;
}

#[diagnostic::do_not_recommend]
impl<N: Node, Given: Clone> EntersAmong<Given> for N {
    fn copy(given: &Given) -> Given {
        given.clone()
    }
}

/// What a node takes and returns moves between threads.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` takes or returns `{Self}`, which is not `Send`",
    label = "cannot move between threads",
    note = "use `Arc` in place of `Rc`, and `Mutex` in place of `RefCell`"
)]
pub trait Travels<Node> {
    /// That it is `Send`.
    const IS_SEND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<Node, T: Send + 'static> Travels<Node> for T {}

/// What a trace is parked for moves between threads.
#[diagnostic::on_unimplemented(
    message = "an `await` waits for `{Self}`, which is not `Send`",
    label = "cannot move between threads",
    note = "use `Arc` in place of `Rc`, and `Mutex` in place of `RefCell`"
)]
pub trait IsAwaited {
    /// That it is `Send`.
    const IS_SEND: bool = true;
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IsAwaited for T {}

/// What a state gives out by `#[derive(FromRef)]` can be copied.
#[diagnostic::on_unimplemented(
    message = "the state `{State}` gives out copies of `{Self}`, so it must be `Clone`",
    label = "must be `Clone`",
    note = "derive `Clone` for it, keep an `Arc` of it, or leave it out by `#[from_ref(skip)]`"
)]
pub trait GivenOut<State>: Sized {
    /// A copy.
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<State, T: Clone> GivenOut<State> for T {
    fn copy(&self) -> T {
        self.clone()
    }
}

/// A node with fields that runs in a task or thread of its own moves there.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` runs in a task or thread of its own, so it must be `Clone`",
    label = "a copy of it would move there",
    note = "derive `Clone` for it, or leave out `spawn`"
)]
pub trait Moves: Sized {
    /// A copy that can move.
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<N: Node + Clone> Moves for N {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// A retried node that takes its message by value can be given it again.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` is retried and takes its message by value, so `{Param}` must be `Clone`",
    label = "must be `Clone`, or be taken as `&{Param}`"
)]
pub trait Retries<Param>: Sized {
    /// The parameter for this attempt: a copy while there are attempts left, then itself.
    fn param(param: &mut Option<Param>, last: bool) -> Param;
}

#[diagnostic::do_not_recommend]
impl<N, Param: Clone> Retries<Param> for N {
    fn param(param: &mut Option<Param>, last: bool) -> Param {
        let kept = if last { param.take() } else { param.clone() };
        kept.expect("a parameter is there until its last attempt")
    }
}

/// A node's error can be boxed.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` fails with `{Self}`, which does not convert into `BoxError`",
    label = "not an error that a flow can carry",
    note = "implement `std::error::Error` for it, or return an `anyhow::Error` or a `String`"
)]
pub trait Fails<Node>: Sized {
    /// The error, boxed.
    fn boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<Node, E: Into<BoxError>> Fails<Node> for E {
    fn boxed(self) -> BoxError {
        self.into()
    }
}

/// `validate = "in"` and `"out"`: what a node takes or outputs can be validated.
#[cfg(feature = "validate")]
#[diagnostic::on_unimplemented(
    message = "node `{Self}` validates `{Payload}`, which does not implement `garde::Validate`",
    label = "`{Payload}` cannot be validated",
    note = "put `#[derive(garde::Validate)]` on it; where it is validated with a context, that must be `Default`"
)]
pub trait Validates<Payload>: Sized {
    /// Validates what it takes.
    fn input(payload: &Payload) -> Result<(), Fault>;
    /// Validates what of its success goes on along the edges.
    fn output<S: Signature<Out = Payload>>(success: S::Success) -> Result<S::Success, Fault>;
}

#[cfg(feature = "validate")]
#[diagnostic::do_not_recommend]
impl<N: Node, Payload: garde::Validate<Context: Default>> Validates<Payload> for N {
    fn input(payload: &Payload) -> Result<(), Fault> {
        let checked = payload.validate();
        checked.map_err(|report| Fault::InvalidInput(report.into()))
    }

    fn output<S: Signature<Out = Payload>>(success: S::Success) -> Result<S::Success, Fault> {
        match S::onward(&success).map(garde::Validate::validate) {
            Some(Err(report)) => Err(Fault::InvalidOutput(report.into())),
            _ => Ok(success),
        }
    }
}

/// The graph has at most one output per trace, so that `run` can return it.
#[diagnostic::on_unimplemented(
    message = "a trace of this flow may have several outputs, and `run` returns one",
    label = "several outputs per trace",
    note = "call `run_all`, which returns them all, or let the branches meet before they leave the flow"
)]
pub trait SingleOutput {}

/// A node that a join waits for does not leave the flow by itself: that would be an output beside
/// the join's own. It is `Exit` that does not.
#[diagnostic::on_unimplemented(
    message = "node `{Node}` may `Break` while a join waits for it, so a trace of this flow may have several outputs",
    label = "several outputs per trace",
    note = "call `run_all`, which returns them all, or make the node's loop a flow with a name"
)]
pub trait NeverBreaks<Node> {}

#[diagnostic::do_not_recommend]
impl<Node> NeverBreaks<Node> for Stays {}

/// A flow that is a node of another one gives one output per trace.
#[diagnostic::on_unimplemented(
    message = "a trace of the flow `{Flow}` may have several outputs, so it is not a node",
    label = "may have several outputs per trace",
    note = "let its branches meet before they leave it, or write its nodes in this flow"
)]
pub trait GivesOneOutput<Flow> {}

/// A flow that is a node of another one does not park.
#[diagnostic::on_unimplemented(
    message = "the flow `{Flow}` parks its traces, so it is not a node",
    label = "has an `await`",
    note = "write its nodes and its `await` in this flow"
)]
pub trait NeverParks<Flow> {}

/// A payload that can be read from a JSON document: what serde deserialises.
#[diagnostic::on_unimplemented(
    message = "a JSON document is to be read as `{Self}`, which is not `Deserialize`",
    label = "`{Self}` cannot be read from JSON",
    note = "derive `serde::Deserialize` for it, or own what it borrows, as `String` does for `&str`"
)]
pub trait FromJson: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> FromJson for T {}

/// `a -> await T`: the flow's traces park until they are given a `T`.
#[diagnostic::on_unimplemented(
    message = "the flow `{Self}` never waits for a `{T}`",
    label = "no `await {T}` in this flow"
)]
pub trait Awaits<T> {}
