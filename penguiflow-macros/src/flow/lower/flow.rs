//! A lowered flow. Each node and each edge carries all that is written about it: names, types,
//! spans, successors, and what becomes of a value there. Nothing of the syntax tree is left.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Expr, Pat, Path, Type};

use super::declaration::Declaration;
use super::mistakes::Mistake;
use crate::flow::join_kind::JoinKind;

pub(crate) struct Flow {
    pub(crate) declaration: Declaration,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// The nodes that the flow's input goes to.
    pub(crate) entries: Vec<Entry>,
    /// The nodes whose output leaves the flow, by index.
    pub(crate) exits: Vec<usize>,
    /// Whether a trace may have more than one output.
    pub(crate) has_several_outputs: bool,
    /// The nodes, by index, that a join waits for: a `Break` in one would be a second output.
    pub(crate) awaited_by_joins: Vec<usize>,
}

pub(crate) struct Node {
    /// Its index among the flow's nodes.
    pub(crate) index: usize,
    /// Its name, without the user's span: an editor takes an identifier with one for the user's.
    pub(crate) ident: Ident,
    /// The alias of its type.
    pub(crate) ty: Ident,
    /// The type by which errors name it: its own, or `__p::join` and the like.
    pub(crate) shown_as: TokenStream,
    /// Its name in the flow's graph.
    pub(crate) label: String,
    /// The first and the last token of its first mention.
    pub(crate) spans: (Span, Span),
    pub(crate) role: Role,
    /// Where its output goes: all of these ways, at once.
    pub(crate) ways: Vec<Way>,
    /// Where the first `_` stands that hands its output on to a join.
    pub(crate) hands_on: Option<Span>,
    /// The edge to the node that takes over if it fails.
    pub(crate) fallback: Option<usize>,
    /// The first node of a row of fallbacks, whose input all of them take.
    pub(crate) first_of_fallbacks: usize,
    /// The edges that lead to it.
    pub(crate) incoming: Vec<usize>,
    /// The edges that lead from it.
    #[cfg(feature = "durable")]
    pub(crate) outgoing: Vec<usize>,
    /// The mistakes that may have been made with the edges to it.
    pub(crate) mistakes: Vec<Mistake>,
}

/// What a node is. Only visits are the user's.
pub(crate) enum Role {
    Visit(Visit),
    /// Where branches, or the items of a map, meet.
    Join(Join),
    /// Where a map begins.
    Map(Map),
    /// Where a trace parks.
    Await(Await),
}

pub(crate) struct Visit {
    /// The alias of the type as the user wrote it.
    pub(crate) written: Ident,
    pub(crate) path: Path,
    /// Whether its value is a field of the flow.
    pub(crate) is_field: bool,
    /// Whether it is a part in parentheses.
    pub(crate) is_part: bool,
}

pub(crate) struct Join {
    /// Its index among the flow's nodes.
    pub(crate) node: usize,
    pub(crate) ident: Ident,
    /// Its index among the flow's joins.
    pub(crate) number: usize,
    /// How many branches and maps it is nested in.
    pub(crate) depth: usize,
    pub(crate) kind: JoinKind,
    pub(crate) inputs: Vec<Input>,
    /// The node where the map begins whose items it joins, if it joins items.
    pub(crate) map: Option<usize>,
}

/// An input of a join.
pub(crate) struct Input {
    /// The alias of the type that it takes.
    pub(crate) ty: Ident,
    /// The nodes that it comes from, by index: several where a `match` decides.
    pub(crate) from: Vec<usize>,
}

pub(crate) struct Map {
    /// The node where its items meet.
    pub(crate) end: usize,
    /// The edge to the node that it begins with, if it begins with one.
    pub(crate) first: Option<usize>,
    /// How many items run at once.
    pub(crate) limit: Expr,
    /// The most items that it takes, if it has a bound.
    pub(crate) max: Option<Expr>,
}

pub(crate) struct Await {
    /// Its index among the flow's awaits.
    pub(crate) number: usize,
    /// The type of the value that a trace waits for, as the user wrote it.
    pub(crate) awaited: Type,
    /// The alias of that type as it was written.
    pub(crate) written: Ident,
    /// The alias of that type once it is known to be awaitable.
    pub(crate) ty: Ident,
    /// The alias of the type that is parked.
    pub(crate) parked: Ident,
    pub(crate) within: Option<Duration>,
}

/// One way that an output goes, and the joins that open on it, by number, each with the slot of the
/// input that the way leads to.
pub(crate) struct Way {
    pub(crate) route: Route,
    pub(crate) opens: Vec<(usize, usize)>,
}

