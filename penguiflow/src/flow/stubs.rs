//! Stubs: closures in the place of nodes, for tests.

use std::sync::Arc;

use super::Flow;
use super::policies::unknown;
use crate::edge::Stub;
use crate::graph::{NodePolicies, Topology};
use crate::node::Node;

impl<F: Topology, S> Flow<F, S> {
    /// Puts a stub in the place of a node that the flow or one of its playbooks has.
    #[track_caller]
    pub(super) fn put<N: Node>(&mut self, stub: impl Stub<N> + 'static) {
        let mut is_known = false;
        NodePolicies::of(F::GRAPH).each(F::GRAPH, &mut |_, info, _| {
            is_known |= info.is_same_node(&N::INFO);
        });
        assert!(is_known, "{}", unknown(F::GRAPH, N::INFO.name));
        let context = Arc::make_mut(&mut self.context);
        let stubs = context.stubs.get_or_insert_default();
        Arc::make_mut(stubs).set::<N>(stub);
    }
}
