//! `steps`: a flow as steps that a host keeps, for a flow that says `#[flow(durable)]`: an enum
//! with a variant per node and its input (`step`), what its joins make of steps (`joins`), where a
//! trace begins (`enter`), and what runs a step (`advance`, `onward`).

mod advance;
mod enter;
mod joins;
mod onward;
mod step;
mod storable;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::names::Names;
use crate::flow::graph::Graph;

pub(super) fn steps(graph: &Graph, names: &Names) -> TokenStream {
    let step = step::step(graph, names);
    let joins = joins::joins(graph, names);
    let enter = enter::enter(graph, names);
    let advance = advance::advance(graph, names);
    let storable = storable::storable(graph, names);
    let (flow, labels) = (&names.flow, step::labels(names));
    quote! {
        #storable
        #step
        #joins

        impl __p::steps::Durable for #flow {
            type Step = __Step;
            const STEPS: &'static [&'static __p::str] = &[#(#labels,)*];
            #enter
        }

        #advance
    }
}

/// A durable flow with errors, which never runs.
pub(super) fn stand_in(flow: &Ident) -> TokenStream {
    quote! {
        #[derive(Clone)]
        pub enum __Step {}

        impl __p::steps::StepJoins for __Step {
            const GRAPH: &'static __p::Graph = <#flow as __p::Topology>::GRAPH;
            const JOINS: &'static [__p::JoinInfo] = &[];
            const AWAITS: &'static [__p::AwaitInfo] = &[];

            fn number(&self) -> __p::usize {
                match *self {}
            }
        }

        impl __p::steps::Durable for #flow {
            type Step = __Step;
            const STEPS: &'static [&'static __p::str] = &[];

            fn enter(
                _: Self::In,
                _: &mut __p::steps::Cursor,
            ) -> __p::steps::Outcome<__Step, Self::Out> {
                __p::steps::Outcome::End
            }
        }

        impl<__S> __p::steps::Advance<__S> for #flow
        where
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            fn advance<'__a>(
                &'__a self,
                _: __p::steps::StepCx<'__a, __S>,
                step: __Step,
            ) -> __p::steps::RunningStep<'__a, __Step, Self::Out> {
                match step {}
            }
        }
    }
}

/// The function that takes a node's output on.
fn after(graph: &Graph, node: usize) -> Ident {
    format_ident!(
        "__after_{}",
        graph.nodes[node].ident,
        span = Span::call_site()
    )
}

/// The function that takes a node's input on if the node fails.
fn instead_of(graph: &Graph, node: usize) -> Ident {
    format_ident!(
        "__instead_of_{}",
        graph.nodes[node].ident,
        span = Span::call_site()
    )
}

fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
