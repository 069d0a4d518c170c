//! The meaning of the types in a node's signature, distinguished by type and not by name.
//!
//! `Result<T, E>` is a `T` that may fail, `Option<T>` one that may be missing,
//! `ControlFlow<B, C>` a fork, `Message<T>` a `T` with its envelope, and every other
//! type a payload. The blanket case overlaps the others, so each trait here takes the
//! case as a constant, and `Probe` finds the constant: an inherent constant takes
//! precedence over a trait's. An alias of `Result` is thus a `Result`.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use tokio::time::Instant;

use crate::graph::TypeName;
use crate::message::{Envelope, Headers, Message};
use crate::node::probe::{FORK, MAYBE, ON, Probe};

/// A value that may be an error, if the constant says so.
pub trait Fallible<const IS_RESULT: bool> {
    /// The value of success.
    type Success;
    /// The error.
    type Error;

    /// The value as a `Result`.
    fn split(self) -> Result<Self::Success, Self::Error>;

    /// Whether it is a success.
    fn is_success(&self) -> bool;
}

impl<T> Fallible<false> for T {
    type Success = T;
    type Error = Infallible;

    fn split(self) -> Result<T, Infallible> {
        Ok(self)
    }

    #[inline]
    fn is_success(&self) -> bool {
        true
    }
}

impl<T, E> Fallible<true> for Result<T, E> {
    type Success = T;
    type Error = E;

    fn split(self) -> Self {
        self
    }

    #[inline]
    fn is_success(&self) -> bool {
        self.is_ok()
    }
}

/// The direction of a node's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction<Next, Exit> {
    /// Along the edges.
    On(Next),
    /// Out of the flow, to Rookery.
    Out(Exit),
    /// Nowhere: the path ends here.
    End,
}

/// A value that knows where it goes.
pub trait Directed<const DIRECTION: u8> {
    /// The value that follows the edges.
    type Next;
    /// The value that leaves the flow.
    type Exit;
    /// Whether it may do anything but follow the edges.
    const CAN_END: bool;

    /// Where this value goes.
    fn direct(self) -> Direction<Self::Next, Self::Exit>;

    /// The value that follows the edges, if it does.
    fn next(&self) -> Option<&Self::Next>;
}

impl<T> Directed<ON> for T {
    type Next = T;
    type Exit = NoBreak;
    const CAN_END: bool = false;

    fn direct(self) -> Direction<T, NoBreak> {
        Direction::On(self)
    }

    fn next(&self) -> Option<&T> {
        Some(self)
    }
}

impl<T> Directed<MAYBE> for Option<T> {
    type Next = T;
    type Exit = NoBreak;
    const CAN_END: bool = true;

    fn direct(self) -> Direction<T, NoBreak> {
        self.map_or(Direction::End, Direction::On)
    }

