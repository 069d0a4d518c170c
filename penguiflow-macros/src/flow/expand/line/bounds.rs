//! What the nodes of a piece of code need of the state.

use proc_macro2::TokenStream;

use crate::flow::expand::names::Names;
use crate::flow::graph::Graph;

/// That these nodes can run.
pub(super) fn bounds(
    graph: &Graph,
    names: &Names,
    nodes: impl Iterator<Item = usize>,
) -> TokenStream {
    let visited = nodes.filter(|node| graph.nodes[*node].is_visited());
    let visited = visited.map(|node| &names.types[node]);
    ours!(#(#visited: __p::Call<__S>,)*)
}
