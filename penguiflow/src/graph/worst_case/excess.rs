//! What the compiler says where the worst case is worse than it may be: both figures and the
//! way there, or what leaves it without a bound.

use std::time::Duration;

use super::super::Graph;
use super::survey::Measure;
use super::text::Text;
use super::way::Way;
use super::{UNBOUNDED, figure, nanos, size, visit_time};
use crate::node::Role;

/// What to say of a flow whose traces may take longer than this; `None` if they may not.
pub const fn excess(graph: &Graph, limit: Duration) -> Option<Text> {
    let worst = figure(graph, Measure::Time);
    if worst <= nanos(limit) {
        return None;
    }
    let mut text = Text::new();
    if worst == UNBOUNDED && boundless(graph).is_some() {
        let help = tell_boundless(&mut text, "", graph);
        text.push(", so the worst case of `");
        text.push(graph.name);
        text.push("` has no bound\nhelp: ");
        text.push(help);
        return Some(text);
    }
    text.push("the worst case of `");
    text.push(graph.name);
    text.push("` is ");
    text.push_time(worst);
    text.push(", more than its ");
    text.push_time(nanos(limit));
    text.push(": ");
    match size(graph) {
        0..=32 => Way::<32>::through(graph).tell(&mut text),
        33..=256 => Way::<256>::through(graph).tell(&mut text),
        257..=2048 => Way::<2048>::through(graph).tell(&mut text),
        _ => Way::<16384>::through(graph).tell(&mut text),
    }
    Some(text)
}

/// Stops the compiler with what there is to say, at the caller's place.
#[track_caller]
pub const fn refuse(excess: &Text) -> ! {
    panic!("{}", excess.as_str())
}

/// The first node without a bound, by its place.
const fn boundless(graph: &Graph) -> Option<usize> {
    let mut node = 0;
    while node < graph.nodes.len() {
        let info = &graph.nodes[node];
        let has_none = match info.role {
            Role::Map(map) => map.max.is_none(),
            _ => visit_time(info) == UNBOUNDED,
        };
        if has_none {
            return Some(node);
        }
        node += 1;
    }
    None
}

/// ``node `Search/retrieve` has no timeout``; and what to do about it.
const fn tell_boundless(text: &mut Text, path: &str, graph: &Graph) -> &'static str {
    let Some(node) = boundless(graph) else {
        return "";
    };
    let info = &graph.nodes[node];
    let (what, name, reason, help) = match (info.role, info.playbook) {
        (Role::Map(_), _) => (
            "the map that begins with `",
            first_in(graph, node),
            "` does not say how many items it takes",
            "write the most: `[b; 8, max = 100]`",
        ),
        (Role::Await(_), _) => (
            "`",
            info.name,
            "` may wait for ever",
            "write how long: `await T within \"24h\"`",
        ),
        (_, Some(playbook)) => {
            let mut inside = Text::new();
            inside.push(path);
            inside.push(info.name);
            inside.push("/");
            return tell_boundless(text, inside.as_str(), playbook);
        }
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

/// The name of the node that a map begins with.
const fn first_in(graph: &Graph, map: usize) -> &'static str {
    let mut edge = 0;
    while graph.edges[edge].from != map {
        edge += 1;
    }
    graph.nodes[graph.edges[edge].to].name
}
