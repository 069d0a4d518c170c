//! The items of a map: those that wait for their turn, and those that run.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::frontier::Key;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Queue {
    waiting: VecDeque<Key>,
    total: usize,
    /// For each item that has begun and is not over, how many of its steps are to run or run.
    begun: BTreeMap<u32, usize>,
}

impl Queue {
    pub(super) fn of(steps: VecDeque<Key>) -> Self {
        Self {
            total: steps.len(),
            waiting: steps,
            begun: BTreeMap::new(),
        }
    }

    /// How many items there are, whatever became of them.
    pub(super) fn len(&self) -> usize {
        self.total
    }

    /// The items that have not begun.
    pub(super) fn waiting(&self) -> impl Iterator<Item = Key> {
        self.waiting.iter().copied()
    }

    /// Whether no item is left to run.
    pub(super) fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.begun.is_empty()
    }

    /// The items whose turn it is, by their places.
    pub(super) fn begin(&mut self, at_once: usize) -> Vec<(u32, Key)> {
        let mut begun = Vec::new();
        while self.begun.len() < at_once
            && let Some(step) = self.waiting.pop_front()
        {
            let place = (self.total - self.waiting.len() - 1) as u32;
            self.begun.insert(place, 0);
            begun.push((place, step));
        }
        begun
    }

    pub(super) fn step_begins(&mut self, item: u32) {
        *self.begun.entry(item).or_default() += 1;
    }

    /// Says whether the item is over.
    pub(super) fn step_ends(&mut self, item: u32) -> bool {
        let Some(steps) = self.begun.get_mut(&item) else {
            return false;
        };
        *steps -= 1;
        let is_over = *steps == 0;
        if is_over {
            self.begun.remove(&item);
        }
        is_over
    }
}
