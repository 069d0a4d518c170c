//! `advance`: one arm per node, which visits it, and beside it a function per node that takes
//! its output on. Those know no state and wait for nothing, so that each is cheap to compile.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::onward::{go_on, onward, taken_over};
use super::{after, instead_of, literal};
use crate::flow::expand::names::Names;
use crate::flow::expand::place::mentioned;
use crate::flow::graph::Graph;

/// The most nodes whose bounds the compiler looks at together: it compares each with each.
const TOGETHER: usize = 16;

pub(super) fn advance(graph: &Graph, names: &Names) -> TokenStream {
    let nodes: Vec<_> = (0..graph.nodes.len()).collect();
    let onward = nodes.iter().map(|node| takes_on(graph, names, *node));
    let fallbacks = nodes
        .iter()
        .filter_map(|node| takes_over(graph, names, *node));
    let runs = match nodes.len() <= TOGETHER {
        true => whole(graph, names, &nodes),
        false => in_parts(graph, names, &nodes),
    };
    ours!(#(#onward)* #(#fallbacks)* #runs)
}

fn whole(graph: &Graph, names: &Names, nodes: &[usize]) -> TokenStream {
    let (run, step) = (advance_of(names), ours!(__Step));
    let bounds = bounds(graph, names, nodes);
    let arms: Vec<_> = arms(graph, names, nodes, &step)
        .chain(kept(names))
        .collect();
    implemented(names, &run, &bounds, None, &arms)
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
    let arms: Vec<_> = arms.collect();
    let whole = implemented(names, &run, &bounds, None, &arms);
    ours!(#runs #whole)
}

fn advance_of(names: &Names) -> TokenStream {
    quote_spanned!(names.site=> __p::steps::Advance<__S>)
}

/// A part of the nodes: how it runs, where the whole flow says that it does, and the arm that
/// chooses it. It has a type of its own for its steps, since whatever is done with a step looks
/// at all of its variants.
struct Part {
    run: TokenStream,
    bound: TokenStream,
    arm: TokenStream,
}

impl Part {
    fn of(graph: &Graph, names: &Names, number: usize, nodes: &[usize]) -> Self {
        let step = format_ident!("__StepOfPart{number}", span = Span::call_site());
        let taken = format_ident!("__part_{number}", span = Span::call_site());
        let number = self::literal(number);
        let part = quote_spanned!(names.site=> __p::steps::AdvancePart<__S, #number>);
        let variants: Vec<_> = nodes.iter().map(|node| &names.variants[*node]).collect();
        let inputs = nodes.iter().map(|node| &names.types[*node]);
        let (bounds, ty) = (bounds(graph, names, nodes), ours!(type Step = #step;));
        let arms: Vec<_> = arms(graph, names, nodes, &ours!(#step)).collect();
        let run = implemented(names, &part, &bounds, Some(&ty), &arms);
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
            bound: ours!(Self: __p::steps::AdvancePart<__S, #number, Step = #step>,),
            arm: ours! {
                step @ (#(__Step::#variants(_))|*) => {
                    <Self as #part>::advance(self, cx, #taken(step))
                }
            },
        }
    }
}

fn implemented(
    names: &Names,
    run: &TokenStream,
    bounds: &TokenStream,
    step: Option<&TokenStream>,
    arms: &[TokenStream],
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
    let body = ours! {
        #step

        fn advance<'__a>(
            &'__a self,
            cx: __p::steps::StepCx<'__a, __S>,
            step: #given,
        ) -> __p::steps::RunningStep<'__a, __Step, __Out> {
            match step { #(#arms)* }
        }
    };
    quote_spanned!(names.site=> #[allow(unused_qualifications)] #head { #body })
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
) -> impl Iterator<Item = TokenStream> {
    nodes.iter().map(|node| arm(graph, names, *node, step))
}

/// What waits at a join or is parked is the host's to keep, and does not run.
fn kept(names: &Names) -> Option<TokenStream> {
    names.parts.iter().flatten().next()?;
    Some(ours!(_ => ::core::unreachable!(),))
}

/// Takes what a node gave on, or out of the flow.
fn takes_on(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let (name, ty) = (after(graph, node), &names.types[node]);
    let onward = onward(graph, names, node);
    if !graph.nodes[node].is_visited() {
        return ours! {
            fn #name(
                out: __p::Out<#ty>,
                course: &mut __p::steps::Cursor,
                budgets: __p::steps::Budgets,
            ) -> __p::steps::StepResult<__Step, __Out> {
                let _ = (&course, budgets);
                #onward
            }
        };
    }
    let place = names.place(ty, mentioned(graph, node));
    ours! {
        fn #name(
            gave: __p::steps::NodeOutput<#ty>,
            course: &mut __p::steps::Cursor,
            budgets: __p::steps::Budgets,
        ) -> __p::steps::StepResult<__Step, __Out> {
            let _ = (&course, budgets);
            let out = match gave {
                __p::Direction::On(out) => out,
                __p::Direction::Out(exit) => {
                    let out = <#place as __p::Breaks<
                        __p::Exit<#ty>,
                        __p::BreakValue<#ty>,
                        __Out,
                    >>::carry(exit);
                    return ::core::result::Result::Ok(__p::steps::Outcome::Output(out));
                }
                __p::Direction::End => return ::core::result::Result::Ok(__p::steps::Outcome::End),
            };
            #onward
        }
    }
}

/// Takes the input of a node that failed on to its fallback.
fn takes_over(graph: &Graph, names: &Names, node: usize) -> Option<TokenStream> {
    let fallback = graph.fallback(node)?;
    if !graph.nodes[node].is_visited() {
        return None;
    }
    let (name, ty) = (instead_of(graph, node), &names.types[node]);
    let (next, go_on) = (
        taken_over(graph, names, node),
        go_on(graph, names, fallback),
    );
    Some(ours! {
        fn #name(
            input: __p::In<#ty>,
            error: __p::NodeError,
            course: &mut __p::steps::Cursor,
            budgets: __p::steps::Budgets,
        ) -> __p::steps::StepResult<__Step, __Out> {
            let _ = (&course, budgets);
            let next = #next;
            #go_on
        }
    })
}

fn arm(graph: &Graph, names: &Names, node: usize, step: &TokenStream) -> TokenStream {
    let (variant, ty, after) = (
        &names.variants[node],
        &names.types[node],
        after(graph, node),
    );
    let index = literal(node);
    if !graph.nodes[node].is_visited() {
        return ours!(#step::#variant(out) => cx.pass(#index, out, #after),);
    }
    let place = names.place(ty, mentioned(graph, node));
    let value = match graph.nodes[node].binding() {
        Some(_) => ours!(&self.#variant),
        None => ours!(<#place as __p::FunctionNode>::node()),
    };
    let visit = match graph.fallback(node) {
        None => ours!(cx.visit::<#ty, __Step, __Out>(#value, #index, input, #after)),
        Some(_) => {
            let instead = instead_of(graph, node);
            let keep = ours! {
                <#place as __p::FallsBack<__p::TakingOf<#ty>, __p::In<#ty>>>::keep
            };
            ours! {
                cx.visit_or_fall_back::<#ty, __Step, __Out>(
                    #value, #index, input, #after, #keep, #instead,
                )
            }
        }
    };
    ours!(#step::#variant(input) => #visit,)
}
