//! Where a trace begins: the steps that OpenSea leads to. The last one is given the input itself.

use proc_macro2::TokenStream;

use super::literal;
use super::onward::opens;
use crate::flow::expand::names::Names;
use crate::flow::expand::place::mentioned;
use crate::flow::graph::{Entry, Graph};

pub(super) fn enter(graph: &Graph, names: &Names) -> TokenStream {
    let steps = match graph.entries.as_slice() {
        [only] => {
            let step = carry(graph, names, only.node, &ours!(input));
            ours!(__p::steps::Outcome::Step(#step))
        }
        entries => enter_all(graph, names, entries),
    };
    ours! {
        fn enter(
            input: __In,
            course: &mut __p::steps::Cursor,
        ) -> __p::steps::Outcome<__Step, __Out> {
            #steps
        }
    }
}

fn carry(graph: &Graph, names: &Names, node: usize, input: &TokenStream) -> TokenStream {
    let (variant, ty) = (&names.variants[node], &names.types[node]);
    let place = names.place(ty, mentioned(graph, node));
    ours!(__Step::#variant(<#place as __p::Enters<__In, __p::In<#ty>>>::carry(#input)))
}

fn enter_all(graph: &Graph, names: &Names, entries: &[Entry]) -> TokenStream {
    let last = entries.len().saturating_sub(1);
    let branches = entries.iter().enumerate().map(|(place, entry)| {
        let node = entry.node;
        let input = match place == last {
            true => ours!(input),
            false => {
                let place = names.place(&names.types[node], mentioned(graph, node));
                ours!(<#place as __p::EntersAmong<__In>>::copy(&input))
            }
        };
        let step = carry(graph, names, node, &input);
        let opens = opens(&entry.opens, &ours!(branches));
        let joins = literal(entry.opens.len());
        ours!(#opens branches.to(#step); branches.close(#joins);)
    });
    ours! {
        let mut branches = course.branches();
        #(#branches)*
        branches.outcome()
    }
}
