//! What has come to the inputs of a join.

use super::step_slab::StepKey;

/// Room for as many inputs as most joins have.
const INPUTS: usize = 8;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Inputs {
    /// By input, with the order in which it came.
    inputs: Vec<Option<(usize, StepKey)>>,
    count: usize,
}

impl Inputs {
    /// How many inputs have come.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn contains(&self, input: u32) -> bool {
        self.inputs.get(input as usize).is_some_and(Option::is_some)
    }

    /// Keeps an input. An input counts once: returns the one that was there before.
    pub(super) fn insert(&mut self, input: u32, key: StepKey) -> Option<StepKey> {
        let input = input as usize;
        if input >= self.inputs.len() {
            self.inputs
                .resize((input + 1).next_multiple_of(INPUTS), None);
        }
        let order = self.count;
        let before = self.inputs[input].replace((order, key));
        if before.is_none() {
            self.count += 1;
        }
        before.map(|(_, key)| key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = StepKey> {
        self.inputs.iter().flatten().map(|(_, key)| *key)
    }

    /// All, each with its input, in the order in which they came.
    pub(super) fn in_order(&self) -> Vec<(u32, StepKey)> {
        let inputs = self.inputs.iter().zip(0..);
        let mut came: Vec<_> = inputs
            .filter_map(|(came, input)| came.map(|(order, key)| (order, input, key)))
            .collect();
        came.sort_unstable();
        let came = came.into_iter();
        came.map(|(_, input, key)| (input, key)).collect()
    }

    /// Takes all, in the order of the inputs.
    pub(super) fn take_by_input(&mut self) -> Vec<StepKey> {
        let inputs = std::mem::take(self).inputs.into_iter().flatten();
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
