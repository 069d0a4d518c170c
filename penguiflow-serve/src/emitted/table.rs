//! The bookkeeping of handed over messages. Plain data, without task or clock of its own.

use std::collections::{HashMap, VecDeque};
use std::time::SystemTime;

use penguiflow::host::{
    HostError, HostedState, ParkedStep, TraceDetail, TraceFault, TraceFilter, TraceSummary,
};
use penguiflow::{ErrorKind, NodeError, TraceId};
use serde_json::Value;

/// How many traces are listed where the filter does not say.
const LISTED: usize = 100;

#[derive(Debug)]
pub(super) struct Table {
    traces: HashMap<TraceId, Entry>,
    keys: HashMap<String, TraceId>,
    /// Those that are over, the first that ended is first.
    ended: VecDeque<TraceId>,
    emitted: i64,
    kept: usize,
}

/// A message that is handed over.
pub(super) struct NewTrace {
    pub(super) id: TraceId,
    pub(super) tenant: Option<String>,
    pub(super) key: Option<String>,
    pub(super) print: u64,
}

/// What there is to do for a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Its trace is to be begun.
    New,
    /// It was begun before, under its key.
    Earlier(TraceId),
    /// Its key has another body.
    KeyOfAnother,
    /// Somebody is about to begin it, and may be refused.
    UnderWay,
}

#[derive(Debug)]
struct Entry {
    summary: TraceSummary,
    key: Option<String>,
    print: u64,
    is_begun: bool,
    output: Option<String>,
}

/// How a trace ended, as plain data.
pub(super) struct Ended {
    state: HostedState,
    output: Option<String>,
    error: Option<TraceFault>,
}

impl Table {
    pub(super) fn new(kept: usize) -> Self {
        Self {
            traces: HashMap::new(),
            keys: HashMap::new(),
            ended: VecDeque::new(),
            emitted: 0,
            kept,
        }
    }

    /// Notes a message, unless it was begun under its key.
    pub(super) fn admit(&mut self, new: &NewTrace) -> Admission {
        let earlier = new.key.as_ref().and_then(|key| self.keys.get(key));
        if let Some(earlier) = earlier.and_then(|id| self.traces.get(id)) {
            return match earlier {
                earlier if earlier.print != new.print => Admission::KeyOfAnother,
                earlier if earlier.is_begun => Admission::Earlier(earlier.summary.id),
                _ => Admission::UnderWay,
            };
        }
        self.emitted += 1;
        let mut summary = TraceSummary::new(new.id, self.emitted, SystemTime::now());
        summary.tenant.clone_from(&new.tenant);
        let entry = Entry {
            summary,
            key: new.key.clone(),
            print: new.print,
            is_begun: false,
            output: None,
        };
        if let Some(key) = &new.key {
            self.keys.insert(key.clone(), new.id);
        }
        self.traces.insert(new.id, entry);
        Admission::New
    }

    pub(super) fn begun(&mut self, id: TraceId) {
        if let Some(entry) = self.traces.get_mut(&id) {
            entry.is_begun = true;
        }
    }

    /// A message that was not taken.
    pub(super) fn forget(&mut self, id: TraceId) {
        let entry = self.traces.remove(&id);
        if let Some(key) = entry.and_then(|entry| entry.key) {
            self.keys.remove(&key);
        }
    }

    /// Keeps how a trace ended, and forgets the one that ended first, if there are too many.
    pub(super) fn end(&mut self, id: TraceId, ended: Ended) {
        let Some(entry) = self.traces.get_mut(&id) else {
            return;
        };
        entry.is_begun = true;
        entry.summary.state = ended.state;
        entry.summary.updated = SystemTime::now();
        entry.summary.error = ended.error;
        entry.output = ended.output;
        self.ended.push_back(id);
        if self.ended.len() > self.kept
            && let Some(first) = self.ended.pop_front()
        {
            self.forget(first);
        }
    }

    /// A trace; these steps of the flow are parked.
    pub(super) fn detail(&self, id: TraceId, parked: &[ParkedStep]) -> Option<TraceDetail> {
        let entry = self.traces.get(&id)?;
        let mut detail = TraceDetail::new(entry.summary.clone());
        let waits = parked.iter().filter(|step| step.trace_id == id);
        detail.waits = waits.cloned().collect();
        park(&mut detail.summary, &detail.waits);
        detail.key.clone_from(&entry.key);
        let output = entry.output.as_deref();
        let output = output.map(|json| serde_json::from_str(json).unwrap_or(Value::Null));
        detail.outputs.extend(output);
        Some(detail)
    }

    /// Those that fit, the last that was emitted first; these steps of the flow are parked.
    pub(super) fn summaries(
        &self,
        filter: &TraceFilter,
        parked: &[ParkedStep],
    ) -> Vec<TraceSummary> {
        let mut waits: HashMap<TraceId, Vec<&ParkedStep>> = HashMap::new();
        for step in parked {
            waits.entry(step.trace_id).or_default().push(step);
        }
        let summaries = self.traces.values().map(|entry| {
            let mut summary = entry.summary.clone();
            let waits = waits.get(&summary.id).into_iter().flatten();
            park(&mut summary, waits.copied());
            summary
        });
        let mut fitting: Vec<_> = summaries.filter(|summary| fits(summary, filter)).collect();
        fitting.sort_by_key(|summary| -summary.seq);
        let limit = match filter.limit {
            0 => LISTED,
            limit => limit as usize,
        };
        fitting.truncate(limit);
        fitting
    }
}

