//! What traces and their attempts did, in the one form in which spans and events are compared.

use std::collections::{BTreeMap, BTreeSet};

/// All traces of a case, and all of their attempts in order.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// By id.
    pub(crate) traces: BTreeMap<String, TraceEnd>,
    pub(crate) attempts: Vec<Attempt>,
}

/// How a trace ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TraceEnd {
    pub(crate) flow: String,
    pub(crate) outcome: String,
    pub(crate) status: &'static str,
    pub(crate) error: String,
}

/// An attempt, and the one that runs its playbook.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attempt {
    pub(crate) trace: String,
    pub(crate) node: String,
    pub(crate) at: Place,
    /// `None` in the trace itself.
    pub(crate) within: Option<Place>,
    pub(crate) status: &'static str,
    /// The kind of its error; empty if it has none.
    pub(crate) error: String,
    /// The events of the visit that are in the attempt, in order.
    pub(crate) events: Vec<String>,
}

/// A visit's step, and the number of the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) step: u64,
    pub(crate) attempt: u32,
}

impl Compared {
    /// What only this one has, a line each.
    pub(crate) fn beyond(&self, other: &Self) -> Vec<String> {
        let known: BTreeSet<_> = other.lines().collect();
        let lines = self.lines().filter(|line| !known.contains(line));
        lines.collect()
    }

    /// Lines that are all different.
    fn lines(&self) -> impl Iterator<Item = String> {
        let traces = self.traces.iter();
        let traces = traces.map(|(id, end)| {
            let TraceEnd {
                flow,
                outcome,
                status,
                error,
            } = end;
            format!("trace {id} of {flow}: {outcome}, status `{status}`, error `{error}`")
        });
        let attempts = self.attempts.iter().enumerate().map(|(place, attempt)| {
            // A playbook that is run again may do the same again.
            let equal = self.attempts[..place].iter().rev();
            let equal = equal.take_while(|other| *other == attempt).count();
            format!("{attempt:?} {equal}")
        });
        traces.chain(attempts)
    }

    /// How the traces and the attempts ended.
    pub(crate) fn endings(&self) -> impl Iterator<Item = String> {
        let traces = self.traces.values();
        let traces = traces.map(|end| format!("trace {}", end.outcome));
        let attempts = self.attempts.iter().map(|attempt| match &*attempt.error {
            "" => "attempt succeeded".to_owned(),
            error => format!("attempt {error}"),
        });
        let within = self.attempts.iter().filter_map(|attempt| attempt.within);
        let within = within.map(|_| "attempt in another".to_owned());
        traces.chain(attempts).chain(within)
    }
}
