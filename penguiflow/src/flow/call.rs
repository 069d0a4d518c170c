//! Calls of flows inside a node: `Ctx::call`.

use std::any::TypeId;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

use super::{Flow, Run, stack};
use crate::edge::SingleOutput;
use crate::error::{ErrorKind, FlowError};
use crate::graph::Topology;
use crate::message::StepId;
use crate::policy::Retry;
use crate::trace::{Line, run_playbook};
use crate::visit::{Budgets, CallPrint, Caller, CallingVisit, Ctx, FlowContext, TraceContext};

impl Ctx {
    /// Runs another flow in this visit: a playbook, in the same trace, with the same headers,
    /// deadline and budgets. Its events reach the observers of both flows, its chunks the
    /// reader of this trace, and it stops with this visit.
    ///
    /// A flow with a name can also stand in `flow!` as a node, `triage -> Support -> notify`.
    ///
    /// # Limits
    ///
    /// A flow value that this visit or an extractor of it makes, as in `ctx.call(&Search::flow(),
    /// question)`, has the limits of this flow: `concurrency` and `rate` of the nodes in `Search`
    /// hold over all calls from all traces of this flow value and its clones. A flow value that
    /// there was before, in the flow's state or in a `static`, has limits of its own, which its
    /// clones share, whoever calls them. A call within a call has other limits than the call that
    /// it is in, so that a flow that calls itself does not wait for itself.
    ///
    /// # Which call is which
    ///
    /// The [idempotency keys](Self::idempotency_key) in a call are the same in every attempt of this
    /// visit. A call is identified by its place in the order in which `call` was called, whenever its
    /// future is polled. Where the node has `retries`, the input identifies it, too, if that is `Hash`
    /// or `Debug`: an input that no earlier attempt passed to the flow is another call.
    ///
    /// Calls that run at once, after code that waits, are in the order of arrival, which may differ
    /// between attempts. Give each a key there, by [`call_keyed`](Self::call_keyed). The same holds
    /// for a visit that may be run again as another one: on a durable host, or in a flow that is tried
    /// again as a whole.
    ///
    /// # Errors
    ///
    /// The error that ended the playbook. Passed on by `?`, it reports what failed in which node of
    /// which flow, and whether the node is tried again: `#[fatal]` and `#[after]` hold here, too.
    ///
    /// Of kind `BudgetExhausted` where calls in calls have taken 1 MiB of the thread's stack; the
    /// text names the remedy. Of kind `Failed` where the library sees that which call is which
    /// would depend on the order of arrival: a call without a key begins while another one runs, in
    /// a visit that may be run again, and its input does not distinguish it from others.
    /// [`map_concurrent`](crate::map_concurrent()) makes calls in the order of its items.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn length(text: String) -> usize {
    ///     text.len()
    /// }
    ///
    /// flow! {
    ///     struct Measure(String) -> usize;
    ///
    ///     length;
    /// }
    ///
    /// #[node]
    /// async fn total(texts: Vec<String>, ctx: Ctx) -> Result<usize, FlowError> {
    ///     let measure = Measure::flow();
    ///     let lengths = map_concurrent(texts, |text| ctx.call(&measure, text), 8).await?;
    ///     Ok(lengths.iter().sum())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let texts = vec!["king".to_owned(), "emperor".to_owned()];
    /// assert_eq!(flow! { total }.run(texts).await?, 11);
    /// # Ok(())
    /// # }
    /// ```
    pub fn call<'a, F, S>(&self, flow: &'a Flow<F, S>, payload: F::In) -> Run<'a, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        let caller = self.caller();
        let print = caller.link.is_one_of_several().then(|| CallPrint {
            flow: TypeId::of::<F>(),
            input: F::PRINT.map(|print| print(&payload)),
        });
        if caller.has_no_order(print) {
            return Run::new(|| ready(Err(caller.unordered())));
        }
        let step = caller.step.call(caller.link.inner().calls.number(print));
        flow.called(&caller, (step, false), payload)
    }

    /// The same as [`call`](Self::call), for a call that is known by a key: all attempts of this
    /// visit, and this visit run again, make the same call of the flow with the same key, in
    /// whatever order. Where calls run at once it keeps apart what each of them does outside.
    ///
    /// ```
    /// use futures_util::future::try_join_all;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn pay(customer: String, ctx: Ctx) -> String {
    ///     // Sent with the payment, it has a second one refused.
    ///     ctx.idempotency_key()
    /// }
    ///
    /// flow! {
    ///     struct Charge(String) -> String;
    ///
    ///     pay;
    /// }
    ///
    /// async fn look_up(customer: u32) -> String {
    ///     format!("customer {customer}")
    /// }
    ///
    /// #[node(retries = 3)]
    /// async fn bill(customers: Vec<u32>, ctx: Ctx) -> Result<Vec<String>, FlowError> {
    ///     let charge = Charge::flow();
    ///     try_join_all(customers.into_iter().map(async |id| {
    ///         let customer = look_up(id).await; // whoever is first goes on first
    ///         ctx.call_keyed(id, &charge, customer).await
    ///     }))
    ///     .await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let keys = flow! { bill }.run(vec![1, 2]).await?;
    /// assert_ne!(keys[0], keys[1]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error that ended the playbook, as of `call`.
    pub fn call_keyed<'a, F, S>(
        &self,
        key: impl fmt::Display,
        flow: &'a Flow<F, S>,
        payload: F::In,
    ) -> Run<'a, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        let caller = self.caller();
        let step = caller.step.call_keyed(F::GRAPH.name, &key.to_string());
        flow.called(&caller, (step, true), payload)
    }
}

