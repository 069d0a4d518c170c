//! The spans of traces, and a flow's own record of them, in one form to be compared.

use std::collections::{BTreeMap, HashMap};

use penguiflow::{Event, EventKind, Recording};

use crate::collector::Received;

/// What was attempted in a trace, and how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    outcome: String,
    /// The path of playbooks to the node, the number of the attempt, and how it ended; in order.
    attempts: Vec<(String, String, String)>,
}

/// By trace id, as the recording has it.
pub(crate) fn recorded(recording: &Recording) -> BTreeMap<String, Told> {
    assert_eq!(recording.lost(), 0);
    let ids = recording.trace_ids().into_iter();
    ids.map(|id| (id.to_string(), told(&recording.events(id))))
        .collect()
}

fn told(events: &[Event]) -> Told {
    let mut told = Told::default();
    let mut open = HashMap::new();
    for event in events {
        let key = (event.step, event.attempt);
        let error = event.error_kind.map(|kind| kind.as_str().to_owned());
        match event.event {
            EventKind::TraceEnd => {
                assert_eq!(told.outcome, "", "a trace ends once");
                told.outcome = event.outcome.expect("an outcome").to_string();
            }
            EventKind::NodeStart => {
                let node = event.node_name.expect("a node");
                let path = event.playbook.iter().map(|path| path.to_string());
                let path: Vec<_> = path.chain([node.to_owned()]).collect();
                open.insert(key, path.join("/"));
            }
            EventKind::NodeSuccess => told.end(open.remove(&key), event, None),
            EventKind::NodeError | EventKind::NodeTimeout => {
                told.end(open.remove(&key), event, Some(error.expect("a kind")));
            }
            // Where no attempt ran, none is open.
            EventKind::NodeCancelled => {
                if let Some(path) = open.remove(&key) {
                    told.end(Some(path), event, Some(error.expect("a kind")));
                }
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "each attempt ends: {open:?}");
    told.attempts.sort();
    told
}

impl Told {
    fn end(&mut self, path: Option<String>, event: &Event, error: Option<String>) {
        let path = path.expect("the attempt began");
        let attempt = event.attempt.to_string();
        self.attempts
            .push((path, attempt, error.unwrap_or_default()));
    }
}

/// By trace id, as the spans have it. Each but a root has its parent among them, in its own trace.
pub(crate) fn received(spans: &[Received]) -> BTreeMap<String, Told> {
    let by_id: HashMap<_, _> = spans.iter().map(|span| (&*span.id, span)).collect();
    assert_eq!(by_id.len(), spans.len(), "each span arrives once");
    let mut traces: BTreeMap<String, Told> = BTreeMap::new();
    for span in spans {
        let told = traces.entry(span.trace_id.clone()).or_default();
        assert_eq!(
            span.get("trace_id"),
            span.trace_id,
            "the flow's id is that of the trace"
        );
        if span.parent.is_empty() {
            assert_eq!(told.outcome, "", "a trace has one root");
            told.outcome = span.get("outcome").to_owned();
            continue;
        }
        let error = span.get("error.type").to_owned();
        let attempt = span.get("attempt").to_owned();
        told.attempts.push((path(span, &by_id), attempt, error));
    }
    traces.values_mut().for_each(|told| told.attempts.sort());
    traces
}

/// The nodes from the root's child to this one.
fn path(span: &Received, by_id: &HashMap<&str, &Received>) -> String {
    let parent = by_id[&*span.parent];
    assert_eq!(parent.trace_id, span.trace_id);
    let node = span.get("node");
    assert_ne!(node, "", "{span:?}");
    match parent.parent.is_empty() {
        true => node.to_owned(),
        false => format!("{}/{node}", path(parent, by_id)),
    }
}

impl Told {
    /// How the trace and its attempts ended.
    pub(crate) fn endings(&self) -> impl Iterator<Item = String> {
        let attempts = self.attempts.iter();
        let attempts = attempts.map(|(_, _, error)| format!("attempt {error}"));
        attempts.chain([self.outcome.clone()])
    }
}
