//! Bounds of the code that runs nodes.

use proc_macro2::TokenStream;

use crate::flow::lower::Node;

/// The most nodes whose bounds stand together: the compiler compares each with each.
pub(super) const TOGETHER: usize = 16;

/// These nodes can run with the state.
pub(super) fn bounds<'f>(nodes: impl IntoIterator<Item = &'f Node>) -> TokenStream {
    let visits = nodes.into_iter().filter(|node| node.is_visit());
    let visits = visits.map(|node| &node.ty);
    quote_mixed!(#(#visits: __p::Call<__S>,)*)
}
