//! Flows that are called inside of a node: `Ctx::call`.

use std::sync::Arc;

use super::{Flow, Run};
use crate::ctx::{Caller, Ctx};
use crate::edge::SingleOutput;
use crate::line::{Line, Topology, run_playbook};
use crate::runtime::{Budgets, Common};
use crate::visit::TraceContext;

impl Ctx {
    /// Runs another flow in this visit: a playbook, in the same trace, with the same headers,
    /// deadline and budgets. Its events reach the observers of both flows, its chunks the
    /// reader of this trace, and it stops with this visit.
    ///
    /// A flow with a name can also stand in `flow!` as a node, `triage -> Support -> notify`.
    ///
    /// # Errors
    ///
    /// The error that ended the playbook. Passed on by `?`, it says what failed in which node
    /// of which flow.
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
        let common = Arc::new(flow.common_in(&caller));
        let (step, spent, envelope) = (caller.step, caller.spent, caller.envelope.clone());
        Run::new(async move {
            let trace = TraceContext::new(&common, envelope)
                .having_spent(spent)
                .parking_in(&flow.parking_lot, None);
            let at = (&trace, step);
            let output = run_playbook(&*flow.topology, &*flow.state, at, payload).await?;
            Ok(output.payload)
        })
    }
}

impl<F: Topology, S> Flow<F, S> {
    /// What the flow has in common with the visit that calls it, and what is its own.
    fn common_in(&self, caller: &Caller<'_>) -> Common {
        let path = format!("{}/{}", caller.name, F::GRAPH.name);
        Common {
            observers: self.common.observers.clone().with(&caller.common.observers),
            budgets: Budgets {
                tokens: caller.common.budgets.tokens,
                ..self.common.budgets
            },
            outlet: caller.common.outlet.clone(),
            path: Some(path.into()),
            payer: Some(Arc::clone(caller.link)),
            ..Common::clone(&self.common)
        }
    }
}
