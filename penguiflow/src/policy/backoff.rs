//! The waits before retries.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::milliseconds::as_milliseconds;

/// The wait before a retry: `base`, doubled at every further one, up to `max`. With jitter, which is
/// on unless it is switched off, each wait is drawn uniformly between zero and that one.
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
    /// Whether each wait is drawn at random, between zero and the longest, so that callers that
    /// failed together do not come back together.
    pub jitter: bool,
}

impl Backoff {
    /// A backoff with jitter. For exact waits, set `jitter` to `false`.
    ///
    /// ```
    /// use penguiflow::Backoff;
    /// use std::time::Duration;
    ///
    /// const EXACT: Backoff = Backoff {
    ///     jitter: false,
    ///     ..Backoff::new(Duration::from_millis(500), Duration::from_secs(3))
    /// };
    /// assert_eq!(EXACT.wait(1), Duration::from_millis(500));
    /// ```
    pub const fn new(base: Duration, max: Duration) -> Self {
        Self {
            base,
            max,
            jitter: true,
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

    /// The longest waits before this number of retries, together, where each may be asked to be as
    /// long as `asked`.
    pub(super) const fn longest_of_all(&self, retries: u32, asked: Duration) -> Duration {
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
            longest.mul_f64(fastrand::f64())
        } else {
            longest
        }
    }
}

/// `backoff 500ms..30s`, with `without jitter` after it where waits are exact.
impl fmt::Display for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "backoff {:?}..{:?}", self.base, self.max)?;
        match self.jitter {
            true => Ok(()),
            false => f.write_str(" without jitter"),
        }
    }
}

const fn longer(one: Duration, other: Duration) -> Duration {
    match one.as_nanos() < other.as_nanos() {
        true => other,
        false => one,
    }
}
