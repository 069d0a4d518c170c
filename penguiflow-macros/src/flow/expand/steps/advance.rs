//! Writes `advance`: an arm per node, which visits it, and a function per node that finds the
//! successors of its output. These functions are not async and not generic, so they are cheap to
//! compile.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::successors::{go_on, successors, taken_over};
use crate::flow::expand::bounds::{TOGETHER, bounds};
use crate::flow::expand::literal::literal;
use crate::flow::lower::{Flow, Node, Role};

pub(super) fn advance(flow: &Flow) -> TokenStream {
    let successors = flow.nodes.iter().map(|node| takes_on(flow, node));
    let fallbacks = flow.nodes.iter().filter_map(|node| takes_over(flow, node));
    let runs = match flow.nodes.len() <= TOGETHER {
        true => whole(flow),
        false => in_parts(flow),
    };
    quote_mixed!(#(#successors)* #(#fallbacks)* #runs)
}

fn whole(flow: &Flow) -> TokenStream {
    let (run, step) = (advance_of(flow), quote_mixed!(__Step));
    let bounds = bounds(&flow.nodes);
    let arms: Vec<_> = arms(flow, &flow.nodes, &step).chain(kept(flow)).collect();
    implemented(flow, &run, &bounds, None, &arms)
}

/// The nodes in parts, and an `advance` that chooses the part.
fn in_parts(flow: &Flow) -> TokenStream {
    let parts = flow.nodes.chunks(TOGETHER).enumerate();
    let parts = parts.map(|(number, nodes)| Part::of(flow, number, nodes));
    let parts: Vec<_> = parts.collect();
    let (run, bounds) = (advance_of(flow), parts.iter().map(|part| &part.bound));
    let bounds = quote_mixed!(#(#bounds)*);
    let runs = parts.iter().map(|part| &part.run);
    let runs = quote_mixed!(#(#runs)*);
    let arms = parts.into_iter().map(|part| part.arm).chain(kept(flow));
    let arms: Vec<_> = arms.collect();
    let whole = implemented(flow, &run, &bounds, None, &arms);
    quote_mixed!(#runs #whole)
}

fn advance_of(flow: &Flow) -> TokenStream {
    quote_spanned!(flow.declaration.site=> __p::steps::Advance<__S>)
}

/// A part of the nodes: its `advance`, the bound for it, and the arm that chooses it. It has a step
/// type of its own, since each use of a step is compiled for all of its variants.
struct Part {
    run: TokenStream,
    bound: TokenStream,
    arm: TokenStream,
}

impl Part {
    fn of(flow: &Flow, number: usize, nodes: &[Node]) -> Self {
        let step = format_ident!("__StepOfPart{number}", span = Span::call_site());
        let taken = format_ident!("__part_{number}", span = Span::call_site());
        let number = literal(number);
        let part = quote_spanned!(flow.declaration.site=> __p::steps::AdvancePart<__S, #number>);
        let variants: Vec<_> = nodes.iter().map(|node| &node.ident).collect();
        let inputs = nodes.iter().map(|node| &node.ty);
        let (bounds, ty) = (bounds(nodes), quote_mixed!(type Step = #step;));
        let arms: Vec<_> = arms(flow, nodes, &quote_mixed!(#step)).collect();
        let run = implemented(flow, &part, &bounds, Some(&ty), &arms);
        Self {
            run: quote_mixed! {
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
            bound: quote_mixed!(Self: __p::steps::AdvancePart<__S, #number, Step = #step>,),
            arm: quote_mixed! {
                step @ (#(__Step::#variants(_))|*) => {
                    <Self as #part>::advance(self, cx, #taken(step))
                }
            },
        }
    }
}

fn implemented(
    flow: &Flow,
    run: &TokenStream,
    bounds: &TokenStream,
    step: Option<&TokenStream>,
    arms: &[TokenStream],
) -> TokenStream {
    let (name, site) = (&flow.declaration.name, flow.declaration.site);
    let bounds = quote_mixed! {
        __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        #bounds
    };
    let head = quote_spanned!(site=> impl<__S> #run for #name where #bounds);
    let given = match step {
        Some(_) => quote_mixed!(<Self as #run>::Step),
        None => quote_mixed!(__Step),
    };
    let body = quote_mixed! {
        #step

        fn advance<'__a>(
            &'__a self,
            cx: __p::steps::StepCx<'__a, __S>,
            step: #given,
        ) -> __p::steps::RunningStep<'__a, __Step, __Out> {
            match step { #(#arms)* }
        }
    };
    quote_spanned!(site=> #[allow(unused_qualifications)] #head { #body })
}

fn arms(flow: &Flow, nodes: &[Node], step: &TokenStream) -> impl Iterator<Item = TokenStream> {
    nodes.iter().map(|node| arm(flow, node, step))
}

/// Steps at a join's inputs and parked ones are kept by the host, and never run.
fn kept(flow: &Flow) -> Option<TokenStream> {
    let is_kept = |node: &Node| matches!(node.role, Role::Join(_) | Role::Await(_));
    let is_any = flow.nodes.iter().any(is_kept);
    is_any.then(|| quote_mixed!(_ => ::core::unreachable!(),))
}

/// The function that finds the successors of a node's output.
fn takes_on(flow: &Flow, node: &Node) -> TokenStream {
    let (name, ty) = (successors_ident(node), &node.ty);
    let successors = successors(flow, node);
    if !node.is_visit() {
        return quote_mixed! {
            fn #name(
                out: __p::Out<#ty>,
                cursor: &mut __p::steps::Cursor,
                budgets: __p::steps::Budgets,
            ) -> __p::steps::StepResult<__Step, __Out> {
                let _ = (&cursor, budgets);
                #successors
            }
        };
    }
    let spanned = flow.spanned(ty, node.spans);
    quote_mixed! {
        fn #name(
            output: __p::steps::NodeOutput<#ty>,
            cursor: &mut __p::steps::Cursor,
            budgets: __p::steps::Budgets,
        ) -> __p::steps::StepResult<__Step, __Out> {
            let _ = (&cursor, budgets);
            let out = match output {
                __p::Direction::On(out) => out,
                __p::Direction::Out(exit) => {
                    let out = <#spanned as __p::Breaks<
                        __p::Exit<#ty>,
                        __p::BreakValue<#ty>,
                        __Out,
                    >>::carry(exit);
                    return ::core::result::Result::Ok(__p::steps::Outcome::Output(out));
                }
                __p::Direction::End => return ::core::result::Result::Ok(__p::steps::Outcome::End),
            };
            #successors
        }
    }
}

/// The function that gives a failed node's input to its fallback.
fn takes_over(flow: &Flow, node: &Node) -> Option<TokenStream> {
    let fallback = flow.fallback(node).filter(|_| node.is_visit())?;
    let (name, ty) = (fallback_ident(node), &node.ty);
    let (next, go_on) = (taken_over(flow, node), go_on(flow, node, fallback));
    Some(quote_mixed! {
        fn #name(
            input: __p::In<#ty>,
            error: __p::NodeError,
            cursor: &mut __p::steps::Cursor,
            budgets: __p::steps::Budgets,
        ) -> __p::steps::StepResult<__Step, __Out> {
            let _ = (&cursor, budgets);
            let next = #next;
            #go_on
        }
    })
}

fn arm(flow: &Flow, node: &Node, step: &TokenStream) -> TokenStream {
    let (variant, ty, after) = (&node.ident, &node.ty, successors_ident(node));
    let index = literal(node.index);
    if !node.is_visit() {
        return quote_mixed!(#step::#variant(out) => cx.pass(#index, out, #after),);
    }
    let spanned = flow.spanned(ty, node.spans);
    let value = match node.is_field() {
        true => quote_mixed!(&self.#variant),
        false => quote_mixed!(<#spanned as __p::FunctionNode>::node()),
    };
    let visit = match node.fallback {
        None => quote_mixed!(cx.visit::<#ty, __Step, __Out>(#value, #index, input, #after)),
        Some(_) => {
            let fallback = fallback_ident(node);
            let shown = flow.spanned(&node.shown_as, node.spans);
            let keep = quote_mixed! {
                <#shown as __p::FallsBack<__p::TakingOf<#ty>, __p::In<#ty>>>::keep
            };
            quote_mixed! {
                cx.visit_or_fall_back::<#ty, __Step, __Out>(
                    #value, #index, input, #after, #keep, #fallback,
                )
            }
        }
    };
    quote_mixed!(#step::#variant(input) => #visit,)
}

/// The name of the function that finds a node's successors.
fn successors_ident(node: &Node) -> Ident {
    format_ident!("__successors_of_{}", node.ident, span = Span::call_site())
}

/// The name of the function that gives a node's input to its fallback.
fn fallback_ident(node: &Node) -> Ident {
    format_ident!("__fallback_of_{}", node.ident, span = Span::call_site())
}
