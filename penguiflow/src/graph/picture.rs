//! The parts of a graph's picture: shapes of nodes, arrows in order, and a unique name for each
//! node.

use std::collections::HashSet;

use super::{Graph, NodeInfo, NodeKind};

impl Graph {
    /// All arrows of a picture, in order: from OpenSea, between nodes, to Rookery.
    pub(super) fn arrows(&self) -> impl Iterator<Item = Arrow> {
        use End::{Node, OpenSea, Rookery};
        let into = self.entries.iter().map(|node| Arrow {
            from: OpenSea,
            to: Node(*node),
            label: self.nodes[*node].input.to_string(),
            kind: ArrowKind::Plain,
            is_routed: false,
        });
        let between = self.edges.iter().map(|edge| Arrow {
            from: Node(edge.from),
            to: Node(edge.to),
            label: match edge.pattern {
                Some(pattern) => pattern.to_owned(),
                None if edge.is_fallback => "else".to_owned(),
                None => self.nodes[edge.from].output.to_string(),
            },
            kind: match (edge.is_hop, edge.is_fallback, edge.pattern) {
                (true, ..) => ArrowKind::Round,
                (_, true, _) => ArrowKind::Fallback,
                (.., Some(_)) => ArrowKind::Arm,
                _ => ArrowKind::Plain,
            },
            is_routed: edge.pattern.is_some(),
        });
        let out = self.exits.iter().map(|node| Arrow {
            from: Node(*node),
            to: Rookery,
            label: self.nodes[*node].output.to_string(),
            kind: ArrowKind::Plain,
            is_routed: false,
        });
        let breaks = self.nodes.iter().enumerate().filter_map(|(place, node)| {
            node.exit.map(|exit| Arrow {
                from: Node(place),
                to: Rookery,
                label: exit.to_string(),
                kind: ArrowKind::Break,
                is_routed: false,
            })
        });
        into.chain(between).chain(out).chain(breaks)
    }
}

pub(super) struct Arrow {
    pub(super) from: End,
    pub(super) to: End,
    /// The type that it carries, the pattern of its arm, or `else`.
    pub(super) label: String,
    pub(super) kind: ArrowKind,
    /// Whether its text is the pattern of an arm.
    #[cfg_attr(
        not(feature = "svg"),
        expect(dead_code, reason = "pictures as SVG read it")
    )]
    pub(super) is_routed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArrowKind {
    Plain,
    /// An arm of a `match`.
    Arm,
    /// It goes round a loop.
    Round,
    /// It leads to the node that takes over.
    Fallback,
    /// A `Break` leaves the flow.
    Break,
}

impl ArrowKind {
    pub(super) fn is_dotted(self) -> bool {
        matches!(self, Self::Round | Self::Fallback | Self::Break)
    }
}

/// Where an arrow begins or ends: at a node by its place, or at an end of the flow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    OpenSea,
    Node(usize),
    Rookery,
}

pub(super) const OPEN_SEA: &str = "OpenSea";
pub(super) const ROOKERY: &str = "Rookery";

/// What a node looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Function,
    Playbook,
    Join,
    Map,
    Await,
}

impl Shape {
    pub(super) fn of(node: &NodeInfo) -> Self {
        match node.kind() {
            NodeKind::Visit if node.playbook.is_some() => Self::Playbook,
            NodeKind::Visit => Self::Function,
            NodeKind::Join => Self::Join,
            NodeKind::MapStart => Self::Map,
            NodeKind::Parking => Self::Await,
        }
    }
}

/// What the nodes of a picture are called in it, no two alike: two names may have one spelling
/// there, and two nodes may wait for one type.
pub(super) struct Ids(pub(super) Vec<String>);

impl Ids {
    pub(super) fn of(graph: &Graph, spelled: impl Fn(&str) -> String) -> Self {
        let ends = [OPEN_SEA, ROOKERY];
        let mut taken = HashSet::from(ends.map(str::to_owned));
        let ids = graph.nodes.iter().map(|node| {
            let id = spelled(node.name);
            let numbered = (2..).map(|number| format!("{id}_{number}"));
            let mut ids = std::iter::once(id.clone()).chain(numbered);
            ids.find(|id| taken.insert(id.clone())).unwrap_or(id)
        });
        Self(ids.collect())
    }

    pub(super) fn at(&self, end: &End) -> &str {
        match end {
            End::OpenSea => OPEN_SEA,
            End::Node(place) => &self.0[*place],
            End::Rookery => ROOKERY,
        }
    }
}
