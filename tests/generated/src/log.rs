//! What nodes write down of their visits: the state of every generated flow.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penguiflow::{Ctx, TraceId};
use tokio::sync::watch;

/// A log that all nodes of a flow write to. Clones are the same log.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pages: Arc<Mutex<Pages>>,
    /// How many attempts have begun.
    begun: Arc<watch::Sender<usize>>,
}

#[derive(Debug, Default)]
struct Pages {
    visits: Vec<Visited>,
    /// The attempts that are running.
    inside: Vec<(TraceId, u16)>,
    /// For each node, the most attempts that ran at once.
    peaks: Vec<(u16, usize)>,
}

/// One attempt of a node, as the node saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visited {
    /// The node's number.
    pub node: u16,
    /// The attempt's number.
    pub attempt: u32,
    /// Its idempotency key.
    pub key: String,
}

impl Visited {
    /// The id of its step, with which its key ends.
    pub fn step(&self) -> u64 {
        let (_, step) = self.key.rsplit_once('-').expect("a trace and a step");
        u64::from_str_radix(step, 16).expect("a number")
    }
}

impl Log {
    /// All attempts so far, sorted.
    pub fn visits(&self) -> Vec<Visited> {
        let mut visits = self.pages().visits.clone();
        visits.sort();
        visits
    }

    /// Waits until more attempts than these have begun.
    pub async fn until_more_than(&self, attempts: usize) {
        let mut begun = self.begun.subscribe();
        let _ = begun.wait_for(|begun| *begun > attempts).await;
    }

    /// How many attempts of this trace are running.
    pub fn inside(&self, trace_id: TraceId) -> usize {
        let pages = self.pages();
        pages
            .inside
            .iter()
            .filter(|(id, _)| *id == trace_id)
            .count()
    }

    /// The most attempts that any visit of this node in this trace had.
    pub fn attempts(&self, trace_id: TraceId, node: u16) -> u32 {
        let trace_id = trace_id.to_string();
        let pages = self.pages();
        let is_meant = |visit: &&Visited| visit.node == node && visit.key.starts_with(&trace_id);
        let attempts = pages.visits.iter().filter(is_meant);
        attempts.map(|visit| visit.attempt + 1).max().unwrap_or(0)
    }

    /// Whether no attempt is running.
    pub fn is_quiet(&self) -> bool {
        self.pages().inside.is_empty()
    }

    /// The most attempts of a node that ran at once.
    pub fn peak(&self, node: u16) -> usize {
        let pages = self.pages();
        let peak = pages.peaks.iter().find(|(other, _)| *other == node);
        peak.map_or(0, |(_, peak)| *peak)
    }

    /// Notes an attempt, which runs until what this returns is dropped.
    pub(crate) fn enter(&self, node: u16, ctx: &Ctx) -> Inside {
        let mut pages = self.pages();
        pages.visits.push(Visited {
            node,
            attempt: ctx.attempt(),
            key: ctx.idempotency_key(),
        });
        pages.inside.push((ctx.trace_id(), node));
        pages.note_peak(node);
        self.begun.send_replace(pages.visits.len());
        Inside {
            log: self.clone(),
            place: (ctx.trace_id(), node),
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn note_peak(&mut self, node: u16) {
        let inside = self
            .inside
            .iter()
            .filter(|(_, other)| *other == node)
            .count();
        match self.peaks.iter_mut().find(|(other, _)| *other == node) {
            Some((_, peak)) => *peak = inside.max(*peak),
            None => self.peaks.push((node, inside)),
        }
    }
}

/// A running attempt.
pub(crate) struct Inside {
    log: Log,
    place: (TraceId, u16),
}

impl Drop for Inside {
    fn drop(&mut self) {
        let mut pages = self.log.pages();
        let place = pages.inside.iter().position(|place| *place == self.place);
        if let Some(place) = place {
            pages.inside.swap_remove(place);
        }
    }
}
