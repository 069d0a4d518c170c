//! The verdict on an error: whether an attempt follows, and when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The verdict on an error: whether to try again, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Retry {
    /// Try again after the policy's backoff.
    #[default]
    Backoff,
    /// Try again after this long, as the other side asked: at most the node's `after_max`.
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
/// Without it every error is retried, as often as the node's `retries` allow. A node's
/// `retry_if` takes precedence over it.
///
/// Derived, each variant declares it with one mark: `#[retry]`, `#[fatal]` or `#[after(field)]`.
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

    /// The verdict on this error.
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
    /// The verdict on an error that holds this.
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
