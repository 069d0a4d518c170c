//! `advance`: one arm per node, which visits it, and beside it a function per node that takes
//! its output on. Those know no state and wait for nothing, so that each is cheap to compile.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote_spanned};

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
    let (run, step) = (advance_of(names), ours!(__Step));
    let bounds = bounds(graph, names, nodes);
    let arms = arms(graph, names, nodes, &step).chain(kept(names));
    implemented(names, &run, &bounds, None, arms.collect())
}

/// Each part of the nodes by itself, and what chooses among the parts.
fn in_parts(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    let parts = nodes.chunks(TOGETHER).enumerate();
    let parts = parts.map(|(number, nodes)| Part::of(graph, names, number, nodes));
    let parts: Vec<_> = parts.collect();
    let (run, bounds) = (advance_of(names), parts.iter().map(|part| &part.bound));
    let bounds = ours!(#(#bounds)*);
    let runs = parts.iter().map(|part| &part.run);
    let runs = ours!(#(#runs)*);
    let arms = parts.into_iter().map(|part| part.arm).chain(kept(names));
    let whole = implemented(names, &run, &bounds, None, arms.collect());
    ours!(#runs #whole)
}

fn advance_of(names: &Names) -> TokenStream {
    quote_spanned!(names.site=> __p::Advance<__S>)
}

/// A part of the nodes: how it runs, where the whole flow says that it does, and the arm that
/// chooses it. It has a type of its own for its steps, since whatever is done with a step looks
/// at all of its variants.
struct Part {
    run: TokenStream,
    bound: TokenStream,
    arm: Arm,
}

/// A pattern of steps, and the future that runs them.
type Arm = (TokenStream, TokenStream);

impl Part {
    fn of(graph: &Graph, names: &Names, number: usize, nodes: &[usize]) -> Self {
        let step = format_ident!("__StepOfPart{number}", span = Span::call_site());
        let taken = format_ident!("__part_{number}", span = Span::call_site());
        let number = Literal::usize_unsuffixed(number);
        let part = quote_spanned!(names.site=> __p::AdvancePart<__S, #number>);
        let variants: Vec<_> = nodes.iter().map(|node| &names.variants[*node]).collect();
        let inputs = nodes.iter().map(|node| &names.types[*node]);
        let (bounds, ty) = (bounds(graph, names, nodes), ours!(type Step = #step;));
        let arms = arms(graph, names, nodes, &ours!(#step)).collect();
        let run = implemented(names, &part, &bounds, Some(&ty), arms);
        Self {
            run: ours! {
                #[allow(non_camel_case_types)]
                pub enum #step { #(#variants(__p::In<#inputs>),)* }

                #[inline]
                fn #taken(step: __Step) -> #step {
                    match step {
                        #(__Step::#variants(input) => #step::#variants(input),)*
                        _ => ::core::unreachable!(),
                    }
                }

                #run
            },
            bound: ours!(Self: __p::AdvancePart<__S, #number, Step = #step>,),
            arm: (
                ours!(step @ (#(__Step::#variants(_))|*)),
                ours!(<Self as #part>::advance(self, walk, #taken(step))),
            ),
        }
    }
}

/// The arms' futures are the leaves of a tree of `Either`: an `async fn` that awaits them would
/// cost the compiler twice as much.
fn implemented(
    names: &Names,
    run: &TokenStream,
    bounds: &TokenStream,
    step: Option<&TokenStream>,
    arms: Vec<Arm>,
) -> TokenStream {
    let flow = &names.flow;
    let bounds = ours! {
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        #bounds
    };
    let head = quote_spanned!(names.site=> impl<__S> #run for #flow where #bounds);
    let given = match step {
        Some(_) => ours!(<Self as #run>::Step),
        None => ours!(__Step),
    };
    let leaves = arms.len();
    let arms = arms.into_iter().enumerate().map(|(leaf, (steps, future))| {
        let future = at_leaf(leaf, leaves, future);
        ours!(#steps => #future,)
    });
    let body = ours! {
        #step

        #[inline]
        fn advance<'__a>(
            &'__a self,
            walk: __p::Walk<'__a, __S>,
            step: #given,
        ) -> impl __p::Advancing<__Step, __Out> {
            match step { #(#arms)* }
        }
    };
    quote_spanned!(names.site=> #[allow(unused_qualifications)] #head { #body })
}

/// A future as one of so many leaves.
fn at_leaf(leaf: usize, leaves: usize, future: TokenStream) -> TokenStream {
    if leaves == 1 {
        return future;
    }
    let half = leaves / 2;
    match leaf < half {
        true => {
            let left = at_leaf(leaf, half, future);
            ours!(__p::Either::left(#left))
        }
        false => {
            let right = at_leaf(leaf - half, leaves - half, future);
            ours!(__p::Either::right(#right))
        }
    }
}

fn bounds(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    let visited = nodes.iter().filter(|node| graph.nodes[**node].is_visited());
    let visited = visited.map(|node| &names.types[*node]);
    ours!(#(#visited: __p::Call<__S>,)*)
}

fn arms(
    graph: &Graph,
    names: &Names,
    nodes: &[usize],
    step: &TokenStream,
) -> impl Iterator<Item = Arm> {
    nodes.iter().map(|node| arm(graph, names, *node, step))
}

/// What waits at a join or is parked is the host's to keep.
fn kept(names: &Names) -> Option<Arm> {
    names.parts.iter().flatten().next()?;
    let kept = ours!(::core::result::Result::Ok(__p::Outcome::Step(step)));
    Some((ours!(step), ours!(::core::future::ready(#kept))))
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

fn arm(graph: &Graph, names: &Names, node: usize, step: &TokenStream) -> Arm {
    let (variant, ty, after) = (
        &names.variants[node],
        &names.types[node],
        &names.onward[node],
    );
    if !graph.nodes[node].is_visited() {
        return (
            ours!(#step::#variant(out)),
            ours!(::core::future::ready(walk.pass(out, #after))),
        );
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
    (ours!(#step::#variant(input)), visit)
}
