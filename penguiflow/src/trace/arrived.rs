//! What has come to the inputs of a join.

use serde::{Deserialize, Serialize};

use super::frontier::Key;

/// Room for as many inputs as most joins have.
const INPUTS: usize = 8;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Arrived {
    /// By its input, with the order in which it came.
    inputs: Vec<Option<(usize, Key)>>,
    count: usize,
}

impl Arrived {
    /// How many inputs have come.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn contains(&self, slot: u32) -> bool {
        self.inputs.get(slot as usize).is_some_and(Option::is_some)
    }

    pub(super) fn insert(&mut self, slot: u32, key: Key) {
        let slot = slot as usize;
        if slot >= self.inputs.len() {
            self.inputs
                .resize((slot + 1).next_multiple_of(INPUTS), None);
        }
        let order = self.count;
        if self.inputs[slot].replace((order, key)).is_none() {
            self.count += 1;
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.inputs.iter().flatten().map(|(_, key)| *key)
    }

    /// Takes all, in the order of the inputs.
    pub(super) fn take_by_input(&mut self) -> Vec<Key> {
        let arrived = std::mem::take(self).inputs.into_iter().flatten();
        arrived.map(|(_, key)| key).collect()
    }

    /// Takes all, in the order in which they came.
    pub(super) fn take_as_they_came(&mut self) -> Vec<Key> {
        let arrived = std::mem::take(self).inputs.into_iter().flatten();
        let mut arrived: Vec<_> = arrived.collect();
        arrived.sort_unstable();
        arrived.into_iter().map(|(_, key)| key).collect()
    }
}
