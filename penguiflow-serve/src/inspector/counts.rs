//! How many traces a host has in each state. Counting them may read much of a store, so all pages share a
//! count, and it is shown for a while.

use std::collections::HashMap;
use std::sync::Arc;

use penguiflow::host::{HostFuture, HostedState};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A count is shown for so many times as long as it took: counting takes 5 % of the time at most.
const SHOWN: u32 = 20;

type ByState = HashMap<HostedState, u64>;

/// The last count. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Counts(Arc<Mutex<Option<Counted>>>);

struct Counted {
    by_state: ByState,
    until: Instant,
}

impl Counts {
    /// The last count, or another one. Who asks meanwhile waits for that one. `None` if the host cannot.
    pub(super) async fn last_or(
        &self,
        count: impl FnOnce() -> HostFuture<ByState>,
    ) -> Option<ByState> {
        let mut last = self.0.lock().await;
        let began = Instant::now();
        if let Some(counted) = last.as_ref().filter(|counted| began < counted.until) {
            return Some(counted.by_state.clone());
        }
        let by_state = count().await.ok()?;
        let until = Instant::now() + began.elapsed() * SHOWN;
        *last = Some(Counted {
            by_state: by_state.clone(),
            until,
        });
        Some(by_state)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use penguiflow::host::{HostError, HostFuture, HostedState};
    use tokio::time::{advance, sleep};

    use super::{ByState, Counts};

    /// A count that takes a second.
    fn slowly(number: u64) -> HostFuture<ByState> {
        Box::pin(async move {
            sleep(Duration::from_secs(1)).await;
            Ok(HashMap::from([(HostedState::Parked, number)]))
        })
    }

    async fn parked(counts: &Counts, number: u64) -> Option<u64> {
        let by_state = counts.last_or(|| slowly(number)).await?;
        by_state.get(&HostedState::Parked).copied()
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_is_shown_for_twenty_times_as_long_as_it_took() {
        let counts = Counts::default();
        assert_eq!(parked(&counts, 1).await, Some(1));
        assert_eq!(parked(&counts.clone(), 2).await, Some(1));
        advance(Duration::from_secs(19)).await;
        assert_eq!(parked(&counts, 3).await, Some(1));
        advance(Duration::from_secs(1)).await;
        assert_eq!(parked(&counts, 4).await, Some(4));
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_at_once_share_a_count() {
        let counts = Counts::default();
        let both = tokio::join!(parked(&counts, 1), parked(&counts, 2));
        assert_eq!(both, (Some(1), Some(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_cannot_count_is_asked_again() {
        let counts = Counts::default();
        let refused = || -> HostFuture<ByState> { Box::pin(async { Err(HostError::Stopped) }) };
        assert_eq!(counts.last_or(refused).await, None);
        assert_eq!(parked(&counts, 1).await, Some(1));
    }
}
