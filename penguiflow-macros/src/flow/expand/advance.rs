//! `advance`: one arm per node, which visits it, and beside it a function per node that takes
//! its output on. Those know no state and wait for nothing, so that each is cheap to compile.

use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;

use super::names::Names;
use super::onward::{go_on, onward, taken_over};
use super::place::mentioned;
use crate::flow::graph::Graph;

/// The most nodes whose bounds the compiler looks at together: it compares each with each.
const TOGETHER: usize = 16;

pub(super) fn advance(graph: &Graph, names: &Names) -> TokenStream {
    let nodes: Vec<_> = (0..graph.nodes.len()).collect();
    let onward = nodes.iter().map(|node| after(graph, names, *node));
    let fallbacks = nodes.iter().filter_map(|node| instead(graph, names, *node));
    let runs = match nodes.len() <= TOGETHER {
        true => whole(graph, names, &nodes),
        false => in_parts(graph, names, &nodes),
    };
    ours!(#(#onward)* #(#fallbacks)* #runs)
}

fn whole(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    let (bounds, arms) = (bounds(graph, names, nodes), arms(graph, names, nodes));
    let kept = kept(names);
    implemented(
        names,
        &ours!(__p::Advance<__S>),
        &bounds,
        &ours!(#arms #kept),
    )
}

/// Each part of the nodes by itself, and what chooses among the parts.
fn in_parts(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    let parts = || nodes.chunks(TOGETHER).enumerate();
    let runs = parts().map(|(number, nodes)| {
        let number = Literal::usize_unsuffixed(number);
        let (bounds, arms) = (bounds(graph, names, nodes), arms(graph, names, nodes));
        let part = ours!(__p::AdvancePart<__S, #number>);
        let others = ours!(_ => ::core::unreachable!(),);
        implemented(names, &part, &bounds, &ours!(#arms #others))
    });
    let (bounds, arms): (Vec<_>, Vec<_>) = parts()
        .map(|(number, nodes)| {
            let number = Literal::usize_unsuffixed(number);
            let variants = nodes.iter().map(|node| &names.variants[*node]);
            let part = ours!(__p::AdvancePart<__S, #number>);
            let arm = ours! {
                step @ (#(__Step::#variants(_))|*) => {
                    <Self as #part>::advance(self, walk, step).await
                }
            };
            (ours!(Self: #part,), arm)
        })
        .unzip();
    let kept = kept(names);
    let whole = implemented(
        names,
        &ours!(__p::Advance<__S>),
        &ours!(#(#bounds)*),
        &ours!(#(#arms)* #kept),
    );
    ours!(#(#runs)* #whole)
}

fn implemented(
    names: &Names,
    run: &TokenStream,
    bounds: &TokenStream,
    arms: &TokenStream,
) -> TokenStream {
    let flow = &names.flow;
    let bounds = ours! {
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        #bounds
    };
    let head = quote_spanned!(names.site=> impl<__S> #run for #flow where #bounds);
    let body = ours! {
        async fn advance(
            &self,
            walk: __p::Walk<'_, __S>,
            step: __Step,
        ) -> __p::Advanced<__Step, __Out> {
            match step {
                #arms
            }
        }
    };
    quote_spanned!(names.site=> #[allow(unused_qualifications)] #head { #body })
}

fn bounds(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    let visited = nodes.iter().filter(|node| graph.nodes[**node].is_visited());
    let visited = visited.map(|node| &names.types[*node]);
    ours!(#(#visited: __p::Call<__S>,)*)
}

fn arms(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    nodes.iter().map(|node| arm(graph, names, *node)).collect()
}

/// What waits at a join or is parked is the host's to keep.
fn kept(names: &Names) -> Option<TokenStream> {
    names.parts.iter().flatten().next()?;
    Some(ours!(step => ::core::result::Result::Ok(__p::Outcome::Step(step)),))
}

/// Takes what a node gave on, or out of the flow.
fn after(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let (name, ty) = (&names.onward[node], &names.types[node]);
    let onward = onward(graph, names, node);
    if !graph.nodes[node].is_visited() {
        return ours! {
            fn #name(
                out: __p::Out<#ty>,
                course: &mut __p::Course,
                budgets: __p::Budgets,
            ) -> __p::Advanced<__Step, __Out> {
                let _ = (&course, budgets);
                #onward
            }
        };
    }
    let place = names.place(ty, mentioned(graph, node));
    ours! {
        fn #name(
            gave: __p::Gave<#ty>,
            course: &mut __p::Course,
            budgets: __p::Budgets,
        ) -> __p::Advanced<__Step, __Out> {
            let _ = (&course, budgets);
            let out = match gave {
                __p::Direction::On(out) => out,
                __p::Direction::Out(exit) => {
                    let out = <#place as __p::Breaks<
                        __p::Exit<#ty>,
                        __p::Left<#ty>,
                        __Out,
                    >>::carry(exit);
                    return ::core::result::Result::Ok(__p::Outcome::Output(out));
                }
                __p::Direction::End => return ::core::result::Result::Ok(__p::Outcome::End),
            };
            #onward
        }
    }
}

/// Takes the input of a node that failed on to its fallback.
fn instead(graph: &Graph, names: &Names, node: usize) -> Option<TokenStream> {
    let fallback = graph.fallback(node)?;
    if !graph.nodes[node].is_visited() {
        return None;
    }
    let (name, ty) = (&names.instead[node], &names.types[node]);
    let (next, go_on) = (
        taken_over(graph, names, node),
        go_on(graph, names, fallback),
    );
    Some(ours! {
        fn #name(
            input: __p::In<#ty>,
            error: __p::NodeError,
            course: &mut __p::Course,
            budgets: __p::Budgets,
        ) -> __p::Advanced<__Step, __Out> {
            let _ = (&course, budgets);
            let next = #next;
            #go_on
        }
    })
}

fn arm(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let (variant, ty, after) = (
        &names.variants[node],
        &names.types[node],
        &names.onward[node],
    );
    if !graph.nodes[node].is_visited() {
        return ours!(__Step::#variant(out) => walk.pass(out, #after),);
    }
    let number = Literal::usize_unsuffixed(node);
    let place = names.place(ty, mentioned(graph, node));
    let value = match graph.nodes[node].binding() {
        Some(_) => ours!(&self.#variant),
        None => ours!(<#place as __p::FunctionNode>::node()),
    };
    let visit = match graph.fallback(node) {
        None => ours!(__p::visit(#value, #number, input, walk, #after)),
        Some(_) => {
            let instead = &names.instead[node];
            let keep = ours! {
                <#place as __p::FallsBack<<#ty as __p::Node>::Taking, __p::In<#ty>>>::keep
            };
            ours! {
                __p::visit_or_fall_back(
                    #value, #number, input, walk, #after, #keep, #instead,
                )
            }
        }
    };
    ours!(__Step::#variant(input) => #visit.await,)
}
