//! Changes of a flow value's policies, and why some of them are refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::graph::{Graph, NodeInfo, NodePolicies};
use crate::node::Node;
use crate::policy::{NodeSettings, Policy};

/// The policies of a flow value while they are changed.
pub(super) struct PolicyChanges {
    graph: &'static Graph,
    pub(super) policies: NodePolicies,
    /// Why nodes cannot have the policies that were set.
    pub(super) refused: Vec<String>,
    pub(super) has_new_limits: bool,
}

impl PolicyChanges {
    /// Of those that were set before, or those of the attributes.
    pub(super) fn of(graph: &'static Graph, set: Option<Arc<NodePolicies>>) -> Self {
        Self {
            graph,
            policies: set.map_or_else(|| NodePolicies::of(graph), Arc::unwrap_or_clone),
            refused: Vec::new(),
            has_new_limits: false,
        }
    }

    /// Sets the policy of a node, for one tenant or for all of them.
    pub(super) fn of_node<N: Node>(
        &mut self,
        tenant: Option<&str>,
        change: impl Fn(Policy) -> Policy,
    ) {
        let mut found = false;
        self.set(tenant, |_, info, policy| {
            let is_meant = info.is_same_node(&N::INFO);
            found |= is_meant;
            is_meant.then(|| change(policy))
        });
        if !found {
            self.refused.push(unknown(self.graph, N::INFO.name));
        }
    }

    /// The same for nodes by their names.
    pub(super) fn by_name(&mut self, tenant: Option<&str>, settings: &NodeSettings) {
        let mut known = BTreeSet::new();
        let refused_before = self.refused.len();
        self.set(tenant, |path, _, policy| {
            let settings = settings.get(path)?;
            known.insert(path.to_owned());
            Some(settings.over(policy))
        });
        let names = settings.keys().filter(|name| !known.contains(*name));
        let unknown = names.map(|name| match tenant {
            None => unknown(self.graph, name),
            Some(tenant) => format!("tenant `{tenant}`: {}", unknown(self.graph, name)),
        });
        self.refused.splice(refused_before..refused_before, unknown);
    }

    /// Changes the policies of the nodes for which there is another one.
    fn set(
        &mut self,
        tenant: Option<&str>,
        mut change: impl FnMut(&str, &NodeInfo, Policy) -> Option<Policy>,
    ) {
        let (mut refused, mut has_new_limits) = (Vec::new(), false);
        let mut change = |path: &str, info: &NodeInfo, policy: Policy| {
            let Some(changed) = change(path, info, policy) else {
                return policy;
            };
            refused.extend(refusal(path, info, &changed));
            if !changed.limits_as(&policy) {
                has_new_limits = true;
                refused.extend(tenant.map(|tenant| limit(path, tenant)));
            }
            changed
        };
        self.policies.change(self.graph, tenant, &mut change);
        // Each tenant's own policy is refused for the same reason.
        refused.dedup();
        self.refused.extend(refused);
        self.has_new_limits |= has_new_limits;
    }
}

/// Why a tenant cannot have a limit of its own.
fn limit(path: &str, tenant: &str) -> String {
    format!(
        "`concurrency` and `rate` of node `{path}` hold for all tenants, and cannot be set for \
         `{tenant}` alone: `per = \"tenant\"` on its `#[node]` counts each tenant by itself"
    )
}

/// Why a node cannot have a policy.
fn refusal(path: &str, info: &NodeInfo, policy: &Policy) -> Option<String> {
    if policy.placement != info.policy.placement {
        return Some(format!(
            "where node `{path}` runs is set by `spawn` or `blocking` on its `#[node]` alone"
        ));
    }
    if policy.idle.is_some() && !info.can_be_idle {
        return Some(format!(
            "node `{path}` cannot be given `idle`: write `idle = \"1h\"` on its `#[node]`, so that \
             another one can be set at run time"
        ));
    }
    (policy.retries > 0 && !info.can_be_retried).then(|| {
        format!(
            "node `{path}` cannot be tried again: write `retries = 0` on its `#[node]`, so that more \
             can be set at run time"
        )
    })
}

/// The nodes of a flow that have policies.
pub(in crate::flow) fn unknown(graph: &Graph, name: &str) -> String {
    let mut names = Vec::new();
    NodePolicies::of(graph).each(graph, &mut |path, _, _| names.push(format!("`{path}`")));
    format!(
        "no node of `{}` is called `{name}`: its nodes are {}",
        graph.name,
        names.join(", ")
    )
}
