//! Where the compiler shows an error about a node or an edge: at the user's own words.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::flow::graph::Graph;

/// Where a node is named first: the first and last token of its path.
pub(super) fn mentioned(graph: &Graph, node: usize) -> (Span, Span) {
    ends(&graph.nodes[node].path)
}

/// The first and last token of a path.
pub(super) fn ends(path: &Path) -> (Span, Span) {
    let last = path
        .segments
        .last()
        .map_or_else(|| path.span(), |segment| segment.ident.span());
    (path.span(), last)
}

/// A node's type whose first and last tokens are punctuation at the user's tokens, so that
/// errors about it are shown there.
pub(super) fn place(ty: &impl ToTokens, (first, last): (Span, Span)) -> TokenStream {
    spelled("Place", ty, (first, last))
}

/// A type of the runtime's, likewise.
pub(super) fn spelled(name: &str, ty: &impl ToTokens, (first, last): (Span, Span)) -> TokenStream {
    let name = Ident::new(name, Span::mixed_site());
    let first = quote_spanned!(first=> ::);
    let last = quote_spanned!(last=> >);
    ours!(#first penguiflow::__private::#name<#ty #last)
}
