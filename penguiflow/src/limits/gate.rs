//! The gate that attempts pass one by one: the permits and the pace of a node, or of one key where a
//! node keeps its limits apart by a header.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::waiting::WaitingVisits;
#[cfg(feature = "rate")]
use crate::policy::Pace;
use crate::policy::Policy;

#[derive(Debug)]
pub(super) struct Gate {
    permits: Option<Semaphore>,
    #[cfg(feature = "rate")]
    pace: Option<Pace>,
}

/// The permission of one attempt to run, until it is dropped.
pub(crate) enum Permit<'a> {
    /// Of all visits of the node.
    Shared { _permit: SemaphorePermit<'a> },
    /// Of those with the same key.
    Keyed { _permit: KeyedPermit },
}

/// A permit of a gate, which it keeps in memory.
pub(crate) struct KeyedPermit(Arc<Gate>);

impl Drop for KeyedPermit {
    fn drop(&mut self) {
        if let Some(permits) = &self.0.permits {
            permits.add_permits(1);
        }
    }
}

impl Gate {
    pub(super) fn of(policy: &Policy) -> Self {
        let permits = |permits: usize| Semaphore::new(permits.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            permits: policy.concurrency.map(permits),
            #[cfg(feature = "rate")]
            pace: policy.rate.and_then(Pace::of),
        }
    }

    /// Waits until another attempt may begin. Nodes share no permits, and a visit holds one at a time,
    /// so waiting cannot deadlock.
    ///
    /// The turn is held until the permit is there: otherwise, while a slow attempt holds the last
    /// permit, the later ones would use up the rate of all that time, and begin at once.
    pub(super) async fn pass(&self, waiting: &WaitingVisits) -> Option<SemaphorePermit<'_>> {
        #[cfg(feature = "rate")]
        let _turn = match &self.pace {
            Some(pace) => {
                let _waiting = waiting.join();
                Some(pace.turn().await)
            }
            None => None,
        };
        let permits = self.permits.as_ref()?;
        if let Ok(permit) = permits.try_acquire() {
            return Some(permit);
        }
        let _waiting = waiting.join();
        permits.acquire().await.ok()
    }

    /// The same, with a permit that keeps the gate.
    pub(super) async fn pass_kept(self: Arc<Self>, waiting: &WaitingVisits) -> Option<KeyedPermit> {
        self.pass(waiting).await?.forget();
        Some(KeyedPermit(self))
    }

    /// Whether a new gate would do the same, if nobody is at this one.
    pub(super) fn is_fresh(&self) -> bool {
        #[cfg(feature = "rate")]
        if let Some(pace) = &self.pace {
            return pace.is_fresh();
        }
        true
    }
}
