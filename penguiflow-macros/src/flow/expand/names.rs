//! The names that an expansion uses: the nodes' own where they can be seen, and names with
//! two underscores where they could meet the user's.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};

use crate::flow::ast::Flow;
use crate::flow::graph::{Graph, Node, Role, spelled};
use crate::runtime;

pub(super) struct Names {
    /// The path to the runtime crate.
    pub(super) runtime: TokenStream,
    /// The flow's type.
    pub(super) flow: Ident,
    /// What the flow is called in its graph.
    pub(super) label: String,
    /// For each node: its variant, and its field if it has one.
    pub(super) variants: Vec<Ident>,
    /// For each node: the alias of its type.
    pub(super) types: Vec<Ident>,
    /// For each node: the function that takes its output on, and the one that takes its input
    /// on if it fails.
    pub(super) onward: Vec<Ident>,
    pub(super) instead: Vec<Ident>,
    /// For each node: what it is called in the graph.
    pub(super) labels: Vec<String>,
    /// For each node: its inputs' variants, and the aliases of their types, if it is a join;
    /// what is parked there, if it is an `await`.
    pub(super) parts: Vec<Vec<Part>>,
}

/// An input of a join.
pub(super) struct Part {
    pub(super) variant: Ident,
    pub(super) ty: Ident,
    pub(super) label: String,
}

impl Names {
    pub(super) fn of(flow: &Flow, graph: &Graph) -> Self {
        let runtime = runtime::path(flow.runtime());
        let name = flow.header.as_ref().map(|header| header.name.clone());
        let label = name.as_ref().map_or("flow".to_owned(), Ident::to_string);
        let flow = name.unwrap_or_else(|| format_ident!("__Flow"));
        Self {
            runtime,
            types: graph
                .nodes
                .iter()
                .map(|node| match node.binding() {
                    Some(_) => format_ident!("__{}_{}", flow, node.ident, span = Span::call_site()),
                    None => format_ident!("__node_{}", node.ident, span = Span::call_site()),
                })
                .collect(),
            variants: graph
                .nodes
                .iter()
                .map(|node| generated(&node.ident))
                .collect(),
            onward: functions(graph, "after"),
            instead: functions(graph, "instead_of"),
            labels: graph.nodes.iter().map(called).collect(),
            parts: graph.nodes.iter().map(parts).collect(),
            flow,
            label,
        }
    }
}

fn functions(graph: &Graph, prefix: &str) -> Vec<Ident> {
    let name = |node: &Node| format_ident!("__{prefix}_{}", node.ident, span = Span::call_site());
    graph.nodes.iter().map(name).collect()
}

fn parts(node: &Node) -> Vec<Part> {
    let slots = match &node.role {
        Role::Join(joining) => joining.slots.len(),
        Role::Await(_) => 1,
        Role::Visit { .. } | Role::Map(_) => 0,
    };
    let part = |slot| Part {
        variant: format_ident!("__{}_{slot}", node.ident, span = Span::call_site()),
        ty: format_ident!("__part_{}_{slot}", node.ident, span = Span::call_site()),
        label: format!("{}[{slot}]", node.ident),
    };
    (0..slots).map(part).collect()
}

/// What a node is called in the graph. Where a trace parks, that is what it waits for.
fn called(node: &Node) -> String {
    match &node.role {
        Role::Await(waiting) => format!("await {}", spelled(waiting.ty.to_token_stream())),
        _ => plain(&node.ident),
    }
}

/// The same name, without the user's place: an identifier there would be, to an editor,
/// something that the user wrote.
fn generated(ident: &Ident) -> Ident {
    let mut generated = ident.clone();
    generated.set_span(Span::call_site());
    generated
}

pub(super) fn plain(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}
