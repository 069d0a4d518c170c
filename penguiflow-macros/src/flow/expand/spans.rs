//! Where the compiler shows an error about a node or an edge: at the user's own words.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use super::names::Names;
use crate::flow::graph::Graph;
use crate::place;

/// Where a node is named first: the first and last token of its path.
pub(super) fn mentioned(graph: &Graph, node: usize) -> (Span, Span) {
    place::ends(&graph.nodes[node].path)
}

impl Names {
    /// A node's type, for errors that are shown between these two places.
    pub(super) fn place(&self, ty: &impl ToTokens, between: (Span, Span)) -> TokenStream {
        self.spelled("Place", ty, between)
    }

    /// One of the runtime's types, likewise.
    pub(super) fn spelled(
        &self,
        name: &str,
        args: &impl ToTokens,
        between: (Span, Span),
    ) -> TokenStream {
        place::spelled(&self.runtime, name, args, between)
    }
}
