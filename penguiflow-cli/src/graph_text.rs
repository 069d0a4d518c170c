//! A graph as lines of text, each a node with what follows it, and what a trace does there.

use std::collections::BTreeMap;

use penguiflow::{StoredEdge, StoredGraph};

use crate::text;

/// What a trace does at nodes, by their names: `parked`, `done`.
pub(crate) type Marks = BTreeMap<String, &'static str>;

/// The lines of a graph. A `>` is before the nodes at which the trace stands.
pub(crate) fn lines(graph: &StoredGraph, marks: &Marks) -> String {
    let entries = graph
        .entries
        .iter()
        .filter_map(|place| graph.nodes.get(*place));
    let entries: Vec<_> = entries.map(|node| node.name.clone()).collect();
    let ends = (String::new(), "OpenSea".to_owned(), entries.join(", "));
    let nodes = graph.nodes.iter().enumerate().map(|(place, node)| {
        let mark = marks.get(&node.name).copied().unwrap_or_default();
        (mark.to_owned(), node.name.clone(), successors(graph, place))
    });
    let rows: Vec<_> = std::iter::once(ends).chain(nodes).collect();
    let width = |of: fn(&(String, String, String)) -> &String| {
        rows.iter()
            .map(|row| of(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (marks, names) = (width(|row| &row.0), width(|row| &row.1));
    let lines = rows.iter().map(|(mark, name, next)| {
        let stands = if matches!(mark.as_str(), "" | "done") {
            ' '
        } else {
            '>'
        };
        let name = text::one_line(name);
        let line = format!(
            "{stands} {mark:marks$}  {name:names$}  -> {}",
            text::one_line(next)
        );
        format!("  {line}\n")
    });
    lines.collect()
}

fn successors(graph: &StoredGraph, place: usize) -> String {
    let edges = graph.edges.iter().filter(|edge| edge.from == place);
    let mut next: Vec<_> = edges.map(|edge| successor(graph, edge)).collect();
    if graph.exits.contains(&place) {
        next.push("Rookery".to_owned());
    }
    if graph
        .nodes
        .get(place)
        .is_some_and(|node| node.exit.is_some())
    {
        next.push("break: Rookery".to_owned());
    }
    next.join(", ")
}

fn successor(graph: &StoredGraph, edge: &StoredEdge) -> String {
    let name = graph.nodes.get(edge.to).map_or("?", |node| &node.name);
    match (&edge.pattern, edge.is_fallback, edge.is_hop) {
        (Some(pattern), ..) => format!("{pattern}: {name}"),
        (_, true, _) => format!("else {name}"),
        (.., true) => format!("round to {name}"),
        _ => name.to_owned(),
    }
}
