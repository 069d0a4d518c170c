//! Writes `enter`: the steps that a trace begins with. The last one takes the input itself, the
//! others copies.

use proc_macro2::TokenStream;

use super::successors::opens;
use crate::flow::expand::literal::literal;
use crate::flow::lower::{Entry, Flow, Node};

pub(super) fn enter(flow: &Flow) -> TokenStream {
    let steps = match flow.entries.as_slice() {
        [only] => {
            let step = carry(flow, &flow.nodes[only.node], &quote_mixed!(input));
            quote_mixed!(__p::steps::Outcome::Step(#step))
        }
        entries => enter_all(flow, entries),
    };
    quote_mixed! {
        fn enter(
            input: __In,
            cursor: &mut __p::steps::Cursor,
        ) -> __p::steps::Outcome<__Step, __Out> {
            #steps
        }
    }
}

fn carry(flow: &Flow, node: &Node, input: &TokenStream) -> TokenStream {
    let (variant, ty) = (&node.ident, &node.ty);
    let spanned = flow.spanned(&node.shown_as, node.spans);
    quote_mixed!(__Step::#variant(<#spanned as __p::Enters<__In, __p::In<#ty>>>::carry(#input)))
}

fn enter_all(flow: &Flow, entries: &[Entry]) -> TokenStream {
    let last = entries.len().saturating_sub(1);
    let branches = entries.iter().enumerate().map(|(index, entry)| {
        let node = &flow.nodes[entry.node];
        let input = match index == last {
            true => quote_mixed!(input),
            false => {
                let spanned = flow.spanned(&node.shown_as, node.spans);
                quote_mixed!(<#spanned as __p::EntersAmong<__In>>::copy(&input))
            }
        };
        let step = carry(flow, node, &input);
        let opens = opens(&entry.way.opens, &quote_mixed!(branches));
        let joins = literal(entry.way.opens.len());
        quote_mixed!(#opens branches.to(#step); branches.close(#joins);)
    });
    quote_mixed! {
        let mut branches = cursor.branches();
        #(#branches)*
        branches.outcome()
    }
}