pub(crate) enum Route {
    /// Along this edge.
    Edge(usize),
    /// By one of the arms of the `match` that stands there.
    Match(Span, Vec<Arm>),
}

pub(crate) struct Arm {
    pub(crate) pat: Pat,
    pub(crate) guard: Option<Expr>,
    /// What the arm passes on; `None` for the whole value.
    pub(crate) value: Option<Expr>,
    pub(crate) ways: Vec<Way>,
}

pub(crate) struct Entry {
    pub(crate) node: usize,
    /// The way to it, whose edge has an index above those of the flow's edges.
    pub(crate) way: Way,
}

pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Where the two nodes are named.
    pub(crate) spans: (Span, Span),
    pub(crate) carries: Carries,
    /// The input of a join that it leads to.
    pub(crate) slot: Option<usize>,
    /// The arm of a `match` that it belongs to.
    pub(crate) choice: Option<Choice>,
    /// The nodes of the loop that it closes, in the order of a round.
    pub(crate) closes: Option<Vec<usize>>,
    /// The nodes that a message may visit between two rounds of that loop, as ranges of indices.
    pub(crate) repeats: Vec<(usize, usize)>,
    /// Whether it carries the input of a node that failed.
    pub(crate) is_fallback: bool,
}

/// What becomes of a value along an edge.
pub(crate) enum Carries {
    /// The next node's input.
    Input,
    /// The input of a join, or what an `await` parks, by the alias of its type.
    JoinInput(Ident),
    /// A `settle` takes results of the value itself.
    Settled,
    /// A list of items, for the node `to` named at `spans`, where the map begins with that.
    Items { to: usize, spans: (Span, Span) },
    /// An item, which is the next node's input already.
    Item,
}

/// An arm of a `match`, which may stand in an arm itself.
pub(crate) struct Choice {
    /// The number of each `match` and of its arm, from the outermost to the innermost.
    pub(crate) arms: Vec<(usize, usize)>,
    /// The innermost arm's pattern, as text.
    pub(crate) label: String,
}

impl Node {
    /// Its name as text, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    pub(crate) fn is_visit(&self) -> bool {
        matches!(self.role, Role::Visit(_))
    }

    /// Whether its value is a field of the flow.
    pub(crate) fn is_field(&self) -> bool {
        matches!(&self.role, Role::Visit(visit) if visit.is_field)
    }

    /// Whether it is a part in parentheses.
    pub(crate) fn is_part(&self) -> bool {
        matches!(&self.role, Role::Visit(visit) if visit.is_part)
    }

    pub(crate) fn join(&self) -> Option<&Join> {
        match &self.role {
            Role::Join(join) => Some(join),
            _ => None,
        }
    }
}

impl Edge {
    /// Whether it closes a loop.
    pub(crate) fn is_back(&self) -> bool {
        self.closes.is_some()
    }
}

impl Flow {
    pub(crate) fn joins(&self) -> impl Iterator<Item = (&Node, &Join)> {
        let nodes = self.nodes.iter();
        nodes.filter_map(|node| Some((node, node.join()?)))
    }

    pub(crate) fn awaits(&self) -> impl Iterator<Item = (&Node, &Await)> {
        self.nodes.iter().filter_map(|node| match &node.role {
            Role::Await(wait) => Some((node, wait)),
            _ => None,
        })
    }

    pub(crate) fn edges_to(&self, node: &Node) -> impl Iterator<Item = &Edge> {
        node.incoming.iter().map(|edge| &self.edges[*edge])
    }

    #[cfg(feature = "durable")]
    pub(crate) fn edges_from(&self, node: &Node) -> impl Iterator<Item = &Edge> {
        node.outgoing.iter().map(|edge| &self.edges[*edge])
    }

    pub(crate) fn from(&self, edge: &Edge) -> &Node {
        &self.nodes[edge.from]
    }

    pub(crate) fn to(&self, edge: &Edge) -> &Node {
        &self.nodes[edge.to]
    }

    /// The edge to the node that takes over if this one fails.
    pub(crate) fn fallback(&self, node: &Node) -> Option<&Edge> {
        Some(&self.edges[node.fallback?])
    }

    /// The map whose items a join joins, if it joins items.
    pub(crate) fn map_of(&self, join: &Join) -> Option<&Map> {
        match &self.nodes[join.map?].role {
            Role::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The edge to the node that a map begins with, if it begins with one.
    pub(crate) fn first_of_map(&self, map: &Map) -> Option<&Edge> {
        Some(&self.edges[map.first?])
    }

    /// The node that the flow begins at; of several, the first one.
    pub(crate) fn entry(&self) -> &Node {
        &self.nodes[self.entries[0].node]
    }
}
