//! Lowers a checked graph: to the flow's nodes and edges with all that is written about them
//! (`flow`, `nodes`, `declaration`, `mistakes`), and to the straight code that runs it.
//!
//! The code is made in steps: what follows each node (`decision`), which branches meet in the code
//! after them (`closed_groups`), which nodes form one region of code (`regions`, `dominators`),
//! which of them follow a block (`followers`), and the structured code itself (`structure`,
//! `code`).

mod closed_groups;
mod code;
#[cfg(test)]
mod code_text;
mod decision;
mod declaration;
mod dominators;
mod flow;
mod followers;
mod mistakes;
mod nodes;
mod regions;
mod structure;
#[cfg(test)]
mod tests;

pub(super) use code::{
    Along, Body, Branch, ClosedFork, Code, CountedPlace, CursorMove, End, FirstPlace, Function,
    MapItems, OpenFork, Step,
};
pub(super) use declaration::{Declaration, Header};
pub(super) use flow::{Arm, Await, Carries, Choice, Edge, Flow, Join, Map, Node, Role, Visit};
#[cfg(feature = "durable")]
pub(super) use flow::{Entry, Route, Way};
pub(super) use mistakes::{Mistake, MistakeKind};

use closed_groups::GroupKinds;
use decision::Reader;
use regions::Regions;
use structure::Structure;

use super::graph::Graph;
use super::{ast, diagram};

/// What a flow declares, whether it has errors or not.
pub(super) fn declaration(
    tree: ast::Flow,
    graph: &Graph,
    parts: Vec<(ast::Flow, Graph)>,
) -> Declaration {
    let parts = parts.into_iter();
    let parts = parts.map(|(tree, graph)| Declaration::of(tree, &graph, None, &[]));
    let mut declaration = Declaration::of(tree, graph, None, &[]);
    declaration.parts = parts.collect();
    declaration
}

/// A flow without errors, with the parts that it has.
pub(super) fn flow(tree: ast::Flow, graph: &Graph, parts: &[Declaration]) -> Flow {
    let header = tree.header.as_ref();
    let diagram = header.map(|header| diagram::diagram(&tree, header, graph));
    let declaration = Declaration::of(tree, graph, diagram, parts);
    Flow {
        nodes: nodes::nodes(graph, &declaration.name, parts),
        edges: nodes::edges(graph),
        entries: nodes::entries(graph),
        exits: graph.exits(),
        has_several_outputs: graph.has_several_outputs(),
        awaited_by_joins: graph.awaited_by_joins().collect(),
        declaration,
    }
}

/// The code of a flow, which has this graph.
pub(super) fn code<'f>(flow: &'f Flow, graph: &Graph) -> Code<'f> {
    let mut reader = Reader::new(flow);
    let after: Vec<_> = (0..flow.nodes.len())
        .map(|node| reader.after(node))
        .collect();
    let entry = reader.entry();
    let mut group_kinds = GroupKinds::new(graph, &after, reader.groups);
    let regions = Regions::of(graph, &after, &entry, &mut group_kinds);
    Structure::new(graph, flow, &after, &mut group_kinds, &regions).code(&entry)
}