    fn next(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<B, C> Directed<FORK> for ControlFlow<B, C> {
    type Next = C;
    type Exit = BreaksWith<B>;
    const CAN_END: bool = true;

    fn direct(self) -> Direction<C, BreaksWith<B>> {
        match self {
            Self::Continue(next) => Direction::On(next),
            Self::Break(exit) => Direction::Out(BreaksWith(exit)),
        }
    }

    fn next(&self) -> Option<&C> {
        match self {
            Self::Continue(next) => Some(next),
            Self::Break(_) => None,
        }
    }
}

/// The `Break` of a node that never breaks: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBreak {}

/// The value of a node's `Break`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreaksWith<B>(pub B);

/// A payload, or a message if the constant says so.
pub trait Carried<const IS_MESSAGE: bool> {
    /// The payload by itself.
    type Payload;

    /// The payload, where it is.
    fn payload(&self) -> &Self::Payload;

    /// Takes the payload up, with the envelope if it has a place for one.
    fn wrap(payload: Self::Payload, envelope: impl FnOnce() -> Envelope) -> Self;

    /// Sets the payload down, and reports the headers and the deadline of its envelope.
    fn unwrap(self, change: impl FnOnce(Headers, Option<Instant>)) -> Self::Payload;

    /// The payload by itself, of what was not used.
    fn give_back(self) -> Self::Payload;
}

impl<T> Carried<false> for T {
    type Payload = T;

    fn payload(&self) -> &T {
        self
    }

    #[inline]
    fn wrap(payload: T, _: impl FnOnce() -> Envelope) -> T {
        payload
    }

    #[inline]
    fn unwrap(self, _: impl FnOnce(Headers, Option<Instant>)) -> T {
        self
    }

    fn give_back(self) -> T {
        self
    }
}

impl<T> Carried<true> for Message<T> {
    type Payload = T;

    fn payload(&self) -> &T {
        &self.payload
    }

    fn wrap(payload: T, envelope: impl FnOnce() -> Envelope) -> Self {
        envelope().with(payload)
    }

    /// A node may change headers and bring the deadline forward. The trace stays the
    /// trace: its id, its age and its budget are not a node's to change.
    fn unwrap(self, change: impl FnOnce(Headers, Option<Instant>)) -> T {
        change(self.headers, self.deadline);
        self.payload
    }

    fn give_back(self) -> T {
        self.payload
    }
}

/// The `Break` of a node: nothing, or a payload with or without its envelope.
pub trait Exit<const IS_MESSAGE: bool> {
    /// The payload by itself: `NoBreak`, or `BreaksWith` around it.
    type BreakValue;

    /// Sets the payload down, and reports the headers and the deadline of its envelope.
    fn leave(self, change: impl FnOnce(Headers, Option<Instant>)) -> Self::BreakValue;
}

impl Exit<false> for NoBreak {
    type BreakValue = Self;

    fn leave(self, _: impl FnOnce(Headers, Option<Instant>)) -> Self {
        match self {}
    }
}

impl<B: Carried<IS_MESSAGE>, const IS_MESSAGE: bool> Exit<IS_MESSAGE> for BreaksWith<B> {
    type BreakValue = BreaksWith<B::Payload>;

    fn leave(self, change: impl FnOnce(Headers, Option<Instant>)) -> Self::BreakValue {
        BreaksWith(self.0.unwrap(change))
    }
}

impl<B> Probe<BreaksWith<Message<B>>> {
    /// A `Break` with a `Message`.
    pub const IS_MESSAGE: bool = true;
}

/// The input and the output of a node: the shapes of its parameter and of what it returns when
/// it succeeds, put together.
pub trait Signature: Send + Sync + 'static {
    /// The payload that it takes.
    type In: Send + 'static;
    /// The payload that follows its edges.
    type Out: Send + 'static;
    /// Its `Break`: `NoBreak`, or `BreaksWith`.
    type Exit: BreakType + Send + 'static;
    /// Its first parameter, without the `&`.
    type Param: Send;
    /// The value that it returns when it succeeds.
    type Success: Send;

    /// Whether it may do anything but follow the edges.
    const CAN_END: bool;
    /// The name of what leaves the flow at it, if anything does.
    const EXIT_NAME: Option<TypeName>;

    /// The parameter for a payload.
    fn wrap(payload: Self::In, envelope: impl FnOnce() -> Envelope) -> Self::Param;

    /// The payload of a parameter, where it is.
    fn payload(param: &Self::Param) -> &Self::In;

    /// The payload of a parameter that was not used.
    fn give_back(param: Self::Param) -> Self::In;

    /// The part of a returned value that follows the edges, if it does.
    fn onward(success: &Self::Success) -> Option<&Self::Out>;

    /// Where a returned value goes. Reports the headers and the deadline of its envelope.
    fn unwrap(
        success: Self::Success,
        change: impl FnOnce(Headers, Option<Instant>),
    ) -> Direction<Self::Out, Self::Exit>;

    /// What a stub returned, in the visit's envelope where the node returns one that the stub does not.
    #[cfg(feature = "testing")]
    fn stubbed(success: Self::Success, _: &Envelope) -> Self::Success {
        success
    }
}

/// The only `Signature`: a parameter `P` and a success `R`, with what `Probe` finds of
/// them. `#[node]` spells it out.
#[derive(Debug)]
pub struct FnSignature<
    P,
    const PARAM_IS_MESSAGE: bool,
    R,
    const DIRECTION: u8,
    const NEXT_IS_MESSAGE: bool,
    const EXIT_IS_MESSAGE: bool,
>(PhantomData<fn(P) -> R>);

impl<P, const PM: bool, R, const D: u8, const NM: bool, const EM: bool> Signature
    for FnSignature<P, PM, R, D, NM, EM>
where
    P: Carried<PM> + Send + 'static,
    P::Payload: Send + 'static,
    R: Directed<D> + Send + 'static,
    R::Next: Carried<NM>,
    <R::Next as Carried<NM>>::Payload: Send + 'static,
    R::Exit: Exit<EM>,
    <R::Exit as Exit<EM>>::BreakValue: BreakType + Send + 'static,
{
    type In = P::Payload;
    type Out = <R::Next as Carried<NM>>::Payload;
    type Exit = <R::Exit as Exit<EM>>::BreakValue;
    type Param = P;
    type Success = R;

    const CAN_END: bool = R::CAN_END;
    const EXIT_NAME: Option<TypeName> = <Self::Exit as BreakType>::NAME;

    #[inline]
    fn wrap(payload: Self::In, envelope: impl FnOnce() -> Envelope) -> P {
        P::wrap(payload, envelope)
    }

    fn payload(param: &P) -> &Self::In {
        param.payload()
    }

    fn give_back(param: P) -> Self::In {
        param.give_back()
    }

    fn onward(success: &R) -> Option<&Self::Out> {
        success.next().map(Carried::payload)
    }

    #[inline]
    fn unwrap(
        success: R,
        change: impl FnOnce(Headers, Option<Instant>),
    ) -> Direction<Self::Out, Self::Exit> {
        match success.direct() {
            Direction::On(next) => Direction::On(next.unwrap(change)),
            Direction::Out(exit) => Direction::Out(exit.leave(change)),
            Direction::End => Direction::End,
        }
    }
}

/// The type that leaves one node or another, for flows that do not declare their output.
pub trait OrElse<Other> {
    /// This node's if it leaves, else the other's.
    type Either;
}

impl<Other> OrElse<Other> for NoBreak {
    type Either = Other;
}

impl<B, Other> OrElse<Other> for BreaksWith<B> {
    type Either = Self;
}

/// The output type in `NoBreak` or `BreaksWith`.
pub trait BreakType {
    /// The type that Rookery yields.
    type Out;
    /// Its name, if there is one.
    const NAME: Option<TypeName>;
}

impl BreakType for NoBreak {
    type Out = Infallible;
    const NAME: Option<TypeName> = None;
}

impl<B> BreakType for BreaksWith<B> {
    type Out = B;
    const NAME: Option<TypeName> = Some(TypeName::of::<B>());
}
