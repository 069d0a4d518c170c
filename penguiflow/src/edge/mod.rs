//! The rules of edges, and the compiler's report where one is broken.
//!
//! Each rule is a trait on the node that it is about, with every word of its message
//! among its parameters. The generated code calls its one function at the place where a
//! value goes on, with the edge's own tokens as the place: so a fault is one error, on the
//! user's words, and a checked edge costs nothing.

mod flow;
mod node;
#[cfg(feature = "testing")]
mod script;
#[cfg(feature = "testing")]
mod stub;

use std::collections::VecDeque;
use std::convert::Infallible;

pub use self::flow::*;
pub use self::node::*;
#[cfg(feature = "testing")]
pub(crate) use self::script::{Act, Ending};
#[cfg(feature = "testing")]
pub use self::script::{FailsWith, Script};
#[cfg(feature = "testing")]
pub use self::stub::*;
use crate::error::{Failed, NodeError};
use crate::node::Node;

// Named in messages, which have the short name of what this module has, and of nothing hidden.
pub use crate::graph::Proof;
pub use crate::node::signature::{BreaksWith, NoBreak};
pub use crate::node::{
    Await, ByReference, ByValue, ItemsOf, Join, Map, Played, join, map, part, quorum, race, settle,
};

/// A node's own type, spelled longer: its first and last token are punctuation, which
/// can stand at the user's tokens without looking like something that the user wrote.
pub type Place<N> = N;

/// A type that is known to be what it should: `<T as Known<{ <T as Node>::IS_NODE }>>::Type`. If
/// it is not, the constant is the one error. The alias then does not resolve, so the compiler
/// reports nothing further.
pub trait Known<const IS_TRUE: bool> {
    /// The type itself.
    type Type;
}

impl<T> Known<true> for T {
    type Type = T;
}

/// The type itself, if `First` is one: of what follows from a fault in `First`, the compiler says
/// nothing.
pub trait After<First> {
    /// The type itself.
    type Type;
}

impl<First, T> After<First> for T {
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
impl<From, N, T> Follows<From, T, T> for N {
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
    message = "node `{Self}` runs on each item of what node `{From}` outputs, but takes `{In}`, which is not an item of `{Out}`",
    label = "takes `{In}`, which is not an item of `{Out}`",
    note = "a map takes a `Vec`, or anything else that is `IntoIterator`"
)]
pub trait TakesItems<From, Out, In>: Sized {
    /// The items.
    fn items(out: Out) -> VecDeque<In>;
}

#[diagnostic::do_not_recommend]
impl<From, N, Out: IntoIterator<Item = In>, In> TakesItems<From, Out, In> for N {
    fn items(out: Out) -> VecDeque<In> {
        out.into_iter().collect()
    }
}

/// `a else b`: what is given to `a` can be given to another one.
#[diagnostic::on_unimplemented(
    message = "node `{Self}` has a fallback and uses up its message, so `{In}` must be `Clone`",
    label = "`{In}` would have to be given to the fallback, too",
    note = "derive `Clone` for it, or let the node take it by reference, unless it is `spawn` or `blocking`"
)]
pub trait FallsBack<Taking, In>: Sized {
    /// A copy for the fallback, if the node does not return its message itself.
    fn keep(input: &In) -> Option<In>;
}

#[diagnostic::do_not_recommend]
impl<N, In: Clone> FallsBack<ByValue, In> for N {
    fn keep(input: &In) -> Option<In> {
        Some(input.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<N, In> FallsBack<ByReference, In> for N {
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
impl<N, T> Enters<T, T> for N {
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
impl<N: Node, Yield> Breaks<NoBreak, Infallible, Yield> for N {
    fn carry(exit: NoBreak) -> Yield {
        match exit {}
    }
}

#[diagnostic::do_not_recommend]
impl<N: Node, B: Into<Yield>, Yield> Breaks<BreaksWith<B>, B, Yield> for N {
    fn carry(exit: BreaksWith<B>) -> Yield {
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

/// `a -> [b, _] -> join`: what `_` hands on can be cloned.
#[diagnostic::on_unimplemented(
    message = "`_` hands on what `{Self}` outputs, so `{Out}` must be `Clone`",
    label = "`{Out}` is handed on here, and goes to the other branches, too",
    note = "derive `Clone` for it, or output an `Arc` of it"
)]
pub trait HandsOn<Out>: Sized {
    /// A copy for one more branch.
    fn copy(out: &Out) -> Out;
}

#[diagnostic::do_not_recommend]
impl<N, Out: Clone> HandsOn<Out> for N {
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
impl<N, Given: Clone> EntersAmong<Given> for N {
    fn copy(given: &Given) -> Given {
        given.clone()
    }
}
