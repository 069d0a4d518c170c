//! The signature of a flow as a node of another one, and what it returns.

use std::marker::PhantomData;

use tokio::time::Instant;

use super::signature::{Carried, Direction, NoBreak, Signature};
use super::{Attempt, Node, Returns};
use crate::error::{ErrorKind, Fault, FlowError};
use crate::graph::{Topology, TypeName, can_end_in_none};
use crate::message::{Envelope, Headers, Message};
use crate::policy::Retryable;

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

    #[cfg(feature = "testing")]
    fn stubbed(success: Self::Success, envelope: &Envelope) -> Self::Success {
        success.map(|message| envelope.clone().with(message.payload))
    }
}

#[diagnostic::do_not_recommend]
impl<F: Topology + Node<Signature = Played<F>>> Returns for F {
    type Return = Result<F::Out, FlowError>;

    fn split(returned: Self::Return) -> Attempt<F> {
        played(returned.map(Message::new))
    }
}

/// The verdict on the end of a flow within a visit.
pub(crate) fn played<Out>(
    ended: Result<Message<Out>, FlowError>,
) -> Result<Option<Message<Out>>, Fault> {
    match ended {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.kind() == ErrorKind::Filtered => Ok(None),
        Err(error) => {
            let retry = error.retry();
            Err(Fault::played(error, retry))
        }
    }
}
