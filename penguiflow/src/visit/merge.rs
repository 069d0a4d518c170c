//! Merges the cursors of branches into that of the branch after their join.

use std::sync::Arc;

use tokio::time::Instant;

use super::cursor::Cursor;
use super::trace_context::TraceContext;
use crate::message::Envelope;

impl<'t> Cursor<'t> {
    /// Merges the cursors of branches that set out from here: takes the envelope of the first of
    /// them, the earliest deadline, and the most rounds.
    #[inline]
    pub fn merge(&mut self, join: u32, branches: &mut [&mut Self]) {
        self.id = self.id.child(u32::MAX - join);
        if let Some(hops) = branches.iter().map(|branch| branch.hops).max() {
            self.hops = hops;
        }
        if branches.iter().any(|branch| branch.own.is_some()) {
            self.merge_envelopes(branches);
        }
    }

    /// The same for the branches that arrived, by their places. Returns their values, in the order
    /// in which they arrived.
    pub fn merge_first<T>(
        &mut self,
        join: u32,
        came: Vec<(usize, T)>,
        slots: &[usize],
        branches: &mut [&mut Self],
    ) -> Vec<T> {
        let branches = branches.iter_mut().enumerate();
        let branches = branches.filter(|(place, _)| came.iter().any(|(came, _)| came == place));
        let mut branches: Vec<_> = branches.collect();
        branches.sort_by_key(|(place, _)| slots[*place]);
        let mut branches: Vec<_> = branches
            .into_iter()
            .map(|(_, branch)| &mut **branch)
            .collect();
        self.merge(join, &mut branches);
        came.into_iter().map(|(_, value)| value).collect()
    }

    /// The same for cursors that arrived one by one.
    pub(crate) fn merge_all(&mut self, join: u32, mut branches: Vec<Self>) {
        let mut branches: Vec<_> = branches.iter_mut().collect();
        self.merge(join, &mut branches);
    }

    #[cold]
    fn merge_envelopes(&mut self, branches: &mut [&mut Self]) {
        let deadlines = branches.iter().map(|branch| branch.envelope().deadline());
        let deadline = deadlines.flatten().min();
        self.own = branches[0].own.take();
        if deadline != self.envelope().deadline() {
            self.own_envelope().set_deadline(deadline);
        }
        self.is_quiet = self.trace.is_quiet && deadline.is_none();
    }
}

/// The part of a branch's cursor that counts at a join: to move all of a cursor out of an item's
/// future takes longer than the rest of a short item.
#[doc(hidden)]
#[derive(Debug)]
pub struct Arrival {
    own: Option<Arc<Envelope>>,
    hops: u32,
}

impl Cursor<'_> {
    /// The branch is over.
    #[inline]
    #[must_use]
    pub fn arrive(self) -> Arrival {
        Arrival {
            own: self.own,
            hops: self.hops,
        }
    }
}

/// The merged cursor of a join's branches, taken up one by one: for items, of which there may be
/// many, and few have an envelope of their own.
pub(crate) struct CursorMerge<'t> {
    /// The place of the first of them, and its own envelope.
    first: usize,
    own: Option<Arc<Envelope>>,
    hops: u32,
    /// The earliest deadline of those that were looked at, once one has its own envelope.
    deadline: Option<Option<Instant>>,
    trace: &'t TraceContext<'t>,
}

impl<'t> CursorMerge<'t> {
    pub(crate) fn new(cursor: &Cursor<'t>) -> Self {
        Self {
            first: usize::MAX,
            own: None,
            hops: cursor.hops,
            deadline: None,
            trace: cursor.trace,
        }
    }

    /// One more branch has come, from this place.
    #[inline]
    pub(crate) fn add(&mut self, place: usize, arrival: Arrival) {
        self.hops = self.hops.max(arrival.hops);
        if arrival.own.is_some() || self.deadline.is_some() {
            self.add_own(place, arrival.own);
        } else {
            self.first = self.first.min(place);
        }
    }

    #[cold]
    fn add_own(&mut self, place: usize, own: Option<Arc<Envelope>>) {
        let is_alone = self.first == usize::MAX;
        let before = match (self.deadline, is_alone) {
            (Some(deadline), _) => deadline,
            (None, true) => None,
            (None, false) => self.trace.envelope.deadline(),
        };
        let envelope = own.as_deref().unwrap_or(self.trace.envelope);
        let deadlines = [before, envelope.deadline()];
        self.deadline = Some(deadlines.into_iter().flatten().min());
        if place < self.first {
            self.first = place;
            self.own = own;
        }
    }

    /// Goes on as what they have become.
    pub(crate) fn merge(self, cursor: &mut Cursor<'t>, join: u32) {
        cursor.id = cursor.id.child(u32::MAX - join);
        if self.first == usize::MAX {
            return;
        }
        cursor.hops = self.hops;
        let Some(deadline) = self.deadline else {
            return;
        };
        cursor.own = self.own;
        if deadline != cursor.envelope().deadline() {
            cursor.own_envelope().set_deadline(deadline);
        }
        cursor.is_quiet = self.trace.is_quiet && deadline.is_none();
    }
}
