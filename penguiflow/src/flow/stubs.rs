//! Stubs: closures in the place of nodes, for tests.

use std::sync::Arc;

use super::Flow;
use super::policies::unknown;
use crate::edge::StubOf;
use crate::graph::{NodePolicies, Topology};
use crate::node::{Param, Returns};

impl<F: Topology, S> Flow<F, S> {
    /// Puts a closure in a node's place: in this flow value and in the clones that are made of it later,
    /// wherever the flow and its playbooks have the node. A flow that a node calls by
    /// [`Ctx::call`](crate::Ctx::call) is another value, and has stubs of its own.
    ///
    /// The closure takes the message as the node does, by value or by reference, and nothing that the
    /// node extracts. It returns a future of what the node's function returns. The node's name, timeout,
    /// retries, limits, validation, fallback and events apply to the stub.
    ///
    /// With the feature `testing`.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn triage(question: String) -> String {
    ///     question.to_lowercase()
    /// }
    ///
    /// #[node(timeout = "2s", retries = 3)]
    /// async fn retrieve(question: &String) -> Result<Vec<String>, std::io::Error> {
    ///     std::fs::read_to_string(question).map(|text| vec![text])
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { triage -> retrieve }.stub::<retrieve>(|question: &String| {
    ///     let docs = vec![format!("what is known of {question}")];
    ///     async { Ok(docs) }
    /// });
    /// assert_eq!(flow.run("Krill".to_owned()).await?, ["what is known of krill"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the flow has no such node.
    #[must_use]
    #[track_caller]
    pub fn stub<N: Returns>(mut self, stub: impl StubOf<N, Param<N>, N::Return>) -> Self {
        let mut is_known = false;
        NodePolicies::of(F::GRAPH).change(F::GRAPH, &mut |_, info, policy| {
            is_known |= info.is_same_node(&N::INFO);
            policy
        });
        assert!(is_known, "{}", unknown(F::GRAPH, N::INFO.name));
        let context = Arc::make_mut(&mut self.context);
        let stubs = context.stubs.get_or_insert_default();
        Arc::make_mut(stubs).set::<N>(stub);
        self
    }
}
