//! Constructors by which the macros describe nodes to the graph.

use std::fmt;
use std::time::Duration;

use super::table::{Graph, Mapping, NodeInfo, Role};
use super::{JoinInfo, JoinKind};

impl NodeInfo {
    /// The same node, which does not run.
    pub(crate) const fn acting(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The same node, where the items part that this one of the joins gathers.
    #[doc(hidden)]
    #[must_use]
    pub const fn mapping(mut self, end: usize, joins: &[JoinInfo], join: usize) -> Self {
        let join = &joins[join];
        self.role = Role::Map(Mapping {
            end,
            at_once: match join.items_at_once {
                Some(at_once) if at_once > 0 => at_once,
                _ => 1,
            },
            max: join.max_items,
            gathers: !matches!(join.kind, JoinKind::Each),
        });
        self
    }

    /// The same node, where a trace parks, at most for this long.
    #[doc(hidden)]
    #[must_use]
    pub const fn waiting(mut self, within: Duration) -> Self {
        self.role = Role::Await(Some(within));
        self
    }

    /// The same node, whose message and whose return are of these types: if one of them is
    /// none, so is this, and nothing is proved of the graph that it stands in. Its errors may ask
    /// for a wait, or not.
    #[doc(hidden)]
    #[must_use]
    pub const fn typed<Param, Return>(mut self, may_ask: bool) -> Self {
        if may_ask {
            self.policy = self.policy.asked();
        }
        self
    }

    /// The same node, whose attempts can be followed by others.
    #[doc(hidden)]
    #[must_use]
    pub const fn retriable(mut self) -> Self {
        self.can_be_retried = true;
        self
    }

    /// The same node, whose attempts can be timed by their silence.
    #[doc(hidden)]
    #[must_use]
    pub const fn sending(mut self) -> Self {
        self.can_be_idle = true;
        self
    }

    /// The same node, which is a flow with this graph.
    #[doc(hidden)]
    #[must_use]
    pub const fn playing(mut self, graph: &'static Graph) -> Self {
        self.playbook = Some(graph);
        let mut node = 0;
        while node < graph.nodes.len() {
            if graph.nodes[node].policy.after_max.is_some() {
                self.policy = self.policy.asked();
            }
            node += 1;
        }
        self
    }

    /// The same node under a name that was chosen for it.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self.is_named = true;
        self
    }

    /// The same node, whose steps may be stored under these names, too.
    #[doc(hidden)]
    #[must_use]
    pub const fn aliased(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Whether its name is not just that of its function.
    pub(crate) const fn has_chosen_name(&self) -> bool {
        self.is_named
    }

    /// The same node as a flow calls it, unless a name was chosen for it.
    #[doc(hidden)]
    #[must_use]
    pub const fn called(self, name: &'static str) -> Self {
        if self.is_named {
            self
        } else {
            Self { name, ..self }
        }
    }
}

impl fmt::Debug for NodeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.name, self.input, self.output)
    }
}
