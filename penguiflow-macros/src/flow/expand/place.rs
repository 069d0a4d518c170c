//! Where the compiler shows an error about a node or an edge: at the user's own words.

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;

use super::names::Names;
use crate::flow::graph::Graph;
use crate::runtime;

/// Where a node is named first: the first and last token of its path.
pub(super) fn mentioned(graph: &Graph, node: usize) -> (Span, Span) {
    let path = &graph.nodes[node].path;
    let last = path
        .segments
        .last()
        .map_or_else(|| path.span(), |segment| segment.ident.span());
    (path.span(), last)
}

impl Names {
    /// A node's type, for errors that are shown between these two places.
    pub(super) fn place(&self, ty: &Ident, between: (Span, Span)) -> TokenStream {
        runtime::place(&self.runtime, ty, between)
    }
}
