//! The same of a flow's own events.

use std::collections::{BTreeMap, HashMap, HashSet};

use penguiflow::{Event, EventKind, TraceOutcome};

use crate::compared::{Attempt, Compared, Place, TraceEnd};
use crate::lineage::played;

/// What these events say.
pub(crate) fn compared(events: &[Event]) -> Compared {
    let mut traces: BTreeMap<_, Vec<&Event>> = BTreeMap::new();
    for event in events {
        let trace = traces.entry(event.trace_id.to_string());
        trace.or_default().push(event);
    }
    let mut compared = Compared::default();
    for (id, events) in traces {
        compared.attempts.extend(attempts(&id, &events));
        compared.traces.insert(id, trace_end(&events));
    }
    compared.attempts.sort();
    compared
}

fn trace_end(events: &[&Event]) -> TraceEnd {
    let starts = events.first().map(|event| event.event);
    assert_eq!(starts, Some(EventKind::TraceStart));
    let ends: Vec<_> = events
        .iter()
        .filter(|event| event.outcome.is_some())
        .collect();
    let [end] = ends[..] else {
        panic!("a trace ends once: {ends:?}");
    };
    let outcome = end.outcome.expect("an end has an outcome");
    TraceEnd {
        flow: end.flow.to_owned(),
        outcome: outcome.to_string(),
        status: match outcome {
            TraceOutcome::Completed => "OK",
            TraceOutcome::Failed | TraceOutcome::Deadline => "ERROR",
            _ => "",
        },
        error: kind(end),
    }
}

fn kind(event: &Event) -> String {
    event
        .error_kind
        .map_or(String::new(), |kind| kind.to_string())
}

/// The attempts of a trace.
fn attempts(trace: &str, events: &[&Event]) -> Vec<Attempt> {
    let mut record = Record {
        callers: callers(events),
        open: HashMap::new(),
        over: Vec::new(),
    };
    for event in events {
        if let Some(at) = place(event) {
            record.add(trace, event, at);
        }
    }
    assert!(record.open.is_empty(), "each attempt ends");
    record.over
}

struct Record {
    /// For each step in a playbook, the one that runs the playbook.
    callers: HashMap<u64, u64>,
    open: HashMap<Place, Attempt>,
    over: Vec<Attempt>,
}

impl Record {
    fn add(&mut self, trace: &str, event: &Event, at: Place) {
        match event.event {
            EventKind::NodeStart => {
                let begun = self.begun(trace, event, at);
                let other = self.open.insert(at, begun);
                assert!(other.is_none(), "an attempt begins once");
            }
            // It names the attempt to come.
            EventKind::NodeRetry => self.close(Place {
                attempt: at.attempt - 1,
                ..at
            }),
            EventKind::NodeError | EventKind::NodeTimeout => self.end(event, at),
            _ => {
                self.end(event, at);
                self.close(at);
            }
        }
    }

    fn begun(&self, trace: &str, event: &Event, at: Place) -> Attempt {
        let caller = self.callers.get(&at.step);
        Attempt {
            trace: trace.to_owned(),
            node: event.node_name.expect("a visit has a node").to_owned(),
            at,
            within: caller.map(|caller| self.running(*caller)),
            status: "",
            error: String::new(),
            events: vec![event.event.to_string()],
        }
    }

    /// The attempt of a step that runs now.
    fn running(&self, step: u64) -> Place {
        let mut running = self.open.keys().filter(|at| at.step == step);
        match (running.next(), running.next()) {
            (Some(at), None) => *at,
            other => panic!("one attempt runs a playbook: {other:?}"),
        }
    }

    /// An event about an attempt that has begun. What happens between attempts is in none.
    fn end(&mut self, event: &Event, at: Place) {
        let Some(attempt) = self.open.get_mut(&at) else {
            return;
        };
        // After a failure it only reports that no other attempt follows.
        if attempt.events.len() == 1 {
            attempt.error = kind(event);
            attempt.status = match &*attempt.error {
                "" => "OK",
                "cancelled" | "deadline_exceeded" => "",
                _ => "ERROR",
            };
        }
        attempt.events.push(event.event.to_string());
    }

    fn close(&mut self, at: Place) {
        self.over.extend(self.open.remove(&at));
    }
}

/// The visit's step and attempt, for events of visits.
fn place(event: &Event) -> Option<Place> {
    Some(Place {
        step: step(event)?,
        attempt: event.attempt,
    })
}

fn step(event: &Event) -> Option<u64> {
    let step = event.step?.to_string();
    Some(u64::from_str_radix(&step, 16).expect("16 digits"))
}

/// For each step in a playbook, the one that runs the playbook.
fn callers(events: &[&Event]) -> HashMap<u64, u64> {
    let mut steps: HashMap<_, HashSet<u64>> = HashMap::new();
    for event in events {
        let (Some(step), Some(node)) = (step(event), event.node_name) else {
            continue;
        };
        let path = event.playbook.as_deref().unwrap_or_default();
        steps.entry((path, node)).or_default().insert(step);
    }
    let paths: HashSet<_> = steps.keys().map(|(path, _)| *path).collect();
    let mut callers = HashMap::new();
    for path in paths.into_iter().filter(|path| !path.is_empty()) {
        let (outer, node) = path.rsplit_once('/').unwrap_or(("", path));
        let inner = steps.iter().filter(|((at, _), _)| *at == path);
        let inner = inner.flat_map(|(_, steps)| steps).copied().collect();
        callers.extend(played(&steps[&(outer, node)], &inner));
    }
    callers
}
