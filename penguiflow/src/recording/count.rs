//! Counts what each node did.

use std::collections::HashMap;
use std::time::Duration;

use crate::event::{Event, EventKind};
use crate::graph::{Figures, NodeFigures};

/// The figures of all nodes among these events.
pub(super) fn figures<'e>(events: impl Iterator<Item = &'e Event>) -> Figures {
    let mut places = HashMap::new();
    let mut nodes: Vec<(NodeFigures, Vec<Duration>)> = Vec::new();
    for event in events {
        let Some(name) = event.node_name else {
            continue;
        };
        let playbook = event.playbook.as_deref().unwrap_or_default();
        let place = *places.entry((playbook, name)).or_insert_with(|| {
            nodes.push((unvisited(name, playbook), Vec::new()));
            nodes.len() - 1
        });
        let (figures, times) = &mut nodes[place];
        count(figures, times, event);
    }
    let nodes = nodes
        .into_iter()
        .map(|(figures, times)| timed(figures, times));
    Figures {
        nodes: nodes.collect(),
    }
}

fn unvisited(node: &'static str, playbook: &str) -> NodeFigures {
    NodeFigures {
        node,
        playbook: playbook.to_owned(),
        visits: 0,
        attempts: 0,
        failed: 0,
        cancelled: 0,
        median: None,
        longest: None,
    }
}

fn count(figures: &mut NodeFigures, times: &mut Vec<Duration>, event: &Event) {
    match event.event {
        EventKind::NodeStart => {
            figures.visits += u64::from(event.attempt == 0);
            figures.attempts += 1;
        }
        EventKind::NodeSuccess => times.extend(event.latency_ms.map(of_milliseconds)),
        EventKind::NodeFailed => figures.failed += 1,
        EventKind::NodeCancelled | EventKind::DeadlineSkip => figures.cancelled += 1,
        EventKind::TraceParked => figures.visits += 1,
        _ => {}
    }
}

fn timed(mut figures: NodeFigures, mut times: Vec<Duration>) -> NodeFigures {
    times.sort_unstable();
    figures.median = times.get(times.len() / 2).copied();
    figures.longest = times.last().copied();
    figures
}

pub(super) fn of_milliseconds(time: f64) -> Duration {
    Duration::try_from_secs_f64(time / 1000.0).unwrap_or_default()
}
