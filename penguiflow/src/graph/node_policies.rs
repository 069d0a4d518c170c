//! The policies of a flow's nodes as they hold in a flow value, where they were set at run time.

use std::collections::BTreeMap;
use std::iter::once;
use std::sync::Arc;

use super::{Graph, NodeInfo, Role};
use crate::policy::Policy;

/// The policies of all nodes of a flow, by their places, and those of its playbooks.
#[derive(Debug, Clone)]
pub(crate) struct NodePolicies {
    own: Vec<Policy>,
    /// The policies of tenants that have their own, with the limits of `own`.
    tenants: BTreeMap<Arc<str>, Vec<Policy>>,
    playbooks: Vec<Option<Arc<Self>>>,
}

impl NodePolicies {
    /// Those of the nodes' attributes.
    pub(crate) fn of(graph: &Graph) -> Self {
        let playbooks = graph.nodes.iter().map(|node| node.playbook);
        Self {
            own: graph.nodes.iter().map(|node| node.policy).collect(),
            tenants: BTreeMap::new(),
            playbooks: playbooks
                .map(|graph| graph.map(|graph| Arc::new(Self::of(graph))))
                .collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.own.len()
    }

    /// The policy of a node for tenants without their own.
    pub(crate) fn at(&self, node: usize) -> &Policy {
        &self.own[node]
    }

    /// The policy of a node for a tenant.
    pub(crate) fn at_for(&self, node: usize, tenant: &str) -> &Policy {
        &self.tenants.get(tenant).unwrap_or(&self.own)[node]
    }

    /// The policies that hold for a tenant, as if they were set for all.
    pub(crate) fn of_tenant(&self, tenant: &str) -> Self {
        let playbooks = self.playbooks.iter().map(Option::as_ref);
        Self {
            own: self.tenants.get(tenant).unwrap_or(&self.own).clone(),
            tenants: BTreeMap::new(),
            playbooks: playbooks
                .map(|playbook| playbook.map(|inner| Arc::new(inner.of_tenant(tenant))))
                .collect(),
        }
    }

    pub(crate) fn of_playbook(&self, node: usize) -> Option<&Arc<Self>> {
        self.playbooks[node].as_ref()
    }

    /// Visits all nodes with their paths, and the policies for tenants without their own: those of
    /// playbooks, too.
    pub(crate) fn each(&self, graph: &Graph, visit: &mut dyn FnMut(&str, &NodeInfo, &Policy)) {
        self.each_behind("", graph, visit);
    }

    fn each_behind(
        &self,
        path: &str,
        graph: &Graph,
        visit: &mut dyn FnMut(&str, &NodeInfo, &Policy),
    ) {
        for (place, info) in visited(graph) {
            let path = format!("{path}{}", info.name);
            visit(&path, info, &self.own[place]);
            if let (Some(graph), Some(playbook)) = (info.playbook, &self.playbooks[place]) {
                playbook.each_behind(&format!("{path}/"), graph, visit);
            }
        }
    }

    /// Changes the policies of all nodes, for one tenant or for all of them, to what `change` returns.
    /// It is given each node's path and what the graph knows of it: those of playbooks, too.
    pub(crate) fn change(
        &mut self,
        graph: &Graph,
        tenant: Option<&str>,
        change: &mut dyn FnMut(&str, &NodeInfo, Policy) -> Policy,
    ) {
        self.change_behind("", graph, tenant, change);
    }

    fn change_behind(
        &mut self,
        path: &str,
        graph: &Graph,
        tenant: Option<&str>,
        change: &mut dyn FnMut(&str, &NodeInfo, Policy) -> Policy,
    ) {
        for (place, info) in visited(graph) {
            let path = format!("{path}{}", info.name);
            for policies in self.sets(tenant) {
                policies[place] = change(&path, info, policies[place]);
            }
            if tenant.is_none() {
                self.share_limits(place);
            }
            if let (Some(graph), Some(playbook)) = (info.playbook, &mut self.playbooks[place]) {
                let inner = Arc::make_mut(playbook);
                inner.change_behind(&format!("{path}/"), graph, tenant, change);
            }
        }
    }

    /// Gives all tenants the same limits, since permits are counted over all of them.
    fn share_limits(&mut self, node: usize) {
        for policies in self.tenants.values_mut() {
            policies[node] = policies[node].with_limits_of(&self.own[node]);
        }
    }

    /// The policies of one tenant, which has its own from now on, or the policies of all tenants.
    fn sets(&mut self, tenant: Option<&str>) -> Vec<&mut Vec<Policy>> {
        let Some(tenant) = tenant else {
            return once(&mut self.own)
                .chain(self.tenants.values_mut())
                .collect();
        };
        let own = || self.own.clone();
        vec![self.tenants.entry(tenant.into()).or_insert_with(own)]
    }
}

/// The nodes that have a policy, with their places.
fn visited(graph: &Graph) -> impl Iterator<Item = (usize, &'static NodeInfo)> + use<> {
    let nodes = graph.nodes.iter().enumerate();
    nodes.filter(|(_, info)| matches!(info.role, Role::Visit))
}
