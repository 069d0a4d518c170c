//! A flow as a node of another one: a playbook, in the caller's trace.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use super::drive::Engine;
use super::record::Record;
use super::visit::Visit;
use crate::cover::Cover;
use crate::edge::SingleOutput;
use crate::error::ErrorKind;
use crate::graph::can_end_in_none;
use crate::host::{Advance, Topology};
use crate::message::Message;
use crate::node::Fault;
use crate::policy::Retryable;
use crate::runtime::{Common, Limits, Runtime};
use crate::shape::{Carried, Direction, Signature, Stays};
use crate::type_name::TypeName;

/// What a flow means as a node: it takes its input, and gives its output, or nothing.
#[derive(Debug)]
pub struct Played<F>(PhantomData<fn() -> F>);

impl<F: Topology> Signature for Played<F> {
    type In = F::In;
    type Out = F::Out;
    type Exit = Stays;
    type Param = F::In;
    type Success = Option<Message<F::Out>>;

    const LEAVES: bool = can_end_in_none(F::GRAPH);
    const EXIT_NAME: Option<TypeName> = None;

    fn take_up(payload: F::In, _: &Cover) -> F::In {
        payload
    }

    fn give_back(param: F::In) -> F::In {
        param
    }

    fn onward(success: &Self::Success) -> Option<&F::Out> {
        success.as_ref().map(|message| &message.payload)
    }

    fn set_down(success: Self::Success, envelope: &mut Cover) -> Direction<F::Out, Stays> {
        success.map_or(Direction::End, |message| {
            Direction::On(Carried::<true>::set_down(message, envelope))
        })
    }
}

/// A playbook's run: its output, or nothing.
type Play<'a, Out> = Pin<Box<dyn Future<Output = Result<Option<Message<Out>>, Fault>> + Send + 'a>>;

/// Runs a flow within a visit: with the limits that all of its visits share, and its own
/// budget of hops. Boxed, so that a flow is not as large as all those in it.
pub fn play<'a, F, S>(flow: &'a F, input: F::In, visit: &'a Visit<'_, S>) -> Play<'a, F::Out>
where
    F: Advance<S> + SingleOutput,
    S: Send + Sync,
{
    Box::pin(async move {
        let common = visit.playbook::<F>();
        let engine = Engine {
            topology: flow,
            runtime: Runtime {
                state: visit.state,
                common: &common,
            },
            parking_lot: None,
            hook: None,
        };
        let mut output = None;
        let mut keep = |out, envelope: Cover| output = Some(envelope.with(out));
        let mut course = visit.record.course.inside(0);
        match engine.run(input, &mut course, &mut keep).await {
            Ok(()) => Ok(output),
            Err(error) if error.kind() == ErrorKind::Filtered => Ok(None),
            Err(error) => {
                let retry = error.retry();
                Err(Fault::played(error, retry))
            }
        }
    })
}

impl<S> Visit<'_, S> {
    /// What the playbook that this visit runs has in common with it, and what is its own.
    fn playbook<F: Topology>(&self) -> Common {
        let Record { common, index, .. } = self.record;
        let limits = common.limits.playbook(*index);
        let limits = limits.map_or_else(|| Arc::new(Limits::of(F::GRAPH)), Arc::clone);
        let path = common.called(*index).into();
        let mut common = Common::clone(common);
        common.graph = F::GRAPH;
        common.limits = limits;
        common.path = Some(path);
        common.payer = Some(self.record.link());
        common.budgets.hops = F::GRAPH.hops;
        common
    }
}
