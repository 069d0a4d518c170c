//! The gates of a node that keeps its limits apart by a header: one for each key that is in use.
//!
//! A gate that nobody is at, and whose rate is whole again, is dropped: each visit looks at two. So
//! there are about as many as are in use, and no visit pays for all.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::gate::Gate;
use crate::policy::Policy;

#[derive(Debug)]
pub(super) struct KeyedGates {
    policy: Policy,
    gates: Mutex<Gates>,
}

#[derive(Debug, Default)]
struct Gates {
    by_key: HashMap<Arc<str>, Arc<Gate>>,
    /// All keys, in the order in which visits look whether they are in use.
    order: VecDeque<Arc<str>>,
}

/// How many gates a visit looks at: more than it may add.
const LOOKS: usize = 2;
/// The room that is never given back.
const LEAST_ROOM: usize = 64;

impl KeyedGates {
    pub(super) fn of(policy: &Policy) -> Self {
        Self {
            policy: *policy,
            gates: Mutex::default(),
        }
    }

    /// The gate of a key. It stays for as long as this is kept.
    pub(super) fn gate(&self, key: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        (0..LOOKS).for_each(|_| gates.look());
        if let Some(gate) = gates.by_key.get(key) {
            return Arc::clone(gate);
        }
        let (key, gate) = (Arc::<str>::from(key), Arc::new(Gate::of(&self.policy)));
        gates.by_key.insert(Arc::clone(&key), Arc::clone(&gate));
        gates.order.push_back(key);
        gate
    }
}

impl Gates {
    /// Looks at the next gate, and drops it if it is not in use. Gates are taken under the lock alone,
    /// so one that nobody has now stays so meanwhile.
    fn look(&mut self) {
        let Some(key) = self.order.pop_front() else {
            return;
        };
        let is_idle = |gate: &Arc<Gate>| Arc::strong_count(gate) == 1 && gate.is_fresh();
        match self.by_key.get(&key).is_some_and(is_idle) {
            true => self.remove(&key),
            false => self.order.push_back(key),
        }
    }

    fn remove(&mut self, key: &str) {
        self.by_key.remove(key);
        let (left, room) = (self.by_key.len(), self.by_key.capacity());
        if room > LEAST_ROOM && left < room / 4 {
            self.by_key.shrink_to(LEAST_ROOM.max(left * 2));
            self.order.shrink_to(LEAST_ROOM.max(left * 2));
        }
    }
}

#[cfg(test)]
mod tests {

    use futures_util::FutureExt;

    use super::super::waiting::WaitingVisits;
    use super::*;

    fn len(gates: &KeyedGates) -> usize {
        gates.gates.lock().expect("no panic").by_key.len()
    }

    fn room(gates: &KeyedGates) -> usize {
        let gates = gates.gates.lock().expect("no panic");
        gates.by_key.capacity() + gates.order.capacity()
    }

    #[test]
    fn a_million_keys_do_not_stay() {
        let gates = KeyedGates::of(&Policy::DEFAULT.concurrency(1));
        for key in 0..1_000_000 {
            drop(gates.gate(&key.to_string()));
        }
        assert!(len(&gates) <= LOOKS, "{}", len(&gates));
    }

    #[test]
    fn keys_that_were_many_at_once_are_dropped_one_after_the_other() {
        let gates = KeyedGates::of(&Policy::DEFAULT.concurrency(1));
        let held: Vec<_> = (0..100_000)
            .map(|key| gates.gate(&key.to_string()))
            .collect();
        assert_eq!(len(&gates), 100_000);
        drop(held);
        (0..100_000).for_each(|_| drop(gates.gate("acme")));
        assert_eq!(len(&gates), 1);
        assert!(room(&gates) < 1_000, "{}", room(&gates));
    }

    #[tokio::test]
    async fn a_gate_that_somebody_holds_or_waits_at_stays() {
        let gates = KeyedGates::of(&Policy::DEFAULT.concurrency(1));
        let waiting = WaitingVisits::default();
        let permit = gates
            .gate("acme")
            .pass_kept(&waiting)
            .await
            .expect("a permit");
        (0..10).for_each(|key| drop(gates.gate(&key.to_string())));
        let gate = gates.gate("acme");
        let mut second = std::pin::pin!(gate.pass_kept(&waiting));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(waiting.count(), 1);
        drop(permit);
        assert!(second.now_or_never().is_some());
    }

    #[cfg(feature = "rate")]
    #[tokio::test(start_paused = true)]
    async fn a_gate_stays_until_its_rate_is_whole_again() {
        use std::time::Duration;

        let gates = KeyedGates::of(&Policy::DEFAULT.rate(2, Duration::from_secs(2)));
        let waiting = WaitingVisits::default();
        gates.gate("acme").pass_kept(&waiting).await;
        tokio::time::advance(Duration::from_millis(1_900)).await;
        (0..10).for_each(|_| drop(gates.gate("other")));
        assert_eq!(len(&gates), 2);
        tokio::time::advance(Duration::from_millis(200)).await;
        (0..10).for_each(|_| drop(gates.gate("other")));
        assert_eq!(len(&gates), 1);
    }
}
