//! `advance`: one `if let` per node, in an order in which edges lead forward, so that a
//! straight line of nodes is straight-line code that can be entered at any step.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::names::Names;
use super::topology::{mentioned, place};
use crate::flow::graph::{Edge, Graph};

pub(super) fn advance(graph: &Graph, names: &Names) -> TokenStream {
    let Names { flow, types, .. } = names;
    let steps = graph.order.iter().map(|node| step(graph, names, *node));
    quote! {
        impl<__S> __p::Advance<__S> for #flow
        where
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
            #(#types: __p::Call<__S>,)*
        {
            #[allow(irrefutable_let_patterns)]
            async fn advance<__H: __p::Host>(
                &self,
                runtime: &__p::Runtime<__S>,
                course: &mut __p::Course,
                mut step: __Step,
                host: &__H,
            ) -> __p::Advanced<__Step, __Out> {
                loop {
                    #(#steps)*
                }
            }
        }
    }
}

fn step(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let (variant, ty) = (&names.variants[node], &names.types[node]);
    let number = Literal::usize_unsuffixed(node);
    let value = match graph.nodes[node].binding {
        Some(_) => quote!(&self.#variant),
        None => {
            let place = place(ty, mentioned(graph, node));
            quote!(&<#place as __p::FunctionNode>::NODE)
        }
    };
    let place = place(ty, mentioned(graph, node));
    let leave = quote! {
        |exit| <#place as __p::Breaks<
            __p::Exit<#ty>,
            __p::Left<#ty>,
            __Out,
        >>::carry(exit)
    };
    let onward = onward(graph, names, node);
    quote! {
        if let __Step::#variant(input) = step {
            let out = __p::visit(#value, #number, input, course, runtime, #leave).await?;
            #onward
        }
    }
}

/// Where a node's output goes: out of the flow, on, or several ways.
fn onward(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let edges: Vec<_> = graph.edges_from(node).map(|(_, edge)| edge).collect();
    match edges.as_slice() {
        [] => {
            let ty = &names.types[node];
            let place = place(ty, mentioned(graph, node));
            quote! {
                let out = <#place as __p::Ends<__p::Out<#ty>, __Out>>::carry(out);
                return ::core::result::Result::Ok(__p::Outcome::Output(out));
            }
        }
        [edge] => follow(names, edge),
        edges => broadcast(graph, names, edges),
    }
}

fn follow(names: &Names, edge: &Edge) -> TokenStream {
    let step = carried(names, edge, quote!(out));
    let (hop, again) = match edge.is_hop {
        true => {
            let from = called(edge.from);
            (
                quote!(course.go_round(runtime.hops(), #from)?;),
                quote!(continue;),
            )
        }
        false => (quote!(course.follow();), TokenStream::new()),
    };
    quote! {
        step = #step;
        #hop
        if !host.goes_on() {
            return ::core::result::Result::Ok(__p::Outcome::Step(step));
        }
        #again
    }
}

/// The last edge is given the output itself.
fn broadcast(graph: &Graph, names: &Names, edges: &[&Edge]) -> TokenStream {
    let last = edges.len() - 1;
    let branches = edges.iter().enumerate().map(|(place_among, edge)| {
        let from = &names.types[edge.from];
        let place = place(from, mentioned(graph, edge.from));
        let out = match place_among == last {
            true => quote!(out),
            false => quote!(<#place as __p::Broadcasts<__p::Out<#from>>>::copy(&out)),
        };
        let step = carried(names, edge, out);
        match edge.is_hop {
            true => {
                let from = called(edge.from);
                quote!(.round_to(#step, runtime.hops(), #from)?)
            }
            false => quote!(.to(#step)),
        }
    });
    quote!(return ::core::result::Result::Ok(course.branches() #(#branches)* .outcome());)
}

/// What the graph calls a node, which `#[node(name = "…")]` may have set.
fn called(node: usize) -> TokenStream {
    let node = Literal::usize_unsuffixed(node);
    quote!(<Self as __p::Topology>::GRAPH.nodes[#node].name)
}

/// The step at an edge's end, with the output carried there.
fn carried(names: &Names, edge: &Edge, out: TokenStream) -> TokenStream {
    let (from, to) = (&names.types[edge.from], &names.types[edge.to]);
    let variant = &names.variants[edge.to];
    let place = place(to, edge.spans);
    quote! {
        __Step::#variant(
            <#place as __p::Follows<#from, __p::Out<#from>, __p::In<#to>>>::carry(#out)
        )
    }
}
