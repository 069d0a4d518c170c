//! Where the compiler shows an error about a node or an edge: at the user's own words.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

use crate::flow::graph::Graph;
use crate::place;

/// Where a node is named first: the first and last token of its path.
pub(super) fn mentioned(graph: &Graph, node: usize) -> (Span, Span) {
    place::ends(&graph.nodes[node].path)
}

/// A node's type, shown there.
pub(super) fn place(ty: &impl ToTokens, at: (Span, Span)) -> TokenStream {
    spelled("Place", ty, at)
}

/// One of the runtime's types, shown there.
pub(super) fn spelled(name: &str, args: &impl ToTokens, at: (Span, Span)) -> TokenStream {
    place::spelled(&quote!(::penguiflow), name, args, at)
}
