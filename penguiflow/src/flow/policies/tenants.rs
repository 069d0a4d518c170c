//! Policies for the messages of single tenants, on top of those for all.

use std::time::Duration;

use super::super::Flow;
use super::{EffectivePolicies, PoliciesError};
use crate::graph::Topology;
use crate::node::Node;
use crate::policy::{Policies, Policy};

impl<F: Topology, S> Flow<F, S> {
    /// Sets the policy of a node at run time for the messages of one tenant:
    /// [`Headers::tenant`](crate::Headers::tenant) as a visit of the node finds it. The same as
    /// [`policy`](Self::policy) in all else.
    ///
    /// A tenant begins with the policies that hold for all. What is set for all later reaches every
    /// tenant, so set that first.
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
    /// let flow = flow! { retrieve }
    ///     .policy_for::<retrieve>("acme", |policy| policy.timeout(Duration::from_secs(30)));
    /// assert_eq!(flow.worst_case(), Some(Duration::from_millis(11_500)));
    /// assert_eq!(flow.worst_case_for("acme"), Some(Duration::from_millis(123_500)));
    /// ```
    ///
    /// # Panics
    ///
    /// As [`policy`](Self::policy) does; and if `concurrency`, `rate` or `per` is set, which hold for all
    /// tenants: [`Per`](crate::Per) counts each tenant by itself.
    #[must_use]
    #[track_caller]
    pub fn policy_for<N: Node>(self, tenant: &str, change: impl Fn(Policy) -> Policy) -> Self {
        self.set_node::<N>(Some(tenant), change)
    }

    /// Sets the policies of nodes by their names for the messages of one tenant. The same as
    /// [`policy_for`](Self::policy_for) in all else. A file of settings may have all tenants, under
    /// `tenants`: see [`policies`](Self::policies).
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
    /// let settings = r#"{ "retrieve": { "timeout": "30s" } }"#;
    /// let flow = flow! { retrieve }.policies_for("acme", &serde_json::from_str(settings)?)?;
    ///
    /// let settings = r#"{ "tenants": { "globex": { "retrieve": { "retries": 0 } } } }"#;
    /// let flow = flow.policies(&serde_json::from_str(settings)?)?;
    /// assert_eq!(
    ///     flow.effective_policies_for("acme").to_string(),
    ///     "retrieve: timeout 30s, retries 3, backoff 500ms..30s\n"
    /// );
    /// assert_eq!(flow.effective_policies_for("globex").to_string(), "retrieve: timeout 2s\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`policies`](Self::policies); and limits, which hold for all tenants, and `tenants` within
    /// the settings of one.
    pub fn policies_for(self, tenant: &str, policies: &Policies) -> Result<Self, PoliciesError> {
        self.change_policies(|changes| {
            changes.by_name(Some(tenant), policies.nodes());
            if !policies.tenants().is_empty() {
                let nested =
                    format!("the policies for tenant `{tenant}` have `tenants` of their own");
                changes.refused.push(nested);
            }
        })
    }

    /// The policies that hold for the messages of a tenant:
    /// [`effective_policies`](Self::effective_policies) if nothing is set for it.
    pub fn effective_policies_for(&self, tenant: &str) -> EffectivePolicies {
        match &self.context.policies {
            None => self.effective_policies(),
            Some(policies) => EffectivePolicies::of(F::GRAPH, &policies.of_tenant(tenant)),
        }
    }

    /// The longest that a trace of a tenant can take by the policies that hold for it:
    /// [`worst_case`](Self::worst_case) if nothing is set for it.
    pub fn worst_case_for(&self, tenant: &str) -> Option<Duration> {
        match &self.context.policies {
            None => F::GRAPH.worst_case(),
            Some(policies) => policies.of_tenant(tenant).worst_case(F::GRAPH),
        }
    }
}
