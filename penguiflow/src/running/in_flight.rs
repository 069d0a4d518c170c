//! The messages in flight: one table from emit to fetch, with an index by trace id.
//!
//! Adding, finding and removing a message cost the same however many are in flight, and however
//! many of them share a trace: the index is made of links between the entries themselves, so a
//! message costs no allocation of its own.

use std::hash::{BuildHasher, RandomState};
use std::task::Waker;

use crate::message::{Envelope, TraceId};

/// The number of an emit, counted from 0.
pub(super) type Number = u64;

/// Where a message is in the table. Places are used again, numbers are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MessageKey {
    place: u32,
    pub(super) number: Number,
}

/// A message between its emit and its answer.
pub(super) struct InFlight {
    pub(super) number: Number,
    pub(super) envelope: Envelope,
    /// The task that its trace has for itself, once it has waited.
    pub(super) task: Option<Waker>,
    /// Whether it holds a place of the capacity: not while its trace is parked.
    pub(super) has_place: bool,
    /// Whether it waits at an `await`.
    pub(super) is_parked: bool,
    /// Whether its caller runs it, and no result waits for it.
    pub(super) is_call: bool,
}

impl InFlight {
    pub(super) fn new(number: Number, envelope: Envelope) -> Self {
        Self {
            number,
            envelope,
            task: None,
            has_place: true,
            is_parked: false,
            is_call: false,
        }
    }

    /// Calls have numbers of their own, down from the last, so that results that come in the order of
    /// the emits do not wait for them.
    pub(super) fn of_call(number: Number, envelope: Envelope) -> Self {
        Self {
            is_call: true,
            ..Self::new(Number::MAX - number, envelope)
        }
    }
}

/// No entry.
const NONE: u32 = u32::MAX;

/// The memory that a table keeps when it drains.
const KEPT: usize = 64;

pub(super) struct InFlightTable {
    entries: Vec<Entry>,
    /// The first vacant entry.
    vacant: u32,
    /// For each hash, the first entry of the chain of those that have it. A power of two of them,
    /// and no fewer than entries.
    chains: Vec<u32>,
    len: usize,
    /// The hasher of trace ids: senders choose the ids, and must not choose the chains.
    keys: [u64; 2],
}

enum Entry {
    Vacant { next: u32 },
    Taken { message: InFlight, links: Links },
}

/// The neighbours in the chain.
#[derive(Clone, Copy)]
struct Links {
    before: u32,
    after: u32,
}

