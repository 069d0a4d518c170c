//! Policies that are set at run time, in place of those of the nodes' attributes.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::Flow;
use crate::graph::{Graph, NodeInfo, NodePolicies, Topology};
use crate::limits::Limits;
use crate::node::Node;
use crate::policy::{Policies, Policy};

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
        let mut found = false;
        let set = self.set(|_, info, policy| {
            let is_meant = info.is_same_node(&N::INFO);
            found |= is_meant;
            is_meant.then(|| change(policy))
        });
        match set {
            Ok(flow) if found => flow,
            Ok(_) => panic!("{}", unknown(F::GRAPH, N::INFO.name)),
            Err(refused) => panic!("{}", PoliciesError(refused)),
        }
    }

    /// Sets the policies of nodes by their names, as a file of settings has them. The same as
    /// [`policy`](Self::policy) in all else.
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
    /// All settings that cannot hold: of nodes that the flow does not have, and retries of nodes that
    /// cannot be tried again.
    pub fn policies(self, policies: &Policies) -> Result<Self, PoliciesError> {
        let mut known = BTreeSet::new();
        let set = self.set(|path, _, policy| {
            let settings = policies.get(path)?;
            known.insert(path.to_owned());
            Some(settings.over(policy))
        });
        let names = policies.names().filter(|name| !known.contains(*name));
        let mut errors: Vec<_> = names.map(|name| unknown(F::GRAPH, name)).collect();
        match set {
            Ok(flow) if errors.is_empty() => return Ok(flow),
            Ok(_) => {}
            Err(refused) => errors.extend(refused),
        }
        Err(PoliciesError(errors))
    }

    /// The policies that hold, by the nodes' attributes and by what was set at run time: of all nodes,
    /// those of playbooks, too.
    pub fn effective_policies(&self) -> EffectivePolicies {
        let mut nodes = Vec::new();
        let mut policies = self.node_policies();
        policies.change(F::GRAPH, &mut |path, _, policy| {
            nodes.push((path.to_owned(), policy));
            policy
        });
        EffectivePolicies(nodes)
    }

    /// The longest that a trace can take by the policies that hold: see
    /// [`Graph::worst_case`](crate::Graph::worst_case), which knows those of the attributes alone.
    pub fn worst_case(&self) -> Option<Duration> {
        match &self.context.policies {
            None => F::GRAPH.worst_case(),
            Some(policies) => policies.worst_case(F::GRAPH),
        }
    }

    fn node_policies(&self) -> NodePolicies {
        let set = self.context.policies.as_deref();
        set.map_or_else(|| NodePolicies::of(F::GRAPH), NodePolicies::clone)
    }

    /// Changes the policies of the nodes for which there is another one.
    ///
    /// # Errors
    ///
    /// Why nodes cannot have theirs.
    fn set(
        mut self,
        mut change: impl FnMut(&str, &NodeInfo, Policy) -> Option<Policy>,
    ) -> Result<Self, Vec<String>> {
        let before = self.node_policies();
        let mut policies = before.clone();
        let mut refused = Vec::new();
        policies.change(F::GRAPH, &mut |path, info, policy| {
            let Some(changed) = change(path, info, policy) else {
                return policy;
            };
            refused.extend(refusal(path, info, &changed));
            changed
        });
        if !refused.is_empty() {
            return Err(refused);
        }
        let context = Arc::make_mut(&mut self.context);
        if !policies.limit_as(&before) {
            context.limits = Limits::of(F::GRAPH, Some(&policies));
        }
        context.policies = Some(Arc::new(policies));
        Ok(self)
    }
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
pub(super) fn unknown(graph: &Graph, name: &str) -> String {
    let mut names = Vec::new();
    NodePolicies::of(graph).change(graph, &mut |path, _, policy| {
        names.push(format!("`{path}`"));
        policy
    });
    format!(
        "no node of `{}` is called `{name}`: its nodes are {}",
        graph.name,
        names.join(", ")
    )
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
