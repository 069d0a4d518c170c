//! What a node may cost: time, attempts, company. Constants, parsed by `#[node]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

#[cfg(feature = "rate")]
use crate::rate::Rate;

/// How a node is visited: how long an attempt may take, how often it is tried, how many
/// visits run at once, and where. `#[node(…)]` writes it; the graph shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Policy {
    /// The longest that one attempt may take. Serialised in milliseconds.
    #[serde(rename = "timeout_ms", serialize_with = "as_milliseconds")]
    pub timeout: Option<Duration>,
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

/// The wait before a retry: `base`, doubled at every further one, up to `max`.
///
/// ```
/// use penguiflow::Backoff;
/// use std::time::Duration;
///
/// let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(3));
/// let waits: Vec<_> = (1..=4).map(|retry| backoff.longest(retry).as_millis()).collect();
/// assert_eq!(waits, [500, 1000, 2000, 3000]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Backoff {
    /// The wait before the first retry. Serialised in milliseconds.
    #[serde(rename = "base_ms", serialize_with = "as_milliseconds")]
    pub base: Duration,
    /// The longest wait. Serialised in milliseconds.
    #[serde(rename = "max_ms", serialize_with = "as_milliseconds")]
    pub max: Duration,
    /// Whether each wait is drawn at random from its upper half, so that callers that
    /// failed together do not come back together.
    pub jitter: bool,
}

impl Backoff {
    /// A backoff without jitter.
    pub const fn new(base: Duration, max: Duration) -> Self {
        Self {
            base,
            max,
            jitter: false,
        }
    }

    /// The longest wait before the `retry`-th retry, counted from 1.
    pub const fn longest(&self, retry: u32) -> Duration {
        let doublings = match retry {
            0 => 0,
            1..=32 => retry - 1,
            _ => 31,
        };
        let wait = self.base.saturating_mul(1 << doublings);
        match wait.as_nanos() < self.max.as_nanos() {
            true => wait,
            false => self.max,
        }
    }

    /// The longest waits before so many retries, together, where each may be asked to be as long
    /// as `asked`.
    const fn longest_of_all(&self, retries: u32, asked: Duration) -> Duration {
        // From the 32nd on they do not grow.
        let growing = if retries < 32 { retries } else { 32 };
        let longest = longer(self.longest(32), asked);
        let mut all = longest.saturating_mul(retries - growing);
        let mut retry = 1;
        while retry <= growing {
            all = all.saturating_add(longer(self.longest(retry), asked));
            retry += 1;
        }
        all
    }

    /// The wait before the `retry`-th retry, counted from 1, with its jitter drawn.
    pub fn wait(&self, retry: u32) -> Duration {
        let longest = self.longest(retry);
        if self.jitter {
            longest.mul_f64(0.5 + fastrand::f64() / 2.0)
        } else {
            longest
        }
    }
}

const fn longer(one: Duration, other: Duration) -> Duration {
    match one.as_nanos() < other.as_nanos() {
        true => other,
        false => one,
    }
}

/// The longest wait that an error may ask for, unless the node says.
const AFTER_MAX: Duration = Duration::from_secs(60);

/// Whether a graph need not show it.
fn is_usual(after_max: &Option<Duration>) -> bool {
    after_max.is_none_or(|longest| longest == AFTER_MAX)
}

impl Policy {
    /// No timeout, no retries, a backoff of 500 ms doubling up to 30 s, no limit, inline.
    pub const DEFAULT: Self = Self {
        timeout: None,
        retries: 0,
        backoff: Backoff::new(Duration::from_millis(500), Duration::from_secs(30)),
        after_max: None,
        concurrency: None,
        #[cfg(feature = "rate")]
        rate: None,
        placement: Placement::Inline,
    };

    /// Sets the longest that one attempt may take.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
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

    /// Sets whether waits are drawn at random.
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

    /// Sets the most attempts that run at once.
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

    /// Sets where attempts run.
    #[must_use]
    pub const fn placement(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
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

pub(crate) fn as_milliseconds<S: serde::Serializer>(
    time: &(impl Into<Option<Duration>> + Copy),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let time: Option<Duration> = (*time).into();
    time.map(|time| time.as_secs_f64() * 1000.0)
        .serialize(serializer)
}

/// What to do after an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Retry {
    /// Try again after the policy's backoff.
    #[default]
    Backoff,
    /// Try again after this long, as the other side asked: at the most the node's `after_max`.
    After(Duration),
    /// Do not try again: it would fail again.
    Never,
}

impl Retry {
    pub(crate) fn is_backoff(&self) -> bool {
        *self == Self::Backoff
    }
}

/// An error that knows whether trying again can help.
///
/// Without it every error is retried, as often as the node's `retries` say. A node's
/// `retry_if` goes before it.
///
/// Derived, each variant says so with one mark: `#[retry]`, `#[fatal]` or `#[after(field)]`.
/// A variant without a mark does not compile, so that none is forgotten.
///
/// ```
/// use penguiflow::{Retry, Retryable};
/// use std::time::Duration;
///
/// #[derive(Retryable)]
/// enum FetchError {
///     #[fatal]
///     NotFound,
///     #[after(wait)]
///     Throttled { wait: Duration },
///     #[retry]
///     Reset,
/// }
///
/// assert_eq!(FetchError::NotFound.retry(), Retry::Never);
/// let wait = Duration::from_secs(7);
/// assert_eq!(FetchError::Throttled { wait }.retry(), Retry::After(wait));
/// assert_eq!(FetchError::Reset.retry(), Retry::Backoff);
/// ```
pub trait Retryable {
    /// Whether one of these errors may ask for a wait: then the worst case counts it.
    #[doc(hidden)]
    const MAY_ASK: bool = true;

    /// What to do after this error.
    fn retry(&self) -> Retry;
}

/// A field that `#[after(field)]` can name: a `Duration`, or an `Option<Duration>`, whose
/// `None` is the policy's backoff.
///
/// ```
/// use penguiflow::{Retry, Retryable};
/// use std::time::Duration;
///
/// #[derive(Retryable)]
/// #[after(0)]
/// struct Busy(Option<Duration>);
///
/// let wait = Duration::from_secs(7);
/// assert_eq!(Busy(Some(wait)).retry(), Retry::After(wait));
/// assert_eq!(Busy(None).retry(), Retry::Backoff);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how long to wait",
    label = "neither a `Duration` nor an `Option<Duration>`",
    note = "`#[after(field)]` names a field with the time until the next attempt; for a number of seconds or text, make it a `Duration` where the error is made"
)]
pub trait RetryAfter {
    /// What to do after an error that holds this.
    #[doc(hidden)]
    fn retry(&self) -> Retry;
}

impl RetryAfter for Duration {
    fn retry(&self) -> Retry {
        Retry::After(*self)
    }
}

impl RetryAfter for Option<Duration> {
    fn retry(&self) -> Retry {
        self.map_or(Retry::Backoff, Retry::After)
    }
}
