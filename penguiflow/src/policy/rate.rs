//! The rate of a node's attempts: `rate = "60/min"`, kept by `governor` on tokio's clock. All of it
//! needs the feature `rate`.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use serde::Serialize;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::milliseconds::as_milliseconds;

/// How many attempts of a node may begin in a period: `count` of them at once, then one
/// whenever `per / count` has passed.
///
/// ```
/// use penguiflow::prelude::*;
/// use std::time::Duration;
///
/// #[node(rate = "60/min")]
/// async fn ask(question: String) -> String {
///     question
/// }
///
/// let flow = flow! { ask };
/// let rate = flow.graph().nodes[0].policy.rate.expect("it has one");
/// assert_eq!((rate.count, rate.per), (60, Duration::from_secs(60)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rate {
    /// How many attempts may begin in a period.
    pub count: u32,
    /// The period. Serialised in milliseconds.
    #[serde(rename = "per_ms", serialize_with = "as_milliseconds")]
    pub per: Duration,
}

impl Rate {
    pub(crate) const fn new(count: u32, per: Duration) -> Self {
        Self { count, per }
    }

    /// `None` if it is faster than the clock can measure.
    fn quota(self) -> Option<Quota> {
        let count = NonZeroU32::new(self.count)?;
        Some(Quota::with_period(self.per / self.count)?.allow_burst(count))
    }
}

/// The limiter of a node's attempts.
#[derive(Debug)]
pub(crate) struct Pace {
    limiter: RateLimiter<NotKeyed, InMemoryState, Since, NoOpMiddleware<Duration>>,
    /// Held by the one that waits for the limiter; the others wait for it, in order.
    turn: Mutex<()>,
    /// When an attempt last began, in nanoseconds after the clock did.
    last: AtomicU64,
    /// After how long without attempts it is as it was in the beginning.
    period: Duration,
}

impl Pace {
    pub(crate) fn of(rate: Rate) -> Option<Self> {
        let clock = Since(Instant::now());
        Some(Self {
            limiter: RateLimiter::direct_with_clock(rate.quota()?, clock),
            turn: Mutex::default(),
            last: AtomicU64::new(0),
            period: rate.per,
        })
    }

    /// Waits until another attempt may begin. Nobody else may while the guard is held.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        let turn = self.turn.lock().await;
        while let Err(too_early) = self.limiter.check() {
            let wait = too_early.wait_time_from(self.limiter.clock().now());
            tokio::time::sleep(wait).await;
        }
        let now = self.limiter.clock().now();
        self.last.store(now.as_nanos() as u64, Ordering::Relaxed);
        turn
    }

    /// Whether as many attempts may begin at once as in the beginning.
    pub(crate) fn is_fresh(&self) -> bool {
        let last = Duration::from_nanos(self.last.load(Ordering::Relaxed));
        let now = self.limiter.clock().now();
        now.saturating_sub(last) >= self.period
    }
}

/// tokio's clock, which tests can pause, as the time since an instant.
#[derive(Debug, Clone)]
struct Since(Instant);

impl Clock for Since {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}
