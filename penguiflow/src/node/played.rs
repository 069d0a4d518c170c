//! The signature of a flow as a node of another one.

use std::marker::PhantomData;

use tokio::time::Instant;

use super::signature::{Carried, Direction, NoBreak, Signature};
use crate::graph::{Topology, TypeName, can_end_in_none};
use crate::message::{Envelope, Headers, Message};

/// The signature of a flow as a node: its input, and its output, or nothing.
#[derive(Debug)]
pub struct Played<F>(PhantomData<fn() -> F>);

impl<F: Topology> Signature for Played<F> {
    type In = F::In;
    type Out = F::Out;
    type Exit = NoBreak;
    type Param = F::In;
    type Success = Option<Message<F::Out>>;

    const CAN_END: bool = can_end_in_none(F::GRAPH);
    const EXIT_NAME: Option<TypeName> = None;

    fn wrap(payload: F::In, _: impl FnOnce() -> Envelope) -> F::In {
        payload
    }

    fn payload(param: &F::In) -> &F::In {
        param
    }

    fn give_back(param: F::In) -> F::In {
        param
    }

    fn onward(success: &Self::Success) -> Option<&F::Out> {
        success.as_ref().map(|message| &message.payload)
    }

    fn unwrap(
        success: Self::Success,
        change: impl FnOnce(Headers, Option<Instant>),
    ) -> Direction<F::Out, NoBreak> {
        success.map_or(Direction::End, |message| {
            Direction::On(Carried::<true>::unwrap(message, change))
        })
    }
}
