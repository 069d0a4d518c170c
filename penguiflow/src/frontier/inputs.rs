//! The inputs of a join that have arrived.

use std::collections::BTreeMap;

use super::step_slab::StepKey;

/// By input, each with the order in which it came. No index is a place in memory: a stored one may
/// be any number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Inputs(BTreeMap<u32, (usize, StepKey)>);

impl Inputs {
    /// How many inputs have come.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, input: u32) -> bool {
        self.0.contains_key(&input)
    }

    /// Keeps an input. An input counts once: returns the one that was there before.
    pub(super) fn insert(&mut self, input: u32, key: StepKey) -> Option<StepKey> {
        let order = self.0.len();
        let before = self.0.insert(input, (order, key));
        before.map(|(_, key)| key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = StepKey> {
        self.0.values().map(|(_, key)| *key)
    }

    /// All, each with its input, in the order in which they came.
    pub(super) fn in_order(&self) -> Vec<(u32, StepKey)> {
        let came = self
            .0
            .iter()
            .map(|(input, (order, key))| (*order, *input, *key));
        let mut came: Vec<_> = came.collect();
        came.sort_unstable();
        let came = came.into_iter();
        came.map(|(_, input, key)| (input, key)).collect()
    }

    /// Takes all, in the order of the inputs.
    pub(super) fn take_by_input(&mut self) -> Vec<StepKey> {
        let inputs = std::mem::take(&mut self.0).into_values();
        inputs.map(|(_, key)| key).collect()
    }

    /// Takes all, in the order in which they came.
    pub(super) fn take_as_they_came(&mut self) -> Vec<StepKey> {
        let came = std::mem::take(self).in_order().into_iter();
        came.map(|(_, key)| key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Inputs;

    fn three() -> Inputs {
        let mut inputs = Inputs::default();
        for (input, key) in [(9, 20), (0, 21), (4, 22)] {
            assert_eq!(inputs.insert(input, key), None);
        }
        inputs
    }

    #[test]
    fn inputs_are_taken_in_either_order() {
        assert_eq!(three().take_by_input(), [21, 22, 20]);
        assert_eq!(three().take_as_they_came(), [20, 21, 22]);
        assert_eq!(three().in_order(), [(9, 20), (0, 21), (4, 22)]);
    }

    #[test]
    fn an_input_that_comes_twice_counts_once() {
        let mut inputs = three();
        assert_eq!(inputs.insert(4, 23), Some(22));
        assert_eq!(inputs.len(), 3);
        assert!(inputs.contains(4) && !inputs.contains(5) && !inputs.contains(u32::MAX));
    }
}
