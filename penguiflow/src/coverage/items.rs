//! What there is to cover in a graph: edges, arms, fallbacks, retries and expiries, by name.

use crate::graph::{Graph, Role};

/// Something that a trace of a flow may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Item {
    /// It begins at this node.
    Enter(usize),
    /// It takes an edge between these nodes: of which the first is this one.
    Edge(usize),
    /// It ends at this node, which has no successor.
    Exit(usize),
    /// It tries this node again.
    Retry(usize),
    /// It waits too long at this node.
    Expiry(usize),
}

/// All items of a graph, in the order of its nodes.
pub(super) fn items(graph: &Graph) -> Vec<Item> {
    let mut items: Vec<_> = graph.entries.iter().copied().map(Item::Enter).collect();
    for (node, info) in graph.nodes.iter().enumerate() {
        if info.policy.retries > 0 {
            items.push(Item::Retry(node));
        }
        if matches!(info.role, Role::Await(Some(_))) {
            items.push(Item::Expiry(node));
        }
        let edges = (0..graph.edges.len()).filter(|edge| graph.edges[*edge].from == node);
        items.extend(
            edges
                .filter(|edge| first(graph, *edge) == *edge)
                .map(Item::Edge),
        );
        if graph.exits.contains(&node) {
            items.push(Item::Exit(node));
        }
    }
    items
}

/// The first edge between the same nodes: events do not tell such edges apart, so they are one item.
pub(super) fn first(graph: &Graph, edge: usize) -> usize {
    let [from, to] = [graph.edges[edge].from, graph.edges[edge].to];
    let is_same = |other: &usize| {
        let other = &graph.edges[*other];
        (other.from, other.to, other.is_fallback) == (from, to, graph.edges[edge].is_fallback)
    };
    (0..edge).find(is_same).unwrap_or(edge)
}

impl Item {
    /// Its name in a report.
    pub(super) fn text(self, graph: &Graph) -> String {
        let name = |node: usize| graph.nodes[node].name;
        match self {
            Self::Enter(node) => format!("edge OpenSea -> {}", name(node)),
            Self::Exit(node) => format!("edge {} -> Rookery", name(node)),
            Self::Retry(node) => format!("retry of {}", name(node)),
            Self::Expiry(node) => format!("expiry of {}", name(node)),
            Self::Edge(edge) => {
                let between = &graph.edges[edge];
                let (from, to) = (name(between.from), name(between.to));
                match patterns(graph, edge) {
                    _ if between.is_fallback => format!("fallback {from} else {to}"),
                    None => format!("edge {from} -> {to}"),
                    Some(patterns) => format!("arm {patterns}: {from} -> {to}"),
                }
            }
        }
    }
}

/// The patterns of the arms that lead between the nodes of this edge.
fn patterns(graph: &Graph, edge: usize) -> Option<String> {
    let all = (0..graph.edges.len()).filter(|other| first(graph, *other) == edge);
    let patterns: Vec<_> = all.filter_map(|other| graph.edges[other].pattern).collect();
    (!patterns.is_empty()).then(|| patterns.join(" or "))
}
