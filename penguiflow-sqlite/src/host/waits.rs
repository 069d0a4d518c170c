//! What the task of a trace waits for, where there may be nothing of the kind.

use std::future::pending;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use crate::store::{Committed, StoreError};

/// How long a store that fails is left alone.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// The answer to a commit.
pub(super) type Answer = oneshot::Receiver<Result<Committed, StoreError>>;

/// The answer to the commit that is under way, which is over then.
pub(super) async fn answered(commit: &mut Option<Answer>) -> Result<Committed, StoreError> {
    let Some(answer) = commit else {
        return pending().await;
    };
    let answer = answer.await.unwrap_or(Err(StoreError::Closed));
    *commit = None;
    answer
}

pub(super) async fn until(expiry: Option<Instant>) {
    match expiry {
        Some(expiry) => sleep_until(expiry).await,
        None => pending().await,
    }
}

/// Leaves the store alone, unless it works and the trace was another one there.
pub(super) async fn pause_after(error: &StoreError) {
    if *error != StoreError::Stale {
        sleep(PAUSE).await;
    }
}
