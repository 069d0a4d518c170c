//! What traces and their attempts did, in the one form in which spans and events are compared.

use std::collections::BTreeMap;

/// All traces of a case, and all of their attempts in order.
#[derive(Debug, Default, PartialEq, Eq)]
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
