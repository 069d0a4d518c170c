//! Policies that are set at run time, as a file of settings has them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Policy;
#[cfg(feature = "rate")]
use super::Rate;
use super::text::{OrNone, Time, Value, Waits};

/// Policies of nodes by their names, read from any format of serde: what
/// [`Flow::policies`](crate::Flow::policies) sets.
///
/// The keys and values are those of `#[node(…)]`: `timeout`, `idle`, `retries`, `backoff`, `jitter`,
/// `after_max`, `concurrency`, `rate`. What is left out stays as it is; `"none"` takes a timeout or a
/// limit away, and a limit that the attribute keeps apart by `per` stays so. A node of a playbook is named after it, `"Search/retrieve"`. Numbers and flags may be
/// texts, as they are in environment variables.
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
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Policies(BTreeMap<String, Settings>);

/// What is set of one node's policy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The names of the nodes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What is set of a node.
    pub(crate) fn get(&self, name: &str) -> Option<&Settings> {
        self.0.get(name)
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
