//! Policies that are set at run time, in place of those of the nodes' attributes.

mod changes;
mod tenants;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::Flow;
use crate::graph::{Graph, NodePolicies, Topology};
use crate::limits::Limits;
use crate::node::Node;
use crate::policy::{Policies, Policy};
use changes::PolicyChanges;
#[cfg(feature = "testing")]
pub(super) use changes::unknown;

impl<F: Topology, S> Flow<F, S> {
    /// Sets the policy of a node at run time, in place of that of its attribute: in this flow value and
    /// in the clones that are made of it later. It holds wherever the flow and its playbooks have the
    /// node.
    ///
    /// A flow value without such settings pays nothing for them. If a limit is set, `concurrency` or
    /// `rate`, the flow value has new limits from here on, which it does not share with the one that it
    /// was made of.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use std::time::Duration;
    ///
    /// #[node(timeout = "2s", retries = 3)]
    /// async fn retrieve(question: &str) -> Result<String, std::io::Error> {
    ///     Ok(format!("what is known of {question}"))
    /// }
    ///
    /// let flow = flow! { retrieve };
    /// let patient = flow.policy::<retrieve>(|policy| policy.timeout(Duration::from_secs(30)).retries(1));
    /// assert_eq!(patient.worst_case(), Some(Duration::from_millis(60_500)));
    /// ```
    ///
    /// # Panics
    ///
    /// If the flow has no such node. If retries are set of a node that cannot be tried again: its
    /// `#[node]` has to have `retries`, such as `retries = 0`, or another policy and a message that it
    /// takes by reference. If `idle` is set of a node that sends nothing, or has no policy in its
    /// `#[node]`. If `placement` is set, which a program cannot change.
    #[must_use]
    #[track_caller]
    pub fn policy<N: Node>(self, change: impl Fn(Policy) -> Policy) -> Self {
        self.set_node::<N>(None, change)
    }

    /// Sets the policies of nodes by their names, as a file of settings has them, and those of single
    /// tenants, as [`policies_for`](Self::policies_for) does. The same as [`policy`](Self::policy) in
    /// all else.
    ///
    /// ```
    /// use penguiflow::Policies;
    /// use penguiflow::prelude::*;
    ///
    /// #[node(timeout = "2s", retries = 3)]
    /// async fn retrieve(question: &str) -> Result<String, std::io::Error> {
    ///     Ok(format!("what is known of {question}"))
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let settings = r#"{ "retrieve": { "timeout": "30s", "concurrency": 4 } }"#;
    /// let flow = flow! { retrieve }.policies(&serde_json::from_str(settings)?)?;
    /// assert_eq!(
    ///     flow.effective_policies().to_string(),
    ///     "retrieve: timeout 30s, retries 3, backoff 500ms..30s, concurrency 4\n"
    /// );
    ///
    /// let settings = r#"{ "retreive": { "timeout": "30s" } }"#;
    /// let error = flow.policies(&serde_json::from_str(settings)?).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "no node of `flow` is called `retreive`: its nodes are `retrieve`"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// All settings that cannot hold: of nodes that the flow does not have, retries of nodes that cannot
    /// be tried again, and limits for a single tenant.
    pub fn policies(self, policies: &Policies) -> Result<Self, PoliciesError> {
        self.change_policies(|changes| {
            changes.by_name(None, policies.nodes());
            for (tenant, settings) in policies.tenants() {
                changes.by_name(Some(tenant), settings);
            }
        })
    }

    /// The policies that hold, by the nodes' attributes and by what was set at run time: of all nodes,
    /// those of playbooks, too. [`effective_policies_for`](Self::effective_policies_for) has those of a
    /// tenant.
    pub fn effective_policies(&self) -> EffectivePolicies {
        match &self.context.policies {
            None => EffectivePolicies::of(F::GRAPH, &NodePolicies::of(F::GRAPH)),
            Some(policies) => EffectivePolicies::of(F::GRAPH, policies),
        }
    }

    /// The longest that a trace can take by the policies that hold: see
    /// [`Graph::worst_case`](crate::Graph::worst_case), which knows those of the attributes alone.
    pub fn worst_case(&self) -> Option<Duration> {
        match &self.context.policies {
            None => F::GRAPH.worst_case(),
            Some(policies) => policies.worst_case(F::GRAPH),
        }
    }

    /// Sets the policy of a node, for one tenant or for all of them.
    #[track_caller]
    fn set_node<N: Node>(self, tenant: Option<&str>, change: impl Fn(Policy) -> Policy) -> Self {
        match self.change_policies(|changes| changes.of_node::<N>(tenant, change)) {
            Ok(flow) => flow,
            Err(error) => panic!("{error}"),
        }
    }

    /// Changes policies. The flow has new limits if those of a node are others.
    ///
    /// # Errors
    ///
    /// All that was refused.
    fn change_policies(
        mut self,
        change: impl FnOnce(&mut PolicyChanges),
    ) -> Result<Self, PoliciesError> {
        let context = Arc::make_mut(&mut self.context);
        let mut changes = PolicyChanges::of(F::GRAPH, context.policies.take());
        change(&mut changes);
        if !changes.refused.is_empty() {
            return Err(PoliciesError(changes.refused));
        }
        if changes.has_new_limits {
            context.limits = Limits::of(F::GRAPH, Some(&changes.policies));
        }
        context.policies = Some(Arc::new(changes.policies));
        Ok(self)
    }
}

/// What [`Flow::policies`] could not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoliciesError(Vec<String>);

impl fmt::Display for PoliciesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl Error for PoliciesError {}

/// The policies of a flow value's nodes: [`Flow::effective_policies`]. Printed, a line for each;
/// serialised, a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectivePolicies(Vec<(String, Policy)>);

impl EffectivePolicies {
    fn of(graph: &Graph, policies: &NodePolicies) -> Self {
        let mut nodes = Vec::new();
        policies.each(graph, &mut |path, _, policy| {
            nodes.push((path.to_owned(), *policy));
        });
        Self(nodes)
    }

    /// The policy of a node; one of a playbook is named after it, `"Search/retrieve"`.
    pub fn get(&self, node: &str) -> Option<&Policy> {
        let found = self.0.iter().find(|(name, _)| name == node);
        found.map(|(_, policy)| policy)
    }

    /// The nodes, in the order of the graph, each with its policy.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.0.iter().map(|(name, policy)| (name.as_str(), policy))
    }
}

impl fmt::Display for EffectivePolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|(name, policy)| writeln!(f, "{name}: {policy}"))
    }
}

impl Serialize for EffectivePolicies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
