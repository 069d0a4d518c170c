//! A flow as a node of another one: a playbook, in the caller's trace.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Instant;

use crate::cover::Cover;
use crate::edge::SingleOutput;
use crate::error::ErrorKind;
use crate::graph::can_end_in_none;
use crate::line::{Line, Topology, run_playbook};
use crate::message::{Headers, Message};
use crate::node::Fault;
use crate::policy::Retryable;
use crate::runtime::{CallingVisit, Common};
use crate::shape::{Carried, Direction, Signature, Stays};
use crate::type_name::TypeName;
use crate::visit::{AttemptSeed, TraceContext, Visit};

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

    fn take_up(payload: F::In, _: impl FnOnce() -> Cover) -> F::In {
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

    fn set_down(
        success: Self::Success,
        change: impl FnOnce(Headers, Option<Instant>),
    ) -> Direction<F::Out, Stays> {
        success.map_or(Direction::End, |message| {
            Direction::On(Carried::<true>::set_down(message, change))
        })
    }
}

/// A playbook's run: its output, or nothing.
type Play<'a, Out> = Pin<Box<dyn Future<Output = Result<Option<Message<Out>>, Fault>> + Send + 'a>>;

/// Runs a flow within a visit: with the limits that all of its visits share, and its own
/// budget of hops. Boxed, so that a flow is not as large as all those in it.
pub fn play<'a, F, S>(flow: &'a F, input: F::In, seed: AttemptSeed<'a, S>) -> Play<'a, F::Out>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync,
{
    Box::pin(async move {
        let mut visit = seed.begin();
        let common = Arc::new(visit.playbook::<F>());
        let cursor = visit.cursor;
        let trace =
            TraceContext::new(&common, cursor.envelope()).having_spent(cursor.trace.spent());
        let at = (&trace, cursor.id.call(0));
        let played = run_playbook(flow, visit.state, at, input).await;
        visit.complete(true);
        match played {
            Ok(output) => Ok(Some(output)),
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
        let caller = &**self.cursor.trace.common;
        let node = self.index as usize;
        let path = caller.called(node).into();
        let mut common = caller.clone();
        common.graph = F::GRAPH;
        common.limits = caller.limits.of_playbook(node, F::GRAPH);
        common.path = Some(path);
        common.payer = Some(self.link());
        common.until = self.end();
        common.caller = Some(CallingVisit {
            common: Arc::clone(self.cursor.trace.common),
            node: self.index,
        });
        common.depth += 1;
        common.may_run_again =
            self.cursor.trace.may_run_again() || caller.graph.nodes[node].policy.retries > 0;
        common.budgets.hops = F::GRAPH.hops;
        common
    }
}