impl InFlightTable {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            vacant: NONE,
            chains: Vec::new(),
            len: 0,
            keys: [
                RandomState::new().hash_one(0),
                RandomState::new().hash_one(1),
            ],
        }
    }

    /// Adds a message.
    #[inline]
    pub(super) fn insert(&mut self, message: InFlight) -> MessageKey {
        let (number, trace_id) = (message.number, message.envelope.trace_id);
        self.len += 1;
        if self.vacant == NONE {
            self.grow();
        }
        let place = self.vacant;
        let links = self.link(place, trace_id);
        let taken = Entry::Taken { message, links };
        if let Entry::Vacant { next } = std::mem::replace(&mut self.entries[place as usize], taken)
        {
            self.vacant = next;
        }
        MessageKey { place, number }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, key: MessageKey) -> Option<&mut InFlight> {
        match self.entries.get_mut(key.place as usize)? {
            Entry::Taken { message, .. } if message.number == key.number => Some(message),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn get(&self, key: MessageKey) -> Option<&InFlight> {
        match self.entries.get(key.place as usize)? {
            Entry::Taken { message, .. } if message.number == key.number => Some(message),
            _ => None,
        }
    }

    /// Takes a message out of the table, if it is still there.
    #[inline]
    pub(super) fn remove(&mut self, key: MessageKey) -> Option<InFlight> {
        self.get(key)?;
        let vacant = Entry::Vacant { next: self.vacant };
        let taken = std::mem::replace(&mut self.entries[key.place as usize], vacant);
        self.vacant = key.place;
        self.len -= 1;
        let Entry::Taken { message, links } = taken else {
            return None;
        };
        self.unlink(links, message.envelope.trace_id);
        if self.len == 0 && self.entries.len() > KEPT {
            self.give_memory_back();
        }
        Some(message)
    }

    /// All messages, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &InFlight> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Taken { message, .. } => Some(message),
            Entry::Vacant { .. } => None,
        })
    }

    /// The messages of this trace, or all, in the order of their emits.
    pub(super) fn keys_of(&self, trace_id: Option<TraceId>) -> Vec<MessageKey> {
        let places: Vec<_> = match trace_id {
            Some(trace_id) => self.chain(trace_id).collect(),
            None => (0..self.entries.len() as u32).collect(),
        };
        let keys = places.into_iter();
        let mut keys: Vec<_> = keys
            .filter_map(|place| self.key_at(place, trace_id))
            .collect();
        keys.sort_unstable_by_key(|key| key.number);
        keys
    }

    fn key_at(&self, place: u32, trace_id: Option<TraceId>) -> Option<MessageKey> {
        let Entry::Taken { message, .. } = &self.entries[place as usize] else {
            return None;
        };
        let is_meant = trace_id.is_none_or(|id| id == message.envelope.trace_id);
        is_meant.then_some(MessageKey {
            place,
            number: message.number,
        })
    }

    fn chain(&self, trace_id: TraceId) -> impl Iterator<Item = u32> {
        let first = match self.chains.is_empty() {
            true => NONE,
            false => self.chains[self.hash(trace_id)],
        };
        let is_there = |place: &u32| *place != NONE;
        let after = move |place: &u32| match &self.entries[*place as usize] {
            Entry::Taken { links, .. } => Some(links.after).filter(is_there),
            Entry::Vacant { .. } => None,
        };
        std::iter::successors(Some(first).filter(is_there), after)
    }

    #[inline]
    fn hash(&self, trace_id: TraceId) -> usize {
        let bits = trace_id.to_u128();
        let low = (bits as u64).wrapping_mul(self.keys[0] | 1);
        let high = ((bits >> 64) as u64).wrapping_mul(self.keys[1] | 1);
        // The upper half of a product depends on all bits of the factor.
        (low.wrapping_add(high) >> 32) as usize & (self.chains.len() - 1)
    }

    /// Puts an entry at the front of its chain.
    #[inline]
    fn link(&mut self, place: u32, trace_id: TraceId) -> Links {
        let hash = self.hash(trace_id);
        let after = std::mem::replace(&mut self.chains[hash], place);
        self.set_before(after, place);
        Links {
            before: NONE,
            after,
        }
    }

    #[inline]
    fn unlink(&mut self, Links { before, after }: Links, trace_id: TraceId) {
        match self.entries.get_mut(before as usize) {
            Some(Entry::Taken { links, .. }) => links.after = after,
            _ => {
                let hash = self.hash(trace_id);
                self.chains[hash] = after;
            }
        }
        self.set_before(after, before);
    }

    #[inline]
    fn set_before(&mut self, place: u32, before: u32) {
        if let Some(Entry::Taken { links, .. }) = self.entries.get_mut(place as usize) {
            links.before = before;
        }
    }

    /// Makes room for one more entry.
    #[cold]
    fn grow(&mut self) {
        self.vacant = self.entries.len() as u32;
        self.entries.push(Entry::Vacant { next: NONE });
        if self.chains.len() < self.entries.len() {
            self.chains = vec![NONE; self.entries.len().next_power_of_two().max(8)];
            self.link_all();
        }
    }

    fn link_all(&mut self) {
        for place in 0..self.entries.len() {
            let Entry::Taken { message, .. } = &self.entries[place] else {
                continue;
            };
            let new = self.link(place as u32, message.envelope.trace_id);
            if let Entry::Taken { links, .. } = &mut self.entries[place] {
                *links = new;
            }
        }
    }

    #[cold]
    fn give_memory_back(&mut self) {
        let keys = self.keys;
        *self = Self {
            keys,
            ..Self::new()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{InFlight, InFlightTable, MessageKey};
    use crate::message::{Envelope, Message, TraceId};

    fn id(bits: u128) -> TraceId {
        TraceId::from_u128(bits).expect("it is not zero")
    }

    fn message(number: u64, trace_id: TraceId) -> InFlight {
        let (_, envelope) = Envelope::of(Message::new(()).trace_id(trace_id));
        InFlight::new(number, envelope)
    }

    fn numbers(keys: &[MessageKey]) -> Vec<u64> {
        keys.iter().map(|key| key.number).collect()
    }

    #[test]
    fn a_removed_message_is_found_by_nothing() {
        let mut table = InFlightTable::new();
        let key = table.insert(message(0, id(7)));
        assert_eq!(numbers(&table.keys_of(Some(id(7)))), [0]);
        assert!(table.remove(key).is_some());
        assert!(table.remove(key).is_none() && table.get(key).is_none());
        assert!(table.keys_of(Some(id(7))).is_empty() && table.keys_of(None).is_empty());
    }

    #[test]
    fn a_place_that_is_used_again_is_not_the_old_messages() {
        let mut table = InFlightTable::new();
        let old = table.insert(message(0, id(1)));
        table.remove(old);
        let new = table.insert(message(1, id(1)));
        assert!(table.get(old).is_none() && table.remove(old).is_none());
        assert_eq!(table.get(new).map(|message| message.number), Some(1));
    }

    #[test]
    fn the_messages_of_a_trace_come_in_the_order_of_their_emits() {
        let mut table = InFlightTable::new();
        let keys: Vec<_> = (0..100)
            .map(|number| table.insert(message(number, id(u128::from(number % 3) + 1))))
            .collect();
        table.remove(keys[4]);
        table.remove(keys[97]);
        table.insert(message(100, id(2)));
        let of_two = (0..100).filter(|n| n % 3 == 1 && *n != 4 && *n != 97);
        let expected: Vec<_> = of_two.chain([100]).collect();
        assert_eq!(numbers(&table.keys_of(Some(id(2)))), expected);
        assert_eq!(table.keys_of(None).len(), 99);
    }

    #[test]
    fn whatever_is_removed_the_others_are_found() {
        let mut table = InFlightTable::new();
        let mut dice = fastrand::Rng::with_seed(7);
        let mut there = Vec::new();
        for number in 0..10_000 {
            let trace_id = id(dice.u128(1..200));
            there.push((table.insert(message(number, trace_id)), trace_id));
            if dice.bool() {
                let (key, _) = there.swap_remove(dice.usize(..there.len()));
                assert!(table.remove(key).is_some());
            }
        }
        for (key, trace_id) in &there {
            assert!(table.keys_of(Some(*trace_id)).contains(key));
        }
        assert_eq!(table.keys_of(None).len(), there.len());
    }

    #[test]
    fn a_drained_table_gives_its_memory_back() {
        let mut table = InFlightTable::new();
        let trace_ids = (0..1000).map(|number| (number, TraceId::random()));
        let keys: Vec<_> = trace_ids
            .map(|(number, trace_id)| table.insert(message(number, trace_id)))
            .collect();
        for key in keys {
            table.remove(key);
        }
        assert_eq!((table.entries.capacity(), table.chains.capacity()), (0, 0));
        table.insert(message(1000, id(1)));
        assert_eq!(table.keys_of(Some(id(1))).len(), 1);
    }
}
