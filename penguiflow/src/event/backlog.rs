//! The events that were pushed, and each reader's position in them: batches, losses, marks. Plain
//! data: the lock around it and the readers' threads belong to the log.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many items a reader may be behind; further ones are lost to it.
pub(super) const LIMIT: usize = 1 << 16;

/// How many items a list keeps room for while nothing happens.
const KEPT: usize = 128;

/// One list of items for all readers. A reader is known by its number.
pub(super) struct Backlog<T, M> {
    /// Pushed, and not yet in the readers' queues.
    fresh: Vec<T>,
    /// How many more may be pushed until some reader could be too far behind.
    room: usize,
    readers: Vec<Reader<T, M>>,
    /// An empty list to push into next.
    spare: Vec<T>,
}

struct Reader<T, M> {
    queue: VecDeque<Delivery<T, M>>,
    delivered: usize,
    /// How many items of the deliveries it has done with.
    seen: Arc<AtomicUsize>,
    /// Whether it is too far behind: until half of that is done, what comes is lost to it.
    is_behind: bool,
    /// Lost and not yet reported to it.
    lost: u64,
    /// Lost and reported.
    reported: u64,
    is_gone: bool,
}

/// A delivery to a reader, in the order of the events.
pub(super) enum Delivery<T, M> {
    /// Items, which the readers share.
    Items(Arc<Vec<T>>),
    /// So many items were lost.
    Lost(u64),
    /// The mark: all events before it have been delivered.
    Mark(M),
}

impl<T, M> Default for Backlog<T, M> {
    fn default() -> Self {
        Self {
            fresh: Vec::new(),
            room: 0,
            readers: Vec::new(),
            spare: Vec::new(),
        }
    }
}

impl<T, M: Clone> Backlog<T, M> {
    /// Adds a reader of what comes from now on: its number, and the count of what it has seen.
    pub(super) fn join(&mut self) -> (usize, Arc<AtomicUsize>) {
        self.deliver();
        let reader = Reader::new();
        let seen = Arc::clone(&reader.seen);
        self.readers.push(reader);
        self.measure();
        (self.readers.len() - 1, seen)
    }

    /// The reader reads no more.
    pub(super) fn leave(&mut self, reader: usize) {
        let reader = &mut self.readers[reader];
        reader.is_gone = true;
        reader.queue = VecDeque::new();
        self.measure();
    }

    /// Pushes what this makes.
    #[inline]
    pub(super) fn push(&mut self, item: impl FnOnce() -> T) {
        if self.room == 0 && !self.finds_room() {
            return;
        }
        self.room -= 1;
        self.fresh.push(item());
    }

    /// Whether any reader can take another item. If none can, it is lost to them all.
    #[cold]
    fn finds_room(&mut self) -> bool {
        self.deliver();
        if self.room == 0 {
            for reader in &mut self.readers {
                reader.lost += 1;
            }
        }
        self.room > 0
    }

    /// Moves what is fresh into the queues of the readers that are not too far behind.
    pub(super) fn deliver(&mut self) {
        if !self.fresh.is_empty() {
            let spare = mem::take(&mut self.spare);
            let items = Arc::new(mem::replace(&mut self.fresh, spare));
            for reader in &mut self.readers {
                reader.deliver(&items);
            }
        }
        self.measure();
    }

    /// Which readers are too far behind, and how soon the next one could be.
    fn measure(&mut self) {
        let rooms = self.readers.iter_mut().map(Reader::measure);
        self.room = rooms.filter(|room| *room > 0).min().unwrap_or(0);
    }

    /// The next delivery in the reader's own queue.
    pub(super) fn take(&mut self, reader: usize) -> Option<Delivery<T, M>> {
        self.readers[reader].queue.pop_front()
    }

    /// Marks in each reader's queue how far everything was pushed.
    pub(super) fn mark(&mut self, mark: &M) {
        self.deliver();
        for reader in self.readers.iter_mut().filter(|reader| !reader.is_gone) {
            reader.report_loss();
            reader.queue.push_back(Delivery::Mark(mark.clone()));
        }
    }

    /// How many items were lost to each reader that still reads.
    pub(super) fn lost(&self) -> impl Iterator<Item = u64> {
        let readers = self.readers.iter().filter(|reader| !reader.is_gone);
        readers.map(|reader| reader.reported + reader.lost)
    }

    /// Takes back items that a reader has done with, if it was the last one: the list they
    /// stood in is used again.
    pub(super) fn recycle(&mut self, items: Vec<T>) {
        debug_assert!(items.is_empty(), "items are dropped outside of the lock");
        if items.capacity() > self.spare.capacity() {
            self.spare = items;
        }
    }

    /// Gives back the memory of the lists, but for a few items.
    pub(super) fn shrink(&mut self) {
        self.fresh.shrink_to(KEPT);
        self.spare.shrink_to(KEPT);
    }
}

impl<T, M> Reader<T, M> {
    fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            delivered: 0,
            seen: Arc::default(),
            is_behind: false,
            lost: 0,
            reported: 0,
            is_gone: false,
        }
    }

    fn deliver(&mut self, items: &Arc<Vec<T>>) {
        if self.is_gone {
            return;
        }
        if self.is_behind {
            self.lost += items.len() as u64;
            return;
        }
        self.delivered = self.delivered.wrapping_add(items.len());
        self.queue.push_back(Delivery::Items(Arc::clone(items)));
    }

    /// How many more items it takes. One that was too far behind goes on when half of what
    /// it has is done, lest it be given items one by one.
    fn measure(&mut self) -> usize {
        if self.is_gone {
            return 0;
        }
        let seen = self.seen.load(Ordering::Relaxed);
        let behind = self.delivered.wrapping_sub(seen);
        let limit = if self.is_behind { LIMIT / 2 } else { LIMIT };
        self.is_behind = behind >= limit;
        if self.is_behind {
            return 0;
        }
        self.report_loss();
        LIMIT - behind
    }

    fn report_loss(&mut self) {
        if self.lost > 0 {
            self.reported += self.lost;
            self.queue
                .push_back(Delivery::Lost(mem::take(&mut self.lost)));
        }
    }
}

#[cfg(test)]
mod tests;
