//! The items of a map: those that wait for their turn, and the number of the others that are not
//! over.

use std::collections::VecDeque;

use super::step_slab::StepKey;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct MapWindow {
    waiting: VecDeque<StepKey>,
    total: usize,
    begun: usize,
}

impl MapWindow {
    /// A map of `total` items, whose last ones wait and whose others are over.
    pub(super) fn new(waiting: VecDeque<StepKey>, total: usize) -> Self {
        Self {
            waiting,
            total,
            begun: 0,
        }
    }

    /// How many items there are, whatever became of them.
    pub(super) fn len(&self) -> usize {
        self.total
    }

    /// The items that have not begun.
    pub(super) fn waiting(&self) -> impl Iterator<Item = StepKey> {
        self.waiting.iter().copied()
    }

    /// Takes out the items that have not begun.
    pub(super) fn drain(&mut self) -> VecDeque<StepKey> {
        std::mem::take(&mut self.waiting)
    }

    /// Whether every item has begun.
    pub(super) fn is_drained(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The next item, if no more than the limit run at once with it.
    pub(super) fn begin(&mut self, at_once: usize) -> Option<(u32, StepKey)> {
        if self.begun >= at_once {
            return None;
        }
        let step = self.waiting.pop_front()?;
        self.begun += 1;
        Some(((self.total - self.waiting.len() - 1) as u32, step))
    }

    /// So many items have begun and are not over: known from their steps, when read back.
    pub(super) fn set_begun(&mut self, items: usize) {
        self.begun = items;
    }

    /// An item is over.
    pub(super) fn end(&mut self) {
        self.begun = self.begun.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::MapWindow;

    #[test]
    fn an_item_begins_when_another_one_is_over() {
        let mut window = MapWindow::new([5, 6, 7].into(), 3);
        assert_eq!(window.begin(2), Some((0, 5)));
        assert_eq!(window.begin(2), Some((1, 6)));
        assert_eq!(window.begin(2), None);
        window.end();
        assert_eq!(window.begin(2), Some((2, 7)));
        assert!(window.is_drained());
        assert_eq!(window.len(), 3);
    }

    #[test]
    fn a_window_that_is_read_back_counts_on() {
        let mut window = MapWindow::new([9].into(), 4);
        window.set_begun(1);
        assert_eq!(window.begin(1), None);
        window.end();
        assert_eq!(window.begin(1), Some((3, 9)));
    }
}
