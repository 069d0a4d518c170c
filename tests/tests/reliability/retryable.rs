//! `#[derive(Retryable)]`: each variant's mark decides, beside `thiserror` on the same enum.

use std::fmt::Debug;
use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::{RetryAfter, Retryable as ByType};
use tokio::time::Instant;

use penguiflow_tests::support::{ms, secs};

#[derive(Debug, Clone, thiserror::Error, Retryable)]
enum Fetch {
    #[error("not found")]
    #[fatal]
    NotFound,
    #[error("throttled for {wait:?}, with status {status}")]
    #[after(wait)]
    Throttled { status: u16, wait: Duration },
    #[error("busy")]
    #[after(1)]
    Busy(&'static str, Option<Duration>),
    #[retry]
    #[error("reset: {0}")]
    Reset(#[from] std::fmt::Error),
}

#[node(retries = 2, backoff = "100ms", jitter = false)]
async fn fetch(fault: Fetch) -> Result<(), Fetch> {
    Err(fault)
}

/// A fatal variant is tried once, `after` waits as long as its field says, and a `None` there
/// is the backoff, as `retry` is.
#[tokio::test(start_paused = true)]
async fn each_variant_decides_by_its_mark() {
    let (status, wait) = (429, secs(7));
    let flow = flow! { fetch };
    for (fault, attempts, took) in [
        (Fetch::NotFound, 1, ms(0)),
        (Fetch::Throttled { status, wait }, 3, secs(14)),
        (Fetch::Busy("late", Some(secs(3))), 3, secs(6)),
        (Fetch::Busy("late", None), 3, ms(100 + 200)),
        (Fetch::Reset(std::fmt::Error), 3, ms(100 + 200)),
    ] {
        let begin = Instant::now();
        let text = fault.to_string();
        let error = flow.run(fault).await.expect_err("it fails");
        let found = (error.attempts(), begin.elapsed());
        assert_eq!(found, (attempts, took), "{text}");
    }
}

#[derive(Debug, thiserror::Error, Retryable)]
#[error("it will not change its mind")]
#[fatal]
struct Refused;

#[derive(Debug, Retryable)]
#[after(r#for)]
#[allow(dead_code)]
struct Later<'a> {
    why: &'a str,
    r#for: Duration,
}

#[node(retries = 2, jitter = false)]
async fn refuses(_: ()) -> Result<(), Refused> {
    Err(Refused)
}

#[tokio::test(start_paused = true)]
async fn a_struct_carries_its_mark_on_itself() {
    let error = flow! { refuses }.run(()).await.expect_err("it refuses");
    assert_eq!(error.attempts(), 1);
    let (why, r#for) = ("lunch", secs(1));
    assert_eq!(Later { why, r#for }.retry(), Retry::After(secs(1)));
}

#[derive(Debug, Retryable)]
#[allow(dead_code)]
enum Asked<T, W = Duration>
where
    T: Debug,
    W: RetryAfter,
{
    #[after(wait)]
    Later { wait: W, what: T },
    #[fatal]
    Never(T),
}

#[test]
fn generics_and_where_clauses_go_through() {
    let (what, wait) = ("dishes", Some(secs(1)));
    let asked = Asked::Later { wait, what };
    assert_eq!(asked.retry(), Retry::After(secs(1)));
    assert_eq!(Asked::<_>::Never(1).retry(), Retry::Never);
}

/// An enum that nobody can make needs no arms.
#[derive(Retryable)]
enum Impossible {}

#[test]
fn an_error_that_cannot_be_is_retryable_too() {
    fn is_retryable<E: ByType>() {}
    is_retryable::<Impossible>();
}

mod strict {
    //! A variant on its way out makes no warning in what is derived.
    #![deny(warnings)]

    use penguiflow::Retryable;

    #[derive(Retryable)]
    #[allow(dead_code)]
    pub(super) enum Old {
        #[deprecated]
        #[fatal]
        Gone,
        #[retry]
        Here,
    }
}

#[test]
fn what_is_derived_makes_no_warning() {
    assert_eq!(strict::Old::Here.retry(), Retry::Backoff);
}
