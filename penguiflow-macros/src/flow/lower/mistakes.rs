//! Likely mistakes, as far as the graph shows them. Whether one was made depends on types, which
//! the expansion asks.

use proc_macro2::Span;

use crate::flow::graph::{Edge, Graph, Role, Unjoined};
use crate::flow::join_kind::JoinKind;

pub(crate) struct Mistake {
    pub(crate) kind: MistakeKind,
    /// Where the nodes of the edge are named.
    pub(crate) spans: (Span, Span),
}

pub(crate) enum MistakeKind {
    /// `[web, wiki] -> pack`, where `pack` takes the tuple, or `[fetch; 8] -> pack`, where it takes
    /// the list.
    MissingJoin { ends: Vec<usize>, is_map: bool },
    /// `[web, wiki] -> join -> pack`, where `pack` takes the first output, and then the others.
    SplitTuple { ends: Vec<usize> },
    /// `think -> think -> format`, where `format` takes what `think` breaks with.
    BreakGoesOn { from: usize, round: Vec<usize> },
}

/// The mistakes that may have been made with the edges to a node.
pub(super) fn mistakes(graph: &Graph, node: usize) -> Vec<Mistake> {
    if !graph.nodes[node].is_visit() {
        return Vec::new();
    }
    let unjoined = graph.unjoined.iter().filter(|found| found.node == node);
    let edges = graph.edges_to(node);
    let edges = edges.filter(|edge| !edge.is_fallback && !edge.is_back);
    let by_edge = edges.filter_map(|edge| match &graph.nodes[edge.from].role {
        // An arm may pass one of the outputs on.
        Role::Join(join)
            if join.kind == JoinKind::Join && join.map.is_none() && edge.choice.is_none() =>
        {
            split_tuple(graph, edge, &join.slots)
        }
        Role::Visit(_) if edge.choice.is_none() => break_goes_on(graph, edge),
        _ => None,
    });
    unjoined.map(missing_join).chain(by_edge).collect()
}

fn missing_join(unjoined: &Unjoined) -> Mistake {
    Mistake {
        kind: MistakeKind::MissingJoin {
            ends: unjoined.ends.clone(),
            is_map: unjoined.is_map,
        },
        spans: unjoined.spans,
    }
}

fn split_tuple(graph: &Graph, edge: &Edge, slots: &[Vec<usize>]) -> Option<Mistake> {
    let ends: Vec<_> = slots.iter().map(|slot| slot[0]).collect();
    let are_visits = ends.iter().all(|end| graph.nodes[*end].is_visit());
    are_visits.then_some(Mistake {
        kind: MistakeKind::SplitTuple { ends },
        spans: edge.spans,
    })
}

/// An edge that leads out of a loop, for which the user may have meant `Break`.
fn break_goes_on(graph: &Graph, edge: &Edge) -> Option<Mistake> {
    let (mut out, mut into) = (graph.edges_from(edge.from), graph.edges_to(edge.from));
    let back = out.find(|edge| edge.is_back);
    let back = back.or_else(|| into.find(|edge| edge.is_back))?;
    Some(Mistake {
        kind: MistakeKind::BreakGoesOn {
            from: edge.from,
            round: graph.round(back),
        },
        spans: edge.spans,
    })
}
