//! `advance`: one `if let` per node, in an order in which edges lead forward, so that a
//! straight line of nodes is straight-line code that can be entered at any step.

use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;

use super::names::Names;
use super::onward::{go_on, onward, taken_over};
use super::place::mentioned;
use crate::flow::graph::Graph;

pub(super) fn advance(graph: &Graph, names: &Names) -> TokenStream {
    let flow = &names.flow;
    let nodes = graph.nodes.iter().zip(&names.types);
    let visited = nodes
        .filter(|(node, _)| node.is_visited())
        .map(|(_, ty)| ty);
    let steps = graph.order.iter().map(|node| step(graph, names, *node));
    let bounds = ours! {
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        #(#visited: __p::Call<__S>,)*
    };
    let head = quote_spanned!(names.site=> impl<__S> __p::Advance<__S> for #flow where #bounds);
    let body = ours! {
        #[allow(irrefutable_let_patterns)]
        async fn advance<__H: __p::Host>(
            &self,
            runtime: &__p::Runtime<'_, __S>,
            course: &mut __p::Course,
            mut step: __Step,
            host: &__H,
        ) -> __p::Advanced<__Step, __Out> {
            loop {
                #(#steps)*
            }
        }
    };
    quote_spanned!(names.site=> #[allow(unused_qualifications)] #head { #body })
}

fn step(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let (variant, ty) = (&names.variants[node], &names.types[node]);
    if !graph.nodes[node].is_visited() {
        let onward = onward(graph, names, node);
        return ours!(if let __Step::#variant(out) = step { #onward });
    }
    let number = Literal::usize_unsuffixed(node);
    let value = match graph.nodes[node].binding() {
        Some(_) => ours!(&self.#variant),
        None => {
            let place = names.place(ty, mentioned(graph, node));
            ours!(<#place as __p::FunctionNode>::node())
        }
    };
    let place = names.place(ty, mentioned(graph, node));
    let leave = ours! {
        |exit| <#place as __p::Breaks<
            __p::Exit<#ty>,
            __p::Left<#ty>,
            __Out,
        >>::carry(exit)
    };
    let onward = onward(graph, names, node);
    let Some(fallback) = graph.fallback(node) else {
        return ours! {
            if let __Step::#variant(input) = step {
                let out = __p::visit(#value, #number, input, course, runtime, #leave).await?;
                #onward
            }
        };
    };
    let (next, taken_over) = (
        taken_over(graph, names, node),
        go_on(graph, names, fallback),
    );
    ours! {
        if let __Step::#variant(input) = step {
            let kept = <#place as __p::FallsBack<
                <#ty as __p::Node>::Taking,
                __p::In<#ty>,
            >>::keep(&input);
            let visited = __p::visit_or_give_back(
                #value, #number, input, kept, course, runtime, #leave,
            );
            match visited.await? {
                ::core::result::Result::Ok(out) => { #onward }
                ::core::result::Result::Err((input, error)) => {
                    let next = #next;
                    #taken_over
                }
            }
        }
    }
}