impl Caller<'_> {
    /// Whether a call without a key is known by nothing but when it comes.
    fn has_no_order(&self, print: Option<CallPrint>) -> bool {
        let is_unknown = print.is_some_and(|print| print.input.is_none());
        (self.may_run_again || is_unknown)
            && self.link.inner().calls.are_running()
            && !crate::visit::is_taking_an_item()
    }

    #[cold]
    fn unordered(&self) -> FlowError {
        let reason = "flows are called at once, without keys, in a visit that may be run again: \
                      which call is which would depend on the order in which they come. Name each \
                      by `ctx.call_keyed(key, &flow, input)`";
        let error = FlowError::new(ErrorKind::Failed, self.envelope, reason);
        error.judged(Retry::Never)
    }
}

impl<F: Topology, S> Flow<F, S> {
    /// Runs in a visit, from this step on.
    fn called<'a>(
        &'a self,
        caller: &Caller<'_>,
        (step, is_keyed): (StepId, bool),
        payload: F::In,
    ) -> Run<'a, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        let context = Arc::new(self.context_in(caller));
        let (spent, envelope) = (caller.spent, caller.envelope.clone());
        let link = Arc::clone(caller.link);
        let mut input = Some(payload);
        Run::new(|| async move {
            stack::check::<F>(&envelope)?;
            let _running = (!is_keyed).then(|| link.inner().calls.run());
            // What the visit and its earlier calls spent counts for the budget of this one.
            let spent = spent.saturating_add(link.spent());
            let trace = TraceContext::new(&context, &envelope)
                .having_spent(spent)
                .parking_in(&self.parking_lot, None);
            let at = (&trace, step);
            let called = run_playbook(&*self.topology, &*self.state, at, &mut input).await?;
            Ok(called.payload)
        })
    }

    /// The context of the called flow: shared with the visit that calls it, but for its own parts.
    fn context_in(&self, caller: &Caller<'_>) -> FlowContext {
        let path = format!("{}/{}", caller.name(), F::GRAPH.name);
        let called_from = (caller.began, &caller.flow.limits);
        FlowContext {
            outermost: caller.flow.outermost,
            limits: self
                .context
                .limits
                .called(TypeId::of::<F>(), F::GRAPH, called_from),
            observers: self.context.observers.clone().with(&caller.flow.observers),
            budgets: Budgets {
                tokens: caller.flow.budgets.tokens,
                ..self.context.budgets
            },
            outlet: caller.flow.outlet.clone(),
            path: Some(path.into()),
            payer: Some(Arc::clone(caller.link)),
            until: caller.end,
            caller: Some(CallingVisit::new(
                caller.flow,
                caller.node,
                caller.envelope.headers(),
            )),
            depth: caller.flow.depth + 1,
            may_run_again: caller.may_run_again || caller.link.is_one_of_several(),
            ..FlowContext::clone(&self.context)
        }
    }
}
