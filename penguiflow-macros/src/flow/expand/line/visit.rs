//! Visits, and what becomes of those that fail.

use proc_macro2::TokenStream;

use super::body::{Writer, number, over};
use crate::flow::expand::names::awaited;
use crate::flow::expand::place::mentioned;
use crate::flow::graph::Role;
use crate::flow::lower::code::Body;

impl Writer<'_> {
    /// A visit whose failure is the branch's.
    pub(super) fn visit(&self, node: usize) -> TokenStream {
        let success = self.visited(node);
        let on = self.set_down(node, &ours!(success?));
        ours! {
            let success = {
                #success
            };
            #on
        }
    }

    /// A node's own future, in its boundary of panics; where something watches it, beside that.
    fn visited(&self, node: usize) -> TokenStream {
        let ty = &self.names.types[node];
        let run = self.run(node);
        ours! {
            let (mut kept, moved) = cursor.wrap::<#ty>(out);
            #run
        }
    }

    fn run(&self, node: usize) -> TokenStream {
        let (ty, index) = (&self.names.types[node], number(node));
        let place = self.names.place(ty, mentioned(self.graph, node));
        let value = match self.graph.nodes[node].binding() {
            Some(_) => {
                let field = &self.names.variants[node];
                ours!(&flow.#field)
            }
            None => ours!(<#place as __p::FunctionNode>::node()),
        };
        ours! {
            if cursor.is_quiet::<#ty>() {
                let visit = ::core::pin::pin!(__p::visit(
                    #value,
                    &mut kept,
                    moved,
                    cursor.visit(state, #index),
                ));
                cursor.judge::<#ty, __S>(#index, __p::guarded(visit).await)
            } else {
                cursor.watch((#index, #value), &mut kept, moved, state).await
            }
        }
    }

    /// Goes on with what a node returned, or leaves the flow, or ends the branch.
    fn set_down(&self, node: usize, success: &TokenStream) -> TokenStream {
        let ty = &self.names.types[node];
        let place = self.names.place(ty, mentioned(self.graph, node));
        let (about, leave, over) = (self.about(node), self.leave(), over());
        ours! {
            let out = match __p::unwrap::<#ty>(#success, cursor) {
                __p::Direction::On(out) => out,
                __p::Direction::Out(exit) => {
                    #about
                    let out = <#place as __p::Breaks<
                        __p::Exit<#ty>,
                        __p::BreakValue<#ty>,
                        __Out,
                    >>::carry(exit);
                    #leave
                }
                __p::Direction::End => { #over }
            };
        }
    }

    /// A node, or an `await`, that another one takes over from.
    pub(super) fn or_else(
        &self,
        (node, is_head): (usize, bool),
        on: &Body<'_>,
        failed: &Body<'_>,
    ) -> TokenStream {
        let (on, failed, taken) = (self.body(on), self.body(failed), self.taken_over(node));
        let (run, set_down, kept) = match &self.graph.nodes[node].role {
            Role::Await(_) => self.parked_or_else(node),
            _ => self.visited_or_else(node),
        };
        let failing = ours! {
            let (input, error) = cursor.fall_back(#kept, error)?;
            cursor.follow();
        };
        if is_head {
            let exhausted = self.names.exhausted(node);
            return ours! {
                let tried = match #exhausted.take() {
                    ::core::option::Option::Some(error) => {
                        ::core::result::Result::Err((out, error))
                    }
                    ::core::option::Option::None => {
                        #run
                        match success {
                            ::core::result::Result::Ok(success) => {
                                ::core::result::Result::Ok(success)
                            }
                            ::core::result::Result::Err(error) => {
                                #failing
                                ::core::result::Result::Err((input, error))
                            }
                        }
                    }
                };
                match tried {
                    ::core::result::Result::Ok(success) => {
                        #set_down
                        #on
                    }
                    ::core::result::Result::Err((input, error)) => {
                        #taken
                        #failed
                    }
                }
            };
        }
        ours! {
            #run
            match success {
                ::core::result::Result::Ok(success) => {
                    #set_down
                    #on
                }
                ::core::result::Result::Err(error) => {
                    #failing
                    #taken
                    #failed
                }
            }
        }
    }

    /// How a node runs, what follows its success, and what is kept of its input.
    fn visited_or_else(&self, node: usize) -> (TokenStream, TokenStream, TokenStream) {
        let ty = &self.names.types[node];
        let place = self.names.place(ty, mentioned(self.graph, node));
        let (about, run) = (self.about(node), self.run(node));
        let visit = ours! {
            #about
            let copy = <#place as __p::FallsBack<__p::TakingOf<#ty>, __p::In<#ty>>>::keep(&out);
            let (mut kept, moved) = cursor.wrap::<#ty>(out);
            let success = { #run };
        };
        let kept = ours!(copy.or_else(|| __p::keep::<#ty>(kept)));
        (visit, self.set_down(node, &ours!(success)), kept)
    }

    fn parked_or_else(&self, node: usize) -> (TokenStream, TokenStream, TokenStream) {
        let park = self.parking(node);
        let park = ours!(let success = #park;);
        let on = ours! {
            cursor.follow();
            let out = (out, success);
        };
        (park, on, ours!(::core::option::Option::Some(out)))
    }

    /// Waits for a value, and goes on with what was parked and that.
    pub(super) fn park(&self, node: usize) -> TokenStream {
        let park = self.parking(node);
        ours! {
            let given = #park?;
            cursor.follow();
            let out = (out, given);
        }
    }

    fn parking(&self, node: usize) -> TokenStream {
        let flow = &self.names.flow;
        let place = self.graph.awaits().position(|(place, _)| place == node);
        let place = number(place.unwrap_or_default());
        let ty = awaited(&self.graph.nodes[node]);
        ours! {
            cursor.park::<#ty>(&<#flow as __p::Topology>::AWAITS[#place]).await
        }
    }
}
