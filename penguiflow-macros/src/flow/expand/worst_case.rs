//! The worst case of a flow with a name: constants, computed on demand, and the proof that a trace
//! takes no longer than the header says.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};

use super::literal::literal;
use crate::crate_path::path_at;
use crate::duration;
use crate::flow::lower::{Flow, Header};
use crate::spans;

/// The flow's constants.
pub(super) fn figures(name: &Ident) -> TokenStream {
    quote_mixed! {
        /// The longest that a trace of this flow can take, by the timeouts, retries and waits of
        /// its nodes; `None` if it has no bound.
        pub const WORST_CASE: ::core::option::Option<::core::time::Duration> =
            <#name as __p::Topology>::GRAPH.worst_case();
        /// The most attempts that each node of this flow can be given in a trace.
        pub const WORST_ATTEMPTS: __p::WorstAttempts =
            <#name as __p::Topology>::GRAPH.worst_attempts();
    }
}

/// An error at the header's time if a trace may take longer, and one at each node without a bound.
pub(super) fn proof(flow: &Flow, header: &Header) -> Option<TokenStream> {
    let (limit, text) = header.options.worst_case.as_ref()?;
    let (name, limit) = (&flow.declaration.name, limit.tokens(duration::tokens));
    let gaps = flow.nodes.iter().map(|node| {
        let index = literal(node.index);
        let found = quote_mixed!(__p::report_gap(<#name as __p::Topology>::GRAPH, #index));
        refused(flow, &found, node.spans)
    });
    let excess = quote_mixed!(__p::report_excess(<#name as __p::Topology>::GRAPH, #limit));
    let excess = refused(flow, &excess, spans::of(text));
    Some(quote_mixed!(#(#gaps)* #excess))
}

/// An error between these spans with what was found, if anything was.
fn refused(flow: &Flow, found: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
    let callee = path_at(&flow.declaration.crate_path, first);
    let mut argument = Group::new(Delimiter::Parenthesis, quote_mixed!(found));
    argument.set_span(last);
    quote_mixed! {
        const _: () = if let ::core::option::Option::Some(found) = &#found {
            #callee::__private::refuse #argument
        };
    }
}
