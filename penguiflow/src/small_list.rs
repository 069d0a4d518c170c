//! A list that mostly holds one thing, which then needs no allocation.

use std::{option, vec};

/// What came, in its order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SmallList<T> {
    /// The first of them, unless all were put into the list at once.
    first: Option<T>,
    more: Vec<T>,
}

impl<T> SmallList<T> {
    pub(crate) const fn new() -> Self {
        Self {
            first: None,
            more: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, thing: T) {
        match self.is_empty() {
            true => self.first = Some(thing),
            false => self.more.push(thing),
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none() && self.more.is_empty()
    }

    /// Hands out each of them. For one alone that is less work than to iterate.
    #[inline]
    pub(crate) fn each(self, mut take: impl FnMut(T)) {
        if let Some(first) = self.first {
            take(first);
        }
        if !self.more.is_empty() {
            self.more.into_iter().for_each(take);
        }
    }

    #[inline]
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.first.iter().chain(&self.more)
    }

    #[cfg(feature = "durable")]
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.first.iter_mut().chain(&mut self.more)
    }

    #[cfg(feature = "durable")]
    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.more.last_mut().or(self.first.as_mut())
    }
}

impl<T> Default for SmallList<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<T> for SmallList<T> {
    #[inline]
    fn from(thing: T) -> Self {
        Self {
            first: Some(thing),
            more: Vec::new(),
        }
    }
}

impl<T> From<Vec<T>> for SmallList<T> {
    fn from(more: Vec<T>) -> Self {
        Self { first: None, more }
    }
}

impl<T> FromIterator<T> for SmallList<T> {
    #[inline]
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut things = things.into_iter();
        Self {
            first: things.next(),
            more: things.collect(),
        }
    }
}

impl<T> Extend<T> for SmallList<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, things: I) {
        things.into_iter().for_each(|thing| self.push(thing));
    }
}

impl<T> IntoIterator for SmallList<T> {
    type Item = T;
    type IntoIter = std::iter::Chain<option::IntoIter<T>, vec::IntoIter<T>>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::SmallList;

    #[test]
    fn things_come_out_in_the_order_in_which_they_went_in() {
        let mut list = SmallList::new();
        assert!(list.is_empty());
        (1..=3).for_each(|thing| list.push(thing));
        assert_eq!(list.iter().rev().copied().collect::<Vec<_>>(), [3, 2, 1]);
        let mut each = Vec::new();
        list.clone().each(|thing| each.push(thing));
        assert_eq!(each, [1, 2, 3]);
        assert_eq!(list.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn what_was_put_in_at_once_stays_in_order() {
        let mut list = SmallList::from(vec![1, 2]);
        list.extend([3]);
        assert_eq!(list.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
