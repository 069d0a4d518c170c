//! Merges the cursors of branches into that of the branch after their join.

use std::sync::Arc;

use tokio::time::Instant;

use super::cursor::Cursor;
use super::trace_context::TraceContext;
use crate::graph::HeaderRule;
use crate::message::Envelope;

impl<'t> Cursor<'t> {
    /// Merges the cursors of branches that set out from here: takes the envelope of the first of
    /// them, the headers that later ones add, the earliest deadline, and the most rounds.
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
        if self.trace.adds_headers() {
            let later = branches.iter().skip(1);
            later.for_each(|branch| self.add_headers(branch.envelope()));
        }
        if deadline != self.envelope().deadline() {
            self.own_envelope().set_deadline(deadline);
        }
        self.is_quiet = self.trace.is_quiet && deadline.is_none();
    }

    /// Adds the headers that it lacks, and a later branch has.
    fn add_headers(&mut self, later: &Envelope) {
        if self.envelope().lacks_headers_of(later) {
            self.own_envelope().add_headers(later.headers());
        }
    }
}

impl TraceContext<'_> {
    /// Whether later inputs of a join add headers to those of the first one.
    fn adds_headers(&self) -> bool {
        self.flow.graph.headers == HeaderRule::All
    }

    /// The envelope of a branch.
    fn envelope_of<'a>(&'a self, own: &'a Option<Arc<Envelope>>) -> &'a Envelope {
        own.as_deref().unwrap_or(self.envelope)
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
    /// The places and own envelopes of later ones, as far as they may add headers.
    later: Vec<(usize, Option<Arc<Envelope>>)>,
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
            later: Vec::new(),
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
        let deadlines = [before, self.trace.envelope_of(&own).deadline()];
        self.deadline = Some(deadlines.into_iter().flatten().min());
        let later = match place < self.first {
            true => (
                std::mem::replace(&mut self.first, place),
                std::mem::replace(&mut self.own, own),
            ),
            false => (place, own),
        };
        if !is_alone && self.may_add(&later.1) {
            self.later.push(later);
        }
    }

    /// Whether a later branch has headers that the first one lacks. What the first one has is not
    /// taken from any other, whichever is first in the end.
    fn may_add(&self, later: &Option<Arc<Envelope>>) -> bool {
        let [first, later] = [&self.own, later].map(|own| self.trace.envelope_of(own));
        self.trace.adds_headers() && first.lacks_headers_of(later)
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
        let mut later = self.later;
        later.sort_unstable_by_key(|(place, _)| *place);
        for (_, own) in &later {
            cursor.add_headers(self.trace.envelope_of(own));
        }
        if deadline != cursor.envelope().deadline() {
            cursor.own_envelope().set_deadline(deadline);
        }
        cursor.is_quiet = self.trace.is_quiet && deadline.is_none();
    }
}
