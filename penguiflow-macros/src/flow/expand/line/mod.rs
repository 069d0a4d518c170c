//! `line`: a flow as straight code, in the functions that a trace calls.

mod body;
mod captures;
mod edge;
mod fork;
mod function;
mod idents;
mod map;
mod method;
mod open_fork;
mod parts;
#[cfg(test)]
pub(super) mod tests;
mod visit;

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::flow::expand::bounds::bounds;
use crate::flow::lower::{Body, Code, Flow};
use body::{Writer, return_none};
use captures::{Captures, detaches};
use method::{Method, lends_flow};

/// The code that runs a trace in memory.
pub(super) fn line(flow: &Flow, code: Code<'_>) -> TokenStream {
    let captures = Captures::of(&code);
    let functions = function::functions(flow, &captures, &code.functions);
    let has_functions = !code.functions.is_empty();
    let main = Main {
        flow,
        captures: &captures,
        lends_flow: lends_flow(flow) || has_functions,
    };
    let main = match detaches(&code.main) {
        true => main.detaching(&code.main),
        false => match parts::cut(code.main).as_slice() {
            [body] => main.whole(body),
            parts => main.in_parts(parts),
        },
    };
    quote_mixed!(#functions #main)
}

/// The code that a trace begins with.
struct Main<'f> {
    flow: &'f Flow,
    captures: &'f Captures<'f>,
    lends_flow: bool,
}

impl Main<'_> {
    /// A body in one method.
    fn whole(&self, body: &Body<'_>) -> TokenStream {
        let mut writer = Writer::new(self.flow, self.captures);
        writer.is_main = true;
        let body = writer.body(body);
        let body = quote_mixed! {
            let out = __p::take_input(input);
            #body
        };
        self.method(&bounds(&self.flow.nodes), &body)
    }

    /// A body that detaches branches, which are polled beside it.
    fn detaching(&self, body: &Body<'_>) -> TokenStream {
        let body = Writer::new(self.flow, self.captures).body(body);
        let body = quote_mixed! {
            let detached = __p::DetachedBranches::new();
            let ended = ::core::clone::Clone::clone(&detached).run::<()>(async move {
                let out = __p::take_input(input);
                let ended: __p::BranchResult<()> = { #body };
                ended
            });
            ended.await.map(|_| ::core::option::Option::None)
        };
        self.method(&bounds(&self.flow.nodes), &body)
    }

    /// A body in parts, each in a method of its own.
    fn in_parts(&self, parts: &[Body<'_>]) -> TokenStream {
        let (mut body, mut bounds) = (
            quote_mixed!(let out = __p::take_input(input);),
            TokenStream::new(),
        );
        let mut methods = TokenStream::new();
        for part in parts::typed(self.flow, parts) {
            let run = &part.run;
            let call = quote_mixed! {
                <Self as #run>::part(self, state, &mut *cursor, out, outputs).await
            };
            let return_none = return_none();
            body.extend(match part.is_last {
                true => quote_mixed!(#call),
                false => quote_mixed! {
                    let ::core::option::Option::Some(out) = #call? else { #return_none };
                },
            });
            bounds.extend(quote_mixed!(Self: #run,));
            methods.extend(part.written(self.flow, self.captures));
        }
        let main = self.method(&bounds, &body);
        quote_mixed!(#methods #main)
    }

    fn method(&self, bounds: &TokenStream, body: &TokenStream) -> TokenStream {
        let method = Method {
            of: quote_spanned!(self.flow.declaration.site=> __p::Line<__S>),
            name: quote_mixed!(line),
            param: quote_mixed!(input),
            takes: quote_mixed! {
                &mut ::core::option::Option<<Self as __p::Topology>::In>
            },
            gives: quote_mixed!(<Self as __p::Topology>::Out),
            lends_flow: self.lends_flow,
        };
        method.written(self.flow, bounds, body)
    }
}
