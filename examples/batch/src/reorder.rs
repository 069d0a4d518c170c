//! Puts results back into the order of their lines.

use std::collections::BTreeMap;

/// Results that wait for those of earlier lines. A line may also have none.
#[derive(Debug)]
pub(crate) struct Reorder<T> {
    next: u64,
    early: BTreeMap<u64, Option<T>>,
    most: usize,
}

impl<T> Reorder<T> {
    /// The first line has this number.
    pub(crate) fn from(first: u64) -> Self {
        let (next, early, most) = (first, BTreeMap::new(), 0);
        Self { next, early, most }
    }

    /// Takes the result of a line, or that there will be none in its place.
    pub(crate) fn put(&mut self, line: u64, result: Option<T>) {
        self.early.insert(line, result);
        self.most = self.most.max(self.early.len());
    }

    /// What the next line has, if that is known.
    pub(crate) fn take(&mut self) -> Option<Option<T>> {
        let result = self.early.remove(&self.next)?;
        self.next += 1;
        Some(result)
    }

    /// The most lines that were held at once.
    pub(crate) fn most(&self) -> usize {
        self.most
    }
}
