//! What a flow with a name says of its worst case: figures that are computed when they are asked
//! for, and the proof that a trace takes no longer than the header says.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};

use super::names::Names;
use super::place::mentioned;
use crate::duration;
use crate::flow::ast::Header;
use crate::flow::graph::Graph;
use crate::runtime::path_at;

/// The flow's constants.
pub(super) fn figures(name: &Ident) -> TokenStream {
    ours! {
        /// The longest that a trace of this flow can take, by the timeouts, retries and waits of
        /// its nodes; `None` if it has no bound.
        pub const WORST_CASE: ::core::option::Option<::core::time::Duration> =
            <#name as __p::Topology>::GRAPH.worst_case();
        /// The most attempts that each node of this flow can be given in a trace.
        pub const WORST_ATTEMPTS: __p::WorstAttempts =
            <#name as __p::Topology>::GRAPH.worst_attempts();
    }
}

/// Stops the compiler at the time that the header states, if a trace may take longer, or at each
/// node that has no bound.
pub(super) fn proof(header: &Header, graph: &Graph, names: &Names) -> Option<TokenStream> {
    let (limit, literal) = header.options.worst_case.as_ref()?;
    let (name, limit, span) = (&header.name, duration::tokens(*limit), literal.span());
    let gaps = (0..graph.nodes.len()).map(|node| {
        let place = Literal::usize_unsuffixed(node);
        let found = ours!(__p::report_gap(<#name as __p::Topology>::GRAPH, #place));
        refused(names, &found, mentioned(graph, node))
    });
    let excess = ours!(__p::report_excess(<#name as __p::Topology>::GRAPH, #limit));
    let excess = refused(names, &excess, (span, span));
    Some(ours!(#(#gaps)* #excess))
}

/// Stops the compiler here with what was found, if anything was.
fn refused(names: &Names, found: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
    let callee = path_at(&names.runtime, first);
    let mut argument = Group::new(Delimiter::Parenthesis, ours!(found));
    argument.set_span(last);
    ours! {
        const _: () = if let ::core::option::Option::Some(found) = &#found {
            #callee::__private::refuse #argument
        };
    }
}
