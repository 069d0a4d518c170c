//! Copies of an output that goes several ways. If it cannot be copied, the error is at the node, or
//! at the `_` that hands it on.

use proc_macro2::TokenStream;

use crate::flow::lower::{Flow, Node};

/// A copy of `out`, which this node outputs, for one more way.
pub(super) fn copy_for_a_way(flow: &Flow, node: &Node) -> TokenStream {
    let (ty, shown_as) = (&node.ty, &node.shown_as);
    match node.hands_on {
        None => {
            let spanned = flow.spanned(shown_as, node.spans);
            quote_mixed!(<#spanned as __p::Broadcasts<__p::Out<#ty>>>::copy(&out))
        }
        Some(span) => {
            let spanned = flow.spanned(shown_as, (span, span));
            quote_mixed!(<#spanned as __p::HandsOn<__p::Out<#ty>>>::copy(&out))
        }
    }
}
