//! The compiler's report where the worst case exceeds its limit: both figures and the path there,
//! or the parts without a bound.

use std::time::Duration;

use super::super::{Graph, Role};
use super::const_text::ConstText;
use super::critical_path::CriticalPath;
use super::longest_path::{Measure, UNBOUNDED, figure, nanos, size, visit_time};

/// The report of a flow whose traces may take longer than this; `None` if they may not, or if
/// there is a node without a bound, which has a report of its own.
pub const fn report_excess(graph: &Graph, limit: Duration) -> Option<ConstText> {
    let worst = figure(graph, Measure::Time);
    if worst <= nanos(limit) || (worst == UNBOUNDED && has_gap(graph)) {
        return None;
    }
    let mut text = ConstText::new();
    text.push("the worst case of `");
    text.push(graph.name);
    text.push("` is ");
    text.push_time(worst);
    text.push(", more than its ");
    text.push_time(nanos(limit));
    text.push(": ");
    match size(graph) {
        0..=32 => CriticalPath::<32>::through(graph).write(&mut text),
        33..=256 => CriticalPath::<256>::through(graph).write(&mut text),
        257..=2048 => CriticalPath::<2048>::through(graph).write(&mut text),
        _ => CriticalPath::<16384>::through(graph).write(&mut text),
    }
    Some(text)
}

/// Stops the compiler with a report, at the caller's place.
#[track_caller]
pub const fn refuse(report: &ConstText) -> ! {
    panic!("{}", report.as_str())
}

/// The report of a node without a bound; `None` if it has one.
pub const fn report_gap(graph: &Graph, node: usize) -> Option<ConstText> {
    if !is_gap(graph, node) {
        return None;
    }
    let mut text = ConstText::new();
    let help = write_gap(&mut text, "", graph, node);
    text.push(", so the worst case of `");
    text.push(graph.name);
    text.push("` has no bound\nhelp: ");
    text.push(help);
    Some(text)
}

const fn is_gap(graph: &Graph, node: usize) -> bool {
    let info = &graph.nodes[node];
    match info.role {
        Role::Map(map) => map.max.is_none(),
        _ => visit_time(info) == UNBOUNDED,
    }
}

const fn has_gap(graph: &Graph) -> bool {
    let mut node = 0;
    while node < graph.nodes.len() {
        if is_gap(graph, node) {
            return true;
        }
        node += 1;
    }
    false
}

/// ``node `Search/retrieve` has no timeout``; and what to do about it.
const fn write_gap(text: &mut ConstText, path: &str, graph: &Graph, node: usize) -> &'static str {
    let info = &graph.nodes[node];
    let (what, name, reason, help) = match (info.role, info.playbook) {
        (Role::Map(_), _) => (
            "the map that begins with `",
            first_in(graph, node),
            "` does not limit its items",
            "set a limit: `[b; 8, max = 100]`",
        ),
        (Role::Await(_), _) => (
            "`",
            info.name,
            "` may wait forever",
            "set a limit: `await T within \"24h\"`",
        ),
        (_, Some(playbook)) => return write_gaps_inside(text, path, info.name, playbook),
        (_, None) => (
            "node `",
            info.name,
            "` has no timeout",
            "give it one: `#[node(timeout = \"5s\")]`",
        ),
    };
    text.push(what);
    text.push(path);
    text.push(name);
    text.push(reason);
    help
}

/// All nodes without a bound in a playbook, one after the other.
const fn write_gaps_inside(
    text: &mut ConstText,
    path: &str,
    name: &str,
    playbook: &Graph,
) -> &'static str {
    let mut inside = ConstText::new();
    inside.push(path);
    inside.push(name);
    inside.push("/");
    let (mut node, mut help) = (0, "");
    while node < playbook.nodes.len() {
        if is_gap(playbook, node) {
            if !help.is_empty() {
                text.push(", and ");
            }
            help = write_gap(text, inside.as_str(), playbook, node);
        }
        node += 1;
    }
    help
}

/// The name of the node that a map begins with.
const fn first_in(graph: &Graph, map: usize) -> &'static str {
    let mut edge = 0;
    while graph.edges[edge].from != map {
        edge += 1;
    }
    graph.nodes[graph.edges[edge].to].name
}
