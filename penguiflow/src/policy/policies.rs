//! Policies that are set at run time, as a file of settings has them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::Policy;
#[cfg(feature = "rate")]
use super::Rate;
use super::text::{OrNone, Time, Value, Waits};

/// Policies of nodes by their names, read from any format of serde: what
/// [`Flow::policies`](crate::Flow::policies) sets.
///
/// The keys and values are those of `#[node(…)]`: `timeout`, `idle`, `retries`, `backoff`, `jitter`,
/// `after_max`, `concurrency`, `rate`. What is left out stays as it is; `"none"` takes a timeout or a
/// limit away, and a limit that the attribute keeps apart by `per` stays so. A node of a playbook is
/// named after it, `"Search/retrieve"`. Numbers and flags may be texts, as they are in environment
/// variables. `tenants` has policies for the messages of single tenants, `tenants.acme.retrieve`; a
/// node of this name is set by [`Flow::policy`](crate::Flow::policy).
///
/// ```
/// use penguiflow::Policies;
///
/// let policies: Policies = serde_json::from_str(
///     r#"{ "retrieve": { "timeout": "30s", "retries": 5, "backoff": "1s..1m" } }"#,
/// )?;
/// let unknown = serde_json::from_str::<Policies>(r#"{ "retrieve": { "time": "30s" } }"#);
/// assert!(unknown.unwrap_err().to_string().starts_with("unknown field `time`, expected one of"));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policies {
    nodes: NodeSettings,
    tenants: BTreeMap<String, NodeSettings>,
}

/// What is set of nodes, by their names.
pub(crate) type NodeSettings = BTreeMap<String, Settings>;

/// The key of what is set for single tenants.
const TENANTS: &str = "tenants";

/// What is set of one node's policy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "the settings of a node, such as `timeout`"
)]
pub(crate) struct Settings {
    timeout: Option<Value<OrNone<Time>>>,
    idle: Option<Value<OrNone<Time>>>,
    retries: Option<Value<u32>>,
    backoff: Option<Value<Waits>>,
    jitter: Option<Value<bool>>,
    after_max: Option<Value<Time>>,
    concurrency: Option<Value<OrNone<usize>>>,
    #[cfg(feature = "rate")]
    rate: Option<Value<OrNone<Rate>>>,
}

impl Policies {
    /// What is set for all messages.
    pub(crate) fn nodes(&self) -> &NodeSettings {
        &self.nodes
    }

    /// What is set for those of single tenants.
    pub(crate) fn tenants(&self) -> &BTreeMap<String, NodeSettings> {
        &self.tenants
    }
}

impl<'de> Deserialize<'de> for Policies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReadPolicies)
    }
}

struct ReadPolicies;

impl<'de> Visitor<'de> for ReadPolicies {
    type Value = Policies;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("policies of nodes by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policies, A::Error> {
        let mut policies = Policies::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == TENANTS {
                policies.tenants = map.next_value()?;
            } else {
                policies.nodes.insert(name, map.next_value()?);
            }
        }
        Ok(policies)
    }
}

impl Settings {
    /// A policy with these settings.
    pub(crate) fn over(&self, mut policy: Policy) -> Policy {
        if let Some(Value(OrNone(timeout))) = self.timeout {
            policy.timeout = timeout.map(|Time(timeout)| timeout);
        }
        if let Some(Value(OrNone(idle))) = self.idle {
            policy.idle = idle.map(|Time(longest)| longest);
        }
        if let Some(Value(retries)) = self.retries {
            policy.retries = retries;
        }
        if let Some(Value(Waits(base, max))) = self.backoff {
            policy.backoff.base = base;
            policy.backoff.max = max.unwrap_or(policy.backoff.max).max(base);
        }
        if let Some(Value(jitter)) = self.jitter {
            policy.backoff.jitter = jitter;
        }
        if let Some(Value(Time(longest))) = self.after_max {
            policy.after_max = Some(longest);
        }
        if let Some(Value(OrNone(concurrency))) = self.concurrency {
            policy.concurrency = concurrency;
        }
        #[cfg(feature = "rate")]
        if let Some(Value(OrNone(rate))) = self.rate {
            policy.rate = rate;
        }
        policy
    }
}
