//! `match`es on a node's output.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::flow::lower::Flow;

/// A Rust `match` on `out`, whose arms know the name of its value.
pub(super) fn match_out(
    flow: &Flow,
    span: Span,
    arms: impl FnOnce(&Ident) -> TokenStream,
) -> TokenStream {
    // Errors about the value are shown at the user's `match`.
    let matched = Ident::new("__matched", span);
    let arms = arms(&matched);
    // If the last arm is not the user's, the compiler does not propose to add one after it.
    let last = quote_spanned! {flow.declaration.site=>
        #[allow(unreachable_patterns)]
        _ if false => ::core::unreachable!(),
    };
    quote_mixed! {
        let #matched = out;
        match #matched { #arms #last }
    }
}
