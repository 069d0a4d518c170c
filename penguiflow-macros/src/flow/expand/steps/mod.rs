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
use crate::options::Durability;

pub(super) fn steps(flow: &Flow) -> TokenStream {
    let step = step::step(flow);
    let joins = joins::joins(flow);
    let enter = enter::enter(flow);
    let advance = advance::advance(flow);
    let storable = storable::storable(flow);
    let durability = durability(flow);
    let (name, unique) = (&flow.declaration.name, names::stored_names_differ(flow));
    quote! {
        #storable
        #unique
        #step
        #joins

        impl __p::steps::Durable for #name {
            #durability
            type Step = __Step;
            #enter
        }

        #advance
    }
}

/// When a host stores the traces, unless that is the default.
fn durability(flow: &Flow) -> Option<TokenStream> {
    let at_awaits = flow.declaration.durability == Some(Durability::AtAwaits);
    at_awaits.then(|| {
        quote!(
            const DURABILITY: __p::steps::Durability = __p::steps::Durability::AtAwaits;
        )
    })
}

/// A durable flow with errors, which never runs.
pub(super) fn stand_in(flow: &Ident) -> TokenStream {
    quote! {
        #[derive(Clone)]
        pub enum __Step {}

        impl __p::steps::Serialize for __Step {
            fn serialize<__S: __p::steps::Serializer>(
                &self,
                _: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                match *self {}
            }
        }

        impl<'de> __p::steps::Deserialize<'de> for __Step {
            fn deserialize<__D: __p::steps::Deserializer<'de>>(
                _: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                ::core::unreachable!()
            }
        }

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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::flow::checked::lowered;
    use crate::pretty::shortened;

    fn check(option: &str, expected: Expect) {
        let source = format!("#[flow({option})] struct Press(Topic) -> Text; draft -> print;");
        let durability = lowered(&source, |flow, _| super::durability(flow));
        expected.assert_eq(&shortened(durability.unwrap_or_default()));
    }

    #[test]
    fn a_flow_that_is_stored_at_its_awaits_says_so() {
        check(
            "durable = \"awaits\"",
            expect!["const DURABILITY: steps::Durability = steps::Durability::AtAwaits;"],
        );
        check("durable", expect![""]);
    }
}
