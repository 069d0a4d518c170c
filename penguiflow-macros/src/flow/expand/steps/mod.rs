//! `steps`: a flow as steps that a host keeps, for a flow with `#[flow(durable)]`: an enum
//! with a variant per node and its input (`step`), what its joins make of steps (`joins`), what their
//! stored names are made of (`names`), where a trace begins (`enter`), and what runs a step (`advance`,
//! `successors`).

mod advance;
mod enter;
mod joins;
mod names;
mod step;
mod storable;
mod successors;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::flow::lower::Flow;

pub(super) fn steps(flow: &Flow) -> TokenStream {
    let step = step::step(flow);
    let joins = joins::joins(flow);
    let enter = enter::enter(flow);
    let advance = advance::advance(flow);
    let storable = storable::storable(flow);
    let (name, unique) = (&flow.declaration.name, names::stored_names_differ(flow));
    quote! {
        #storable
        #unique
        #step
        #joins

        impl __p::steps::Durable for #name {
            type Step = __Step;
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

            fn names() -> &'static __p::steps::StepNames {
                static __NAMES: __p::steps::FlowStepNames = __p::steps::FlowStepNames::new();
                __NAMES.of(Self::GRAPH, Self::JOINS, Self::INPUTS)
            }

            fn number(&self) -> __p::usize {
                match *self {}
            }
        }

        impl __p::steps::Durable for #flow {
            type Step = __Step;

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
