//! The parts of a graph's picture: shapes of nodes, arrows in order, and a unique name for each
//! node.

use std::collections::HashSet;
use std::fmt;

use super::{Graph, NodeInfo, NodeKind};

/// A graph that has a picture.
pub(super) trait Drawn: fmt::Debug + Send + Sync {
    fn picture(&self) -> Picture<'_>;
}

/// What is drawn of a graph, whether it is compiled in or was read from a store.
pub(super) struct Picture<'g> {
    pub(super) name: &'g str,
    pub(super) nodes: Vec<DrawnNode<'g>>,
    pub(super) edges: Vec<DrawnEdge<'g>>,
    pub(super) entries: &'g [usize],
    pub(super) exits: &'g [usize],
}

/// A node, with the names of its types without their modules.
pub(super) struct DrawnNode<'g> {
    pub(super) name: &'g str,
    pub(super) shape: Shape,
    pub(super) input: String,
    pub(super) output: String,
    pub(super) exit: Option<String>,
    pub(super) is_marked: bool,
}

pub(super) struct DrawnEdge<'g> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) is_hop: bool,
    pub(super) is_fallback: bool,
    pub(super) pattern: Option<&'g str>,
}

impl Drawn for Graph {
    fn picture(&self) -> Picture<'_> {
        let edges = self.edges.iter().map(|edge| DrawnEdge {
            from: edge.from,
            to: edge.to,
            is_hop: edge.is_hop,
            is_fallback: edge.is_fallback,
            pattern: edge.pattern,
        });
        Picture {
            name: self.name,
            nodes: self.nodes.iter().map(DrawnNode::of).collect(),
            edges: edges.collect(),
            entries: self.entries,
            exits: self.exits,
        }
    }
}

impl<'g> DrawnNode<'g> {
    fn of(node: &'g NodeInfo) -> Self {
        Self {
            name: node.name,
            shape: Shape::of(node.kind(), node.playbook.is_some()),
            input: node.input.to_string(),
            output: node.output.to_string(),
            exit: node.exit.map(|exit| exit.to_string()),
            is_marked: false,
        }
    }
}

impl Picture<'_> {
    /// All arrows of a picture, in order: from OpenSea, between nodes, to Rookery.
    pub(super) fn arrows(&self) -> impl Iterator<Item = Arrow> {
        use End::{Node, OpenSea, Rookery};
        let into = self.entries.iter().map(|node| {
            let label = self.nodes[*node].input.clone();
            Arrow::plain(OpenSea, Node(*node), label)
        });
        let between = self.edges.iter().map(|edge| self.arrow(edge));
        let out = self.exits.iter().map(|node| {
            let label = self.nodes[*node].output.clone();
            Arrow::plain(Node(*node), Rookery, label)
        });
        let breaks = self.nodes.iter().enumerate().filter_map(|(place, node)| {
            let arrow = Arrow::plain(Node(place), Rookery, node.exit.clone()?);
            let kind = ArrowKind::Break;
            Some(Arrow { kind, ..arrow })
        });
        into.chain(between).chain(out).chain(breaks)
    }

    fn arrow(&self, edge: &DrawnEdge<'_>) -> Arrow {
        let label = match edge.pattern {
            Some(pattern) => pattern.to_owned(),
            None if edge.is_fallback => "else".to_owned(),
            None => self.nodes[edge.from].output.clone(),
        };
        Arrow {
            kind: match (edge.is_hop, edge.is_fallback, edge.pattern) {
                (true, ..) => ArrowKind::Round,
                (_, true, _) => ArrowKind::Fallback,
                (.., Some(_)) => ArrowKind::Arm,
                _ => ArrowKind::Plain,
            },
            is_routed: edge.pattern.is_some(),
            ..Arrow::plain(End::Node(edge.from), End::Node(edge.to), label)
        }
    }

    pub(super) fn marked(&self) -> impl Iterator<Item = usize> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(|(place, node)| node.is_marked.then_some(place))
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

impl Arrow {
    fn plain(from: End, to: End, label: String) -> Self {
        Self {
            from,
            to,
            label,
            kind: ArrowKind::Plain,
            is_routed: false,
        }
    }
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
    pub(super) fn of(kind: NodeKind, is_playbook: bool) -> Self {
        match kind {
            NodeKind::Visit if is_playbook => Self::Playbook,
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
    pub(super) fn of(picture: &Picture<'_>, spelled: impl Fn(&str) -> String) -> Self {
        let ends = [OPEN_SEA, ROOKERY];
        let mut taken = HashSet::from(ends.map(str::to_owned));
        let ids = picture.nodes.iter().map(|node| {
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
