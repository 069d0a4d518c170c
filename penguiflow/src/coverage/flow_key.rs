//! Which flow an item belongs to: its name, and what distinguishes it from other flows of that name, in
//! this process or another one.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::graph::Graph;

/// The name of a flow that has none.
const NAMELESS: &str = "flow!";

/// A flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FlowKey {
    name: String,
    /// Its nodes, as in `{ triage, answer }`.
    nodes: String,
    /// Of its nodes, their types, and its edges.
    digest: String,
}

impl FlowKey {
    pub(super) fn of(graph: &Graph) -> Self {
        let name = match graph.name == "flow" || graph.is_part {
            true => NAMELESS,
            false => graph.name,
        };
        let nodes: Vec<_> = graph.nodes.iter().map(|node| node.name).collect();
        let mut hasher = DefaultHasher::new();
        digest(graph, &mut hasher);
        Self {
            name: name.to_owned(),
            nodes: format!("{{ {} }}", nodes.join(", ")),
            digest: format!("{:016x}", hasher.finish()),
        }
    }

    /// Reads what [`Display`](fmt::Display) has written.
    pub(super) fn read(text: &str) -> Self {
        let (name, rest) = text.split_once('#').unwrap_or((text, ""));
        let (digest, nodes) = rest.split_once(' ').unwrap_or((rest, ""));
        let [name, nodes, digest] = [name, nodes, digest].map(str::to_owned);
        Self {
            name,
            nodes,
            digest,
        }
    }

    /// What it is called in a report about these flows, of which it is one: its name alone if no other
    /// one has it.
    pub(super) fn title<'a>(&self, flows: impl Iterator<Item = &'a Self> + Clone) -> String {
        let Self {
            name,
            nodes,
            digest,
        } = self;
        let mut others = flows.filter(|other| *other != self && other.name == *name);
        if name != NAMELESS && others.clone().next().is_none() {
            return name.clone();
        }
        match others.any(|other| other.nodes == *nodes) {
            false => format!("{name} {nodes}"),
            true => format!("{name} {nodes} #{digest}"),
        }
    }
}

/// As it stands in a file.
impl fmt::Display for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            nodes,
            digest,
        } = self;
        write!(f, "{name}#{digest} {nodes}")
    }
}

fn digest(graph: &Graph, hasher: &mut impl Hasher) {
    graph.name.hash(hasher);
    for node in graph.nodes {
        let types = [node.node, node.input, node.output];
        (node.name, types.map(|name| name.full())).hash(hasher);
        if let Some(playbook) = node.playbook {
            digest(playbook, hasher);
        }
    }
    for edge in graph.edges {
        (edge.from, edge.to, edge.is_fallback, edge.pattern).hash(hasher);
    }
}
