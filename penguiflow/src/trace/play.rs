//! A flow as a node of another one: a playbook, in the caller's trace.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::line::{Line, run_playbook};
use crate::edge::SingleOutput;
use crate::error::Fault;
use crate::graph::Topology;
use crate::message::Message;
use crate::node::played;
use crate::visit::{AttemptSeed, CallingVisit, FlowContext, TraceContext, VisitParts};

/// A playbook's run: its output, or nothing.
type Play<'a, Out> = Pin<Box<dyn Future<Output = Result<Option<Message<Out>>, Fault>> + Send + 'a>>;

/// Runs a flow within a visit: with the limits that all of its visits share, and its own
/// budget of hops. Boxed, so that a flow is not as large as all those in it.
pub fn play<'a, F, S>(flow: &'a F, input: F::In, seed: AttemptSeed<'a, S>) -> Play<'a, F::Out>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync,
{
    let mut input = Some(input);
    Box::pin(async move {
        let mut visit = seed.begin();
        let context = Arc::new(visit.playbook::<F>());
        let cursor = visit.cursor;
        let trace =
            TraceContext::new(&context, cursor.envelope()).having_spent(cursor.trace.spent());
        let at = (&trace, cursor.id.call(0));
        let ended = run_playbook(flow, visit.state, at, &mut input).await;
        cursor.trace.count_visits(trace.visits());
        visit.complete(true);
        played(ended)
    })
}

impl<S> VisitParts<'_, S> {
    /// The context of the playbook that this visit runs: shared with the visit, but for its own
    /// parts.
    fn playbook<F: Topology>(&self) -> FlowContext {
        let caller = &**self.cursor.trace.flow;
        let node = self.index as usize;
        let path = caller.called(node).into();
        let mut context = caller.clone();
        context.graph = F::GRAPH;
        context.policies = caller.playbook_policies(node);
        context.limits = caller.limits.of_playbook(node, F::GRAPH);
        context.path = Some(path);
        context.payer = Some(self.link());
        context.until = self.end();
        let headers = self.cursor.envelope().headers();
        context.caller = Some(CallingVisit::new(
            self.cursor.trace.flow,
            self.index,
            headers,
        ));
        context.depth += 1;
        context.may_run_again =
            self.cursor.trace.may_run_again() || self.cursor.may_retry(self.index);
        if !F::GRAPH.is_part {
            context.budgets.hops = F::GRAPH.hops;
        }
        context
    }
}
