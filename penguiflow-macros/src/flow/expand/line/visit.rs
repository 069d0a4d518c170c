//! Writes visits, and the fallbacks of those that fail.

use proc_macro2::TokenStream;

use super::body::{Writer, about, return_none};
use crate::flow::expand::literal::literal;
use crate::flow::lower::{Await, Body, Node, Role};

impl<'w> Writer<'w> {
    /// A visit whose failure fails the branch.
    pub(super) fn visit(&self, node: &Node) -> TokenStream {
        let success = self.visited(node);
        let on = self.set_down(node, &quote_mixed!(success?));
        quote_mixed! {
            let success = {
                #success
            };
            #on
        }
    }

    /// A node's own future in a panic boundary; a watched visit where something watches it.
    fn visited(&self, node: &Node) -> TokenStream {
        let ty = &node.ty;
        let run = self.run(node);
        quote_mixed! {
            let (mut kept, moved) = cursor.wrap::<#ty>(out);
            #run
        }
    }

    fn run(&self, node: &Node) -> TokenStream {
        let (ty, index) = (&node.ty, literal(node.index));
        let spanned = self.flow.spanned(ty, node.spans);
        let value = match node.is_field() {
            true => {
                let field = &node.ident;
                quote_mixed!(&flow.#field)
            }
            false => quote_mixed!(<#spanned as __p::FunctionNode>::node()),
        };
        quote_mixed! {
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

    /// Goes on with a node's output, leaves the flow, or ends the branch.
    fn set_down(&self, node: &Node, success: &TokenStream) -> TokenStream {
        let ty = &node.ty;
        let spanned = self.flow.spanned(ty, node.spans);
        let (about, leave, return_none) = (about(node), self.leave(), return_none());
        quote_mixed! {
            let out = match __p::unwrap::<#ty>(#success, cursor) {
                __p::Direction::On(out) => out,
                __p::Direction::Out(exit) => {
                    #about
                    let out = <#spanned as __p::Breaks<
                        __p::Exit<#ty>,
                        __p::BreakValue<#ty>,
                        __Out,
                    >>::carry(exit);
                    #leave
                }
                __p::Direction::End => { #return_none }
            };
        }
    }

    /// A node or an `await` with a fallback.
    pub(super) fn or_else(
        &self,
        (node, is_head): (&Node, bool),
        on: &Body<'w>,
        failed: &Body<'w>,
    ) -> TokenStream {
        let (on, failed, taken) = (self.body(on), self.body(failed), self.taken_over(node));
        let (run, set_down, kept) = match &node.role {
            Role::Await(wait) => self.parked_or_else(node, wait),
            _ => self.visited_or_else(node),
        };
        let failing = quote_mixed! {
            let (input, error) = cursor.fall_back(#kept, error)?;
            cursor.follow();
        };
        if is_head {
            let tried = tried(node, &run, &failing);
            return quote_mixed! {
                #tried
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
        quote_mixed! {
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

    /// A node's visit, the code after its success, and its input if it fails.
    fn visited_or_else(&self, node: &Node) -> (TokenStream, TokenStream, TokenStream) {
        let ty = &node.ty;
        let spanned = self.flow.spanned(&node.shown_as, node.spans);
        let (about, run) = (about(node), self.run(node));
        let visit = quote_mixed! {
            #about
            let copy = <#spanned as __p::FallsBack<__p::TakingOf<#ty>, __p::In<#ty>>>::keep(&out);
            let (mut kept, moved) = cursor.wrap::<#ty>(out);
            let success = { #run };
        };
        let kept = quote_mixed!(copy.or_else(|| __p::keep::<#ty>(kept)));
        (visit, self.set_down(node, &quote_mixed!(success)), kept)
    }

    fn parked_or_else(&self, node: &Node, wait: &Await) -> (TokenStream, TokenStream, TokenStream) {
        let park = self.parking(node, wait);
        let park = quote_mixed!(let (out, success) = #park;);
        let on = quote_mixed! {
            cursor.follow();
            let out = (out, success);
        };
        (park, on, quote_mixed!(::core::option::Option::Some(out)))
    }

    /// Waits for a value, and goes on with the parked value and this one.
    pub(super) fn park(&self, node: &Node) -> TokenStream {
        let Role::Await(wait) = &node.role else {
            return TokenStream::new();
        };
        let park = self.parking(node, wait);
        quote_mixed! {
            let (out, given) = #park;
            let given = given?;
            cursor.follow();
            let out = (out, given);
        }
    }

    /// The payload, which others may look at while it waits, and what it was given.
    fn parking(&self, node: &Node, wait: &Await) -> TokenStream {
        let (flow, ty, parked) = (&self.flow.declaration.name, &wait.ty, &wait.parked);
        let (index, number) = (literal(node.index), literal(wait.number));
        quote_mixed! {
            {
                let mut payload = __p::ParkedPayload::new(out);
                let place = &<#flow as __p::Topology>::AWAITS[#number];
                let given = cursor.park::<#parked, #ty>(#index, place, &mut payload).await;
                (payload.into_inner(), given)
            }
        }
    }
}

/// A visit of a loop's head, unless the loop has no round left.
fn tried(node: &Node, run: &TokenStream, failing: &TokenStream) -> TokenStream {
    let exhausted = node.exhausted_ident();
    quote_mixed! {
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
    }
}
