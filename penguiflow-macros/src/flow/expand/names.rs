//! The names that an expansion uses: the nodes' own where they can be seen, and names with
//! two underscores where they could meet the user's.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;

use crate::flow::ast::{Flow, Kind};
use crate::flow::graph::{Graph, Node, Role};
use crate::place::site;
use crate::runtime;
use crate::spelled::spelled;

pub(super) struct Names {
    /// The path to the runtime crate.
    pub(super) runtime: TokenStream,
    /// The flow's type.
    pub(super) flow: Ident,
    /// Where the compiler shows what is the whole flow's.
    pub(super) site: Span,
    /// What the flow is called in its graph.
    pub(super) label: String,
    /// For each node: its variant, and its field if it has one.
    pub(super) variants: Vec<Ident>,
    /// For each node: the alias of its type.
    pub(super) types: Vec<Ident>,
    /// For each node: what the compiler calls it.
    pub(super) words: Vec<TokenStream>,
    /// For each node: what it is called in the graph.
    pub(super) labels: Vec<String>,
    /// For each node: its inputs' variants, and the aliases of their types, if it is a join;
    /// what is parked there, if it is an `await`.
    pub(super) parts: Vec<Vec<Part>>,
    /// For each node: on how many branches and in how many maps it stands, in each other.
    pub(super) depths: Vec<usize>,
}

/// An input of a join.
pub(super) struct Part {
    #[cfg(feature = "durable")]
    pub(super) variant: Ident,
    pub(super) ty: Ident,
    #[cfg(feature = "durable")]
    pub(super) label: String,
}

impl Names {
    pub(super) fn of(flow: &Flow, graph: &Graph) -> Self {
        let runtime = runtime::path(flow.runtime());
        let name = flow.header.as_ref().map(|header| header.name.clone());
        let label = name.as_ref().map_or("flow".to_owned(), Ident::to_string);
        let first = graph.mentions.first().map(|first| first.path.span());
        let user = name.as_ref().map(Ident::span).or(first);
        let site = site(user.unwrap_or_else(Span::call_site));
        let flow = name.unwrap_or_else(|| Ident::new("__Flow", site));
        Self {
            runtime,
            site,
            types: graph.nodes.iter().map(alias).collect(),
            variants: graph
                .nodes
                .iter()
                .map(|node| generated(&node.ident))
                .collect(),
            words: graph.nodes.iter().map(word).collect(),
            labels: graph.nodes.iter().map(called).collect(),
            parts: graph.nodes.iter().map(parts).collect(),
            depths: graph.depths(),
            flow,
            label,
        }
    }

    /// The alias of the type that a node's `let` gives it, seen beside the flow's own type.
    pub(super) fn bound(&self, node: &Node) -> Ident {
        format_ident!("__{}_{}", self.flow, node.ident, span = Span::call_site())
    }
}

/// A node's own type, or a type by the name of what stands there.
fn word(node: &Node) -> TokenStream {
    let word = match &node.role {
        Role::Visit { .. } => {
            let ty = alias(node);
            return quote!(#ty);
        }
        Role::Await(_) => {
            let awaited = awaited(node);
            return quote!(__p::Await<#awaited>);
        }
        Role::Join(joining) if joining.kind != Kind::Each => joining.kind.word(),
        Role::Join(_) | Role::Map(_) => "map",
    };
    let word = Ident::new(word, Span::call_site());
    quote!(__p::#word)
}

/// The alias of what a trace is parked for.
pub(super) fn awaited(node: &Node) -> Ident {
    format_ident!("__awaited_{}", node.ident, span = Span::call_site())
}

/// The alias of a node's type.
fn alias(node: &Node) -> Ident {
    format_ident!("__node_{}", node.ident, span = Span::call_site())
}

fn parts(node: &Node) -> Vec<Part> {
    let slots = match &node.role {
        Role::Join(joining) => joining.slots.len(),
        Role::Await(_) => 1,
        Role::Visit { .. } | Role::Map(_) => 0,
    };
    let part = |slot| Part {
        #[cfg(feature = "durable")]
        variant: format_ident!("__{}_{slot}", node.ident, span = Span::call_site()),
        ty: format_ident!("__part_{}_{slot}", node.ident, span = Span::call_site()),
        #[cfg(feature = "durable")]
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
