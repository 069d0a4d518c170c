//! Stubs and scripts in the place of nodes, for tests.

use std::sync::Arc;

use super::Flow;
use super::policies::unknown;
use crate::edge::{Script, Stub};
use crate::graph::{NodePolicies, Topology};
use crate::node::Node;
use crate::visit::Stubs;

impl<F: Topology, S> Flow<F, S> {
    /// Scripts the next attempts of a node: they fail, hang, panic, wait, or break off a stream. Each
    /// attempt takes the next entry of the script, in this flow value and in the clones that are made of
    /// it later, whichever trace it is of. After the last entry the node itself runs, or its stub.
    ///
    /// Errors are of the node's own type. The node's timeout, retries, limits, validation, fallback and
    /// events apply to what the script does, as to a stub.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use std::io::{Error, ErrorKind::ConnectionReset};
    ///
    /// #[node(retries = 2, backoff = "1ms")]
    /// async fn retrieve(file: &String) -> std::io::Result<String> {
    ///     Ok(format!("the text of {file}"))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let reset = || Error::from(ConnectionReset);
    /// let flow = flow! { retrieve };
    /// let twice = flow.clone().script::<retrieve>(|node| node.fails(reset).times(2));
    /// assert_eq!(twice.run("a file").await?, "the text of a file");
    /// let always = flow.script::<retrieve>(|node| node.fails(reset).forever());
    /// assert_eq!(always.run("a file").await.unwrap_err().attempts(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the flow has no such node.
    #[must_use]
    #[track_caller]
    pub fn script<N: Node>(mut self, write: impl FnOnce(Script<N>) -> Script<N>) -> Self {
        self.put_script::<N>(write(Script::new()));
        self
    }

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
