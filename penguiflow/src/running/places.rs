//! The places of the capacity, and the queue for them: first come, first served.

use std::collections::BTreeMap;
use std::task::Waker;

use tokio::task::Id;

/// A place of the capacity, as an emit sees it.
#[derive(Debug, Default)]
pub(super) enum Place {
    #[default]
    Wanted,
    Waiting(Turn),
    Held,
}

/// A place in the queue.
type Turn = u64;

pub(super) struct Places {
    all: usize,
    /// No place is free while somebody waits.
    free: usize,
    waiting: BTreeMap<Turn, Waker>,
    next: Turn,
    is_only_one: bool,
    /// The task that runs the trace which holds the only place.
    holder: Option<Id>,
}

impl Places {
    pub(super) fn new(places: usize) -> Self {
        Self {
            all: places,
            free: places,
            waiting: BTreeMap::new(),
            next: 0,
            is_only_one: places == 1,
            holder: None,
        }
    }

    /// A task runs the message that was given a place, which is asked for where there is only one.
    #[inline]
    pub(super) fn set_holder(&mut self, task: impl FnOnce() -> Option<Id>) {
        if self.is_only_one {
            self.holder = task();
        }
    }

    /// Whether this task runs the trace that holds the only place: then it waits for itself.
    pub(super) fn are_held_by(&self, task: Option<Id>) -> bool {
        task.is_some() && task == self.holder
    }

    /// How many places there are, how many are taken, and how many wait for one.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        (self.all, self.all - self.free, self.waiting.len())
    }

    /// Takes a free place, without waiting.
    #[inline]
    pub(super) fn try_take(&mut self) -> bool {
        let is_free = self.free > 0;
        self.free -= usize::from(is_free);
        is_free
    }

    /// Takes a place if one is free, or if the turn has come, and returns whether it is held.
    #[inline]
    pub(super) fn take(&mut self, place: &mut Place) -> bool {
        let is_held = match place {
            Place::Wanted => self.try_take(),
            Place::Waiting(turn) => !self.waiting.contains_key(turn),
            Place::Held => true,
        };
        if is_held {
            *place = Place::Held;
        }
        is_held
    }

    /// Gives a place back: the first of those who wait has it from now on, and is to be woken.
    #[inline]
    pub(super) fn give_back(&mut self) -> Option<Waker> {
        self.holder = None;
        // Mostly nobody waits.
        if self.waiting.is_empty() {
            self.free += 1;
            return None;
        }
        self.waiting.pop_first().map(|(_, waker)| waker)
    }

    /// Joins the queue, or keeps waiting, and returns the waker that is no longer needed.
    pub(super) fn wait(&mut self, place: &mut Place, waker: Waker) -> Option<Waker> {
        let turn = match place {
            Place::Waiting(turn) => *turn,
            Place::Wanted | Place::Held => {
                self.next += 1;
                self.next
            }
        };
        *place = Place::Waiting(turn);
        self.waiting.insert(turn, waker)
    }

    /// Leaves the queue, or gives back the place that it got. Returns the waker to drop, and the
    /// one to wake.
    pub(super) fn give_up(&mut self, place: &mut Place) -> (Option<Waker>, Option<Waker>) {
        let own = match std::mem::take(place) {
            Place::Wanted => return (None, None),
            Place::Waiting(turn) => self.waiting.remove(&turn),
            Place::Held => None,
        };
        match own {
            Some(own) => (Some(own), None),
            None => (None, self.give_back()),
        }
    }

    /// Wakes all that wait: there will be no place.
    pub(super) fn send_away(&mut self) -> impl Iterator<Item = Waker> + use<> {
        std::mem::take(&mut self.waiting).into_values()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::{Place, Places};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_place_goes_to_who_came_first() {
        let mut places = Places::new(1);
        let count = Arc::new(Count::default());
        let (mut first, mut second) = (Place::default(), Place::default());
        assert!(places.try_take() && !places.take(&mut first));
        places.wait(&mut first, Waker::from(Arc::clone(&count)));
        places.wait(&mut second, Waker::noop().clone());
        places.give_back().expect("it is woken").wake();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert!(!places.try_take(), "the place is the first one's");
        assert!(!places.take(&mut second) && places.take(&mut first));
    }

    #[test]
    fn who_gives_up_passes_the_place_on() {
        let mut places = Places::new(1);
        assert!(places.try_take());
        let (mut first, mut second) = (Place::default(), Place::default());
        places.wait(&mut first, Waker::noop().clone());
        places.wait(&mut second, Waker::noop().clone());
        places.give_back();
        assert!(
            places.give_up(&mut first).1.is_some(),
            "the second is woken"
        );
        assert!(places.give_up(&mut second).1.is_none());
        assert!(places.try_take());
    }
}
