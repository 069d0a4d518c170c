//! What an `impl` with errors expands to beside itself: a node that never runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemImpl};

use crate::options::Options;
use crate::runtime;

/// A node whose signature is the first of the errors, so that none follows from it where a flow
/// names the node.
pub(super) fn stand_in(
    item: &TokenStream,
    options: &Options,
    errors: &mut Vec<Error>,
) -> Option<TokenStream> {
    let item: ItemImpl = syn::parse2(item.clone()).ok()?;
    if item.trait_.is_some() || !item.generics.params.is_empty() {
        return None;
    }
    let (ty, runtime) = (&item.self_ty, runtime::path(options.runtime.as_ref()));
    let error = errors.remove(0).to_compile_error();
    Some(quote! {
        const _: () = {
            use #runtime::__private as __p;
            type __Fault = [(); #error];

            impl __p::Node for #ty {
                type Signature = __Fault;
                type Visits = __p::Plain<__p::ByValue>;
                const INFO: __p::NodeInfo =
                    __p::NodeInfo::of::<Self>("", __p::Policy::DEFAULT, "", 0)
                        .typed::<__Fault, ()>(false);
            }

            impl<__S> __p::Call<__S> for #ty
            where
                __S: ::core::marker::Send + ::core::marker::Sync + 'static,
            {
                type Returned = __p::Attempt<Self>;

                async fn call<'__v>(
                    &'__v self,
                    _: __p::Lent<'__v, Self>,
                    _: __p::AttemptSeed<'__v, __S>,
                ) -> __p::Attempt<Self> {
                    ::core::unreachable!()
                }

                fn judge(returned: __p::Attempt<Self>) -> __p::Attempt<Self> {
                    returned
                }
            }
        };
    })
}