/// A trace that waits for these is parked, unless it is over by now.
pub(crate) fn park<'s>(
    summary: &mut TraceSummary,
    waits: impl IntoIterator<Item = &'s ParkedStep>,
) {
    let nodes = waits.into_iter().map(|step| step.node.clone());
    summary.parked_at = nodes.collect();
    if !summary.parked_at.is_empty() && !summary.state.has_ended() {
        summary.state = HostedState::Parked;
    }
}

fn fits(summary: &TraceSummary, filter: &TraceFilter) -> bool {
    let is_in_state = filter.states.is_empty() || filter.states.contains(&summary.state);
    let is_before = filter.before.is_none_or(|before| summary.seq < before);
    let is_found = filter.search.as_ref().is_none_or(|text| {
        let error = summary.error.as_ref();
        let texts = [
            summary.tenant.as_ref(),
            error.map(|error| &error.kind),
            error.map(|error| &error.message),
        ];
        summary.id.to_string().starts_with(text.as_str())
            || texts
                .into_iter()
                .flatten()
                .any(|found| found.contains(text.as_str()))
    });
    is_in_state && is_before && is_found
}

impl Ended {
    pub(super) fn of(ended: Result<String, HostError>) -> Self {
        let error = match ended {
            Ok(output) => {
                return Self {
                    state: HostedState::Completed,
                    output: Some(output),
                    error: None,
                };
            }
            Err(error) => error,
        };
        let kind = match &error {
            HostError::TraceFailed(error) => Some(error.kind()),
            _ => None,
        };
        Self {
            state: match kind {
                Some(ErrorKind::Cancelled) => HostedState::Cancelled,
                Some(ErrorKind::Filtered) => HostedState::Filtered,
                _ => HostedState::Failed,
            },
            output: None,
            error: Some(fault(&error)),
        }
    }
}

fn fault(error: &HostError) -> TraceFault {
    let HostError::TraceFailed(error) = error else {
        return TraceFault::new("internal", error.to_string());
    };
    let described = NodeError::from(error);
    let mut fault = TraceFault::new(described.kind.as_str(), described.message);
    fault.node = described.node;
    fault.path = described.path;
    fault.attempts = described.attempts;
    fault.causes = described.causes;
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(key: Option<&str>, print: u64) -> NewTrace {
        NewTrace {
            id: TraceId::random(),
            tenant: None,
            key: key.map(str::to_owned),
            print,
        }
    }

    fn completed() -> Ended {
        Ended::of(Ok("7".to_owned()))
    }

    #[test]
    fn a_key_is_the_trace_that_was_begun_under_it() {
        let mut table = Table::new(10);
        let first = new(Some("k"), 1);
        assert_eq!(table.admit(&first), Admission::New);
        assert_eq!(table.admit(&new(Some("k"), 1)), Admission::UnderWay);
        table.begun(first.id);
        assert_eq!(
            table.admit(&new(Some("k"), 1)),
            Admission::Earlier(first.id)
        );
        assert_eq!(table.admit(&new(Some("k"), 2)), Admission::KeyOfAnother);
        assert_eq!(table.admit(&new(Some("other"), 2)), Admission::New);
        assert_eq!(table.admit(&new(None, 1)), Admission::New);
    }

    #[test]
    fn a_message_that_was_refused_leaves_its_key_free() {
        let mut table = Table::new(10);
        let first = new(Some("k"), 1);
        assert_eq!(table.admit(&first), Admission::New);
        table.forget(first.id);
        assert_eq!(table.admit(&new(Some("k"), 2)), Admission::New);
    }

    #[test]
    fn so_many_results_are_kept_and_what_runs_in_any_case() {
        let mut table = Table::new(2);
        let traces: Vec<_> = (0..4).map(|n| new(Some(&n.to_string()), n)).collect();
        for trace in &traces {
            assert_eq!(table.admit(trace), Admission::New);
            table.begun(trace.id);
        }
        for trace in &traces[1..] {
            table.end(trace.id, completed());
        }
        let is_kept = |n: usize| table.detail(traces[n].id, &[]).is_some();
        assert_eq!([0, 1, 2, 3].map(is_kept), [true, false, true, true]);
        assert_eq!((table.traces.len(), table.keys.len()), (3, 3));
        assert_eq!(table.admit(&new(Some("1"), 9)), Admission::New);
    }

    #[test]
    fn the_last_emitted_is_listed_first() {
        let mut table = Table::new(10);
        let traces = [new(None, 0), new(None, 0), new(None, 0)];
        for trace in &traces {
            table.admit(trace);
        }
        table.end(traces[1].id, completed());
        let list = |filter: TraceFilter| -> Vec<i64> {
            let found = table.summaries(&filter, &[]);
            found.iter().map(|summary| summary.seq).collect()
        };
        assert_eq!(list(TraceFilter::default()), [3, 2, 1]);
        let completed = vec![HostedState::Completed];
        assert_eq!(
            list(TraceFilter {
                states: completed,
                ..TraceFilter::default()
            }),
            [2]
        );
        assert_eq!(
            list(TraceFilter {
                before: Some(3),
                limit: 1,
                ..TraceFilter::default()
            }),
            [2]
        );
        let search = Some(traces[0].id.to_string()[..12].to_owned());
        assert_eq!(
            list(TraceFilter {
                search,
                ..TraceFilter::default()
            }),
            [1]
        );
    }
}
