//! Stubs and scripts in the place of nodes, for tests.

use std::sync::Arc;

use super::Flow;
use super::policies::unknown;
use crate::edge::{Script, Stub};
use crate::graph::{NodePolicies, Topology};
use crate::node::Node;
use crate::visit::Stubs;

impl<F: Topology, S> Flow<F, S> {
    /// Puts a stub in the place of a node that the flow or one of its playbooks has.
    #[track_caller]
    pub(super) fn put<N: Node>(&mut self, stub: impl Stub<N> + 'static) {
        self.stubs_of::<N>().set::<N>(stub);
    }

    /// Gives a script to a node that the flow or one of its playbooks has.
    #[track_caller]
    pub(super) fn put_script<N: Node>(&mut self, script: Script<N>) {
        self.stubs_of::<N>().set_script::<N>(script);
    }

    #[track_caller]
    fn stubs_of<N: Node>(&mut self) -> &mut Stubs {
        let mut is_known = false;
        NodePolicies::of(F::GRAPH).each(F::GRAPH, &mut |_, info, _| {
            is_known |= info.is_same_node(&N::INFO);
        });
        assert!(is_known, "{}", unknown(F::GRAPH, N::INFO.name));
        let context = Arc::make_mut(&mut self.context);
        Arc::make_mut(context.stubs.get_or_insert_default())
    }
}
