//! Sets of small numbers: inputs of a join, or joins.

/// The numbers as bits. The last word is not zero.
#[derive(Clone, Default, PartialEq)]
pub(super) struct BitSet(Vec<u64>);

impl BitSet {
    pub(super) fn one(number: usize) -> Self {
        let mut words = vec![0; number / 64 + 1];
        words[number / 64] = 1 << (number % 64);
        Self(words)
    }

    /// Adds all numbers of the other set.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let words = self.0.iter_mut().zip(&other.0);
        words.for_each(|(one, other)| *one |= other);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn lowest(&self) -> Option<usize> {
        let index = self.0.iter().position(|word| *word != 0)?;
        Some(index * 64 + self.0[index].trailing_zeros() as usize)
    }

    /// The numbers in both sets.
    pub(super) fn common(&self, other: &Self) -> Self {
        self.with(other, |one, other| one & other)
    }

    /// The numbers that are not in the other set.
    pub(super) fn without(&self, other: &Self) -> Self {
        self.with(other, |one, other| one & !other)
    }

    fn with(&self, other: &Self, of: impl Fn(u64, u64) -> u64) -> Self {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        let words = self.0.iter().zip(others);
        let mut words: Vec<_> = words.map(|(one, other)| of(*one, other)).collect();
        let last = words.iter().rposition(|word| *word != 0);
        words.truncate(last.map_or(0, |last| last + 1));
        Self(words)
    }
}

impl FromIterator<Self> for BitSet {
    fn from_iter<T: IntoIterator<Item = Self>>(sets: T) -> Self {
        let mut all = Self::default();
        sets.into_iter().for_each(|set| all.add(&set));
        all
    }
}
