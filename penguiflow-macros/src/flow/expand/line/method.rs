//! The methods that hold straight code. Each is the only one of a trait of the runtime, which the
//! flow implements for every state that its nodes can run with.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::flow::lower::Flow;

pub(super) struct Method {
    /// The trait.
    pub(super) of: TokenStream,
    pub(super) name: TokenStream,
    /// The name of the parameter that the value comes in.
    pub(super) param: TokenStream,
    /// The type of that value.
    pub(super) takes: TokenStream,
    /// The type of the value that the code yields.
    pub(super) gives: TokenStream,
    /// Whether the code needs the flow's value.
    pub(super) lends_flow: bool,
}

impl Method {
    pub(super) fn written(
        &self,
        flow: &Flow,
        bounds: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let Self {
            of,
            name,
            param,
            takes,
            gives,
            lends_flow,
        } = self;
        let (ty, site) = (&flow.declaration.name, flow.declaration.site);
        let bounds = quote_mixed! {
            __S: ::core::marker::Send + ::core::marker::Sync + 'static,
            #bounds
        };
        let head = quote_spanned!(site=> impl<__S> #of for #ty where #bounds);
        let lent = lends_flow.then(|| quote_mixed!(let flow = self;));
        let method = quote_mixed! {
            #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
            fn #name<'__t>(
                &'__t self,
                state: &'__t __S,
                cursor: &mut __p::Cursor<'__t>,
                #param: #takes,
                outputs: &'__t __p::Outputs<<Self as __p::Topology>::Out>,
            ) -> impl ::core::future::Future<
                Output = __p::BranchResult<#gives>,
            > + ::core::marker::Send {
                #lent
                async move { #body }
            }
        };
        quote_spanned!(site=> #[allow(unused_qualifications)] #head { #method })
    }
}

/// Whether code needs the flow's value, for nodes with fields.
pub(super) fn lends_flow(flow: &Flow) -> bool {
    flow.declaration.has_fields()
}
