//! A node's policy: timeout, attempts, concurrency. Constants, parsed by `#[node]`, or settings that are
//! read at run time (`policies`).

mod backoff;
mod milliseconds;
mod per;
mod policies;
#[cfg(feature = "rate")]
mod rate;
mod retry;
mod text;

use std::fmt;
use std::time::Duration;

use serde::Serialize;

pub use backoff::Backoff;
pub(crate) use milliseconds::as_milliseconds;
pub use per::Per;
pub(crate) use policies::NodeSettings;
pub use policies::Policies;
#[cfg(feature = "rate")]
pub(crate) use rate::Pace;
#[cfg(feature = "rate")]
pub use rate::Rate;
pub use retry::{Retry, RetryAfter, Retryable};

/// The policy of a node: how long an attempt may take, how often it is tried, how many
/// visits run at once, and where. `#[node(…)]` writes it; the graph shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Policy {
    /// The longest that one attempt may take. Serialised in milliseconds.
    #[serde(rename = "timeout_ms", serialize_with = "as_milliseconds")]
    pub timeout: Option<Duration>,
    /// The longest that an attempt may send no chunk. Serialised in milliseconds, where there is
    /// one.
    #[serde(
        rename = "idle_ms",
        serialize_with = "as_milliseconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub idle: Option<Duration>,
    /// How often a failed attempt is tried again.
    pub retries: u32,
    /// How long to wait before trying again.
    pub backoff: Backoff,
    /// The longest wait that an error of the node may ask for; `None` if none of them asks.
    /// Serialised in milliseconds, where it is not 60 s.
    #[serde(
        rename = "after_max_ms",
        serialize_with = "as_milliseconds",
        skip_serializing_if = "is_usual"
    )]
    pub after_max: Option<Duration>,
    /// The most attempts that run at once, over all traces of the flow.
    pub concurrency: Option<usize>,
    /// The most attempts that begin in a period, over all traces of the flow. Serialised
    /// where there is one.
    #[cfg(feature = "rate")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// The header by whose values the limits are kept apart. Serialised where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// Where an attempt runs.
    pub placement: Placement,
}

/// Where a node's attempts run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// In the trace's own task.
    Inline,
    /// In a tokio task of its own: `#[node(spawn)]`.
    Spawn,
    /// On tokio's pool of blocking threads: `#[node(blocking)]`.
    Blocking,
}

/// The longest wait that an error may ask for, unless the node sets it.
const AFTER_MAX: Duration = Duration::from_secs(60);

/// Whether a graph need not show it.
fn is_usual(after_max: &Option<Duration>) -> bool {
    after_max.is_none_or(|longest| longest == AFTER_MAX)
}

impl Policy {
    /// No timeout, no retries, a backoff of 500 ms doubling up to 30 s with jitter, no limit, inline.
    pub const DEFAULT: Self = Self {
        timeout: None,
        idle: None,
        retries: 0,
        backoff: Backoff::new(Duration::from_millis(500), Duration::from_secs(30)),
        after_max: None,
        concurrency: None,
        #[cfg(feature = "rate")]
        rate: None,
        per: None,
        placement: Placement::Inline,
    };

    /// Sets the longest that one attempt may take.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the longest that an attempt may send no chunk.
    #[must_use]
    pub const fn idle(mut self, longest: Duration) -> Self {
        self.idle = Some(longest);
        self
    }

    /// Sets how often a failed attempt is tried again.
    #[must_use]
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the wait before the first retry, and the longest.
    #[must_use]
    pub const fn backoff(mut self, base: Duration, max: Duration) -> Self {
        self.backoff.base = base;
        self.backoff.max = max;
        self
    }

    /// Sets whether the waits of the backoff are drawn at random.
    #[must_use]
    pub const fn jitter(mut self, jitter: bool) -> Self {
        self.backoff.jitter = jitter;
        self
    }

    /// Sets the longest wait that an error may ask for.
    #[must_use]
    pub const fn after_max(mut self, longest: Duration) -> Self {
        self.after_max = Some(longest);
        self
    }

    /// The same, for a node whose errors may ask for a wait.
    pub(crate) const fn asked(mut self) -> Self {
        if self.after_max.is_none() {
            self.after_max = Some(AFTER_MAX);
        }
        self
    }

    /// How long to wait before the `retry`-th retry, counted from 1; `None` if there is none.
    pub(crate) fn wait(&self, retry: u32, verdict: Retry) -> Option<Duration> {
        match (verdict, self.after_max) {
            _ if retry > self.retries => None,
            (Retry::Never, _) => None,
            (Retry::After(wait), Some(longest)) => Some(wait.min(longest)),
            (Retry::After(_), None) | (Retry::Backoff, _) => Some(self.backoff.wait(retry)),
        }
    }

    /// The longest waits before all retries, together.
    pub(crate) const fn longest_waits(&self) -> Duration {
        let asked = match self.after_max {
            Some(longest) => longest,
            None => Duration::ZERO,
        };
        self.backoff.longest_of_all(self.retries, asked)
    }

    /// Sets the most attempts that run at once. 0 counts as 1.
    #[must_use]
    pub const fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = Some(concurrency);
        self
    }

    /// Sets the most attempts that begin in a period. A count of zero is no limit.
    #[cfg(feature = "rate")]
    #[must_use]
    pub const fn rate(mut self, count: u32, per: Duration) -> Self {
        self.rate = Some(Rate::new(count, per));
        self
    }

    /// Keeps the limits apart by the values of a header.
    #[must_use]
    pub const fn per(mut self, header: Per) -> Self {
        self.per = Some(header);
        self
    }

    /// Sets where attempts run.
    #[must_use]
    pub const fn placement(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// The same, with the limits of another one.
    pub(crate) const fn with_limits_of(mut self, other: &Self) -> Self {
        #[cfg(feature = "rate")]
        {
            self.rate = other.rate;
        }
        self.concurrency = other.concurrency;
        self.per = other.per;
        self
    }

    /// Whether the limits of both are the same.
    pub(crate) fn limits_as(&self, other: &Self) -> bool {
        *self == self.with_limits_of(other)
    }

    /// Whether an attempt may have to wait for others.
    pub(crate) const fn is_limited(&self) -> bool {
        #[cfg(feature = "rate")]
        if self.rate.is_some() {
            return true;
        }
        self.concurrency.is_some()
    }
}

/// `timeout 30s, retries 3, backoff 500ms..30s, concurrency 4`; `none` where nothing is set.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.timeout.map(|timeout| format!("timeout {timeout:?}")));
        parts.extend(self.idle.map(|longest| format!("idle {longest:?}")));
        if self.retries > 0 {
            parts.push(format!("retries {}", self.retries));
            parts.push(self.backoff.to_string());
            let asked = self
                .after_max
                .map(|longest| format!("after_max {longest:?}"));
            parts.extend(asked);
        }
        let concurrency = self.concurrency;
        parts.extend(concurrency.map(|most| format!("concurrency {most}")));
        #[cfg(feature = "rate")]
        parts.extend(
            self.rate
                .map(|rate| format!("rate {}/{:?}", rate.count, rate.per)),
        );
        let per = self.per.filter(|_| self.is_limited());
        parts.extend(per.map(|header| format!("per {header}")));
        match parts.is_empty() {
            true => f.write_str("none"),
            false => f.write_str(&parts.join(", ")),
        }
    }
}
