//! The policies of a flow's nodes as they hold in a flow value, where they were set at run time.

use std::sync::Arc;

use super::{Graph, NodeInfo, Role};
use crate::policy::Policy;

/// The policies of all nodes of a flow, by their places, and those of its playbooks.
#[derive(Debug, Clone)]
pub(crate) struct NodePolicies {
    own: Vec<Policy>,
    playbooks: Vec<Option<Arc<Self>>>,
}

impl NodePolicies {
    /// Those of the nodes' attributes.
    pub(crate) fn of(graph: &Graph) -> Self {
        let playbooks = graph.nodes.iter().map(|node| node.playbook);
        Self {
            own: graph.nodes.iter().map(|node| node.policy).collect(),
            playbooks: playbooks
                .map(|graph| graph.map(|graph| Arc::new(Self::of(graph))))
                .collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.own.len()
    }

    pub(crate) fn at(&self, node: usize) -> &Policy {
        &self.own[node]
    }

    pub(crate) fn of_playbook(&self, node: usize) -> Option<&Arc<Self>> {
        self.playbooks[node].as_ref()
    }

    /// Changes the policies of all nodes that `change` takes, which is given each node's path and
    /// what the graph knows of it: those of playbooks, too.
    pub(crate) fn change(
        &mut self,
        graph: &Graph,
        change: &mut dyn FnMut(&str, &NodeInfo, Policy) -> Policy,
    ) {
        self.change_behind("", graph, change);
    }

    fn change_behind(
        &mut self,
        path: &str,
        graph: &Graph,
        change: &mut dyn FnMut(&str, &NodeInfo, Policy) -> Policy,
    ) {
        for (place, info) in visited(graph) {
            let path = format!("{path}{}", info.name);
            self.own[place] = change(&path, info, self.own[place]);
            if let (Some(graph), Some(playbook)) = (info.playbook, &mut self.playbooks[place]) {
                let inner = Arc::make_mut(playbook);
                inner.change_behind(&format!("{path}/"), graph, change);
            }
        }
    }

    /// Whether the limits of all nodes are the same.
    pub(crate) fn limit_as(&self, other: &Self) -> bool {
        let own = self.own.iter().zip(&other.own);
        let mut playbooks = self.playbooks.iter().zip(&other.playbooks);
        own.into_iter().all(|(one, other)| one.limits_as(other))
            && playbooks.all(|pair| match pair {
                (Some(one), Some(other)) => one.limit_as(other),
                _ => true,
            })
    }
}

/// The nodes that have a policy, with their places.
fn visited(graph: &Graph) -> impl Iterator<Item = (usize, &'static NodeInfo)> + use<> {
    let nodes = graph.nodes.iter().enumerate();
    nodes.filter(|(_, info)| matches!(info.role, Role::Visit))
}
