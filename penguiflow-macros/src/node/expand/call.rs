//! Writes one attempt: the call of the function with its parameters, and the verdict on what it
//! returns.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use super::Expansion;
use crate::editors;
use crate::node::ast::Param;
use crate::node::head::Form;

impl Expansion<'_> {
    pub(super) fn implement_call(&self) -> TokenStream {
        let ty = &self.ty;
        let params = &self.node.extracted;
        let extracted: Vec<_> = params
            .iter()
            .map(|param| self.after_message(&param.ty))
            .collect();
        let bounds = params.iter().map(|param| self.extracts(&param.ty));
        let (again, site, attempt) = (self.again(), self.site(), self.attempt());
        let head = quote_spanned! {site=>
            impl<__S> __p::Call<__S> for #ty
            where
                #(#bounds,)*
                __S: ::core::marker::Send + ::core::marker::Sync + 'static,
        };
        let future = self.future();
        let (returned, body, judged) = match self.is_direct() {
            true => (
                quote!(__Return),
                self.plain_call(),
                quote!(<Self as __p::Returns>::split(__returned)),
            ),
            false => (
                quote!(::core::result::Result<__Return, __p::Fault>),
                self.extracting_call(&extracted),
                quote!(__returned.and_then(<Self as __p::Returns>::split)),
            ),
        };
        quote! {
            #head
            {
                type Returned = #returned;

                fn call<'__v>(
                    &'__v self,
                    __param: __p::Lent<'__v, Self>,
                    __seed: __p::AttemptSeed<'__v, __S>,
                ) -> #future {
                    #body
                }

                fn judge(__returned: #returned) -> #attempt {
                    #judged
                }

                #again
            }
        }
    }

    /// The verdict on what the function returns.
    pub(super) fn implement_returns(&self) -> TokenStream {
        let (ty, attempt) = (&self.ty, self.attempt());
        let (fault, check_output) = (self.fault(), self.check_output());
        let body = quote! {
            type Return = __Return;

            #[inline]
            fn split(__returned: __Return) -> #attempt {
                let __result = __p::Fallible::<{ __p::Probe::<__Return>::IS_RESULT }>::split(
                    __returned,
                );
                __result.map_err(#fault)#check_output
            }
        };
        quote_spanned!(self.site()=> impl __p::Returns for #ty { #body })
    }

    /// The result of an attempt.
    fn attempt(&self) -> TokenStream {
        self.spanned_as("Attempt", &quote!(Self), &self.ty)
    }

    /// The future of a call, with the span of the function's name. The trait asks whether it is
    /// `Send`: there, rustc reports nothing about a call whose types are wrong already.
    fn future(&self) -> TokenStream {
        let name = self.node.signature.ident.span();
        let returned = match self.is_direct() {
            true => quote!(__Returned),
            false => quote!(::core::result::Result<__Returned, __p::Fault>),
        };
        let keyword = quote_spanned!(editors::before(name)=> impl);
        let close = quote_spanned!(name=> >);
        quote!(#keyword '__v + ::core::future::Future<Output = #returned #close)
    }

    /// Whether a call is nothing but the function's own future.
    fn is_direct(&self) -> bool {
        self.node.extracted.is_empty() && !self.is_moved()
    }

    /// A call that extracts parameters first, or runs elsewhere.
    fn extracting_call(&self, extracted: &[TokenStream]) -> TokenStream {
        let (names, call) = (self.extracted_names(), self.call());
        quote! {
            async move {
                let mut __visit = __p::AttemptSeed::begin(__seed);
                #(
                    let __extracted = __p::extract::<#extracted, __S>(&__visit).await;
                    let #names = __visit.came(__extracted)?;
                )*
                let __returned = #call;
                __visit.complete(
                    __p::Fallible::<{ __p::Probe::<__Return>::IS_RESULT }>::is_success(&__returned),
                );
                ::core::result::Result::Ok(__returned)
            }
        }
    }

    /// `Ctx: Extract<S>`, shown at the parameter's type.
    fn extracts(&self, ty: &Type) -> TokenStream {
        let bound = self.spanned_as("Extract", &quote!(__S), ty);
        let ty = self.after_message(ty);
        quote!(#ty: #bound)
    }

    /// An extracted parameter's type, which does not resolve where the message's type does not, so
    /// that one error is reported.
    fn after_message(&self, ty: &Type) -> TokenStream {
        let ty = self.concrete(ty);
        quote!(<#ty as __p::After<__Param>>::Type)
    }

    fn check_output(&self) -> Option<TokenStream> {
        let spanned = self.spanned(&self.ty, &self.node.returns());
        self.options.validate.output.then(|| {
            quote! {
                .and_then(|__success| __p::caught(|| {
                    <#spanned as __p::Validates<__p::Out<Self>>>::output::<<Self as __p::Node>::Signature>(__success)
                }))
            }
        })
    }

    /// The message for one more attempt: a copy, while there are attempts left.
    fn again(&self) -> Option<TokenStream> {
        if self.is_lent() || !self.options.is_retriable() {
            return None;
        }
        let spanned = self.spanned(&self.ty, &self.node.message.ty);
        Some(quote! {
            fn again(
                __param: &mut ::core::option::Option<__Param>,
                __is_last: __p::bool,
            ) -> __Param {
                <#spanned as __p::Retries<__Param>>::param(__param, __is_last)
            }
        })
    }

    fn call(&self) -> TokenStream {
        let call = self.plain_call();
        let clone_self = match &self.node.form {
            Form::Struct { ty, .. } => {
                let spanned = self.spanned(&self.ty, ty);
                quote!(let __self = <#spanned as __p::Moves>::copy(self);)
            }
            Form::Function { .. } => TokenStream::new(),
        };
        if self.is_plain() {
            quote!({
                #clone_self
                let __ended = __p::blocking(move || #call).await;
                __visit.came(__ended)?
            })
        } else if self.options.spawn.is_some() {
            quote!({
                #clone_self
                let __ended = __p::spawned(async move { #call.await }).await;
                __visit.came(__ended)?
            })
        } else {
            quote!(#call.await)
        }
    }

    fn plain_call(&self) -> TokenStream {
        let ident = &self.node.signature.ident;
        let names = self.extracted_names();
        let extracted = self
            .node
            .extracted
            .iter()
            .zip(names)
            .map(|(param, name)| argument(param, &name));
        let lent = self.node.message.by_reference && self.is_moved();
        let message = if lent {
            quote!(&__param)
        } else {
            quote!(__param)
        };
        let ty = &self.ty;
        match (&self.node.form, self.is_moved()) {
            (Form::Function { .. }, _) => quote!(#ident(#message #(, #extracted)*)),
            (Form::Struct { .. }, false) => quote!(<#ty>::#ident(self, #message #(, #extracted)*)),
            (Form::Struct { .. }, true) => {
                quote!(<#ty>::#ident(&__self, #message #(, #extracted)*))
            }
        }
    }

    fn extracted_names(&self) -> Vec<Ident> {
        (1..=self.node.extracted.len())
            .map(|place| format_ident!("__param{place}"))
            .collect()
    }

    /// The closure that makes a fault of the node's error: boxed, with the verdict on retrying.
    fn fault(&self) -> TokenStream {
        let spanned = self.spanned(&quote!(__Error), &self.node.returns());
        let ty = &self.ty;
        let (retry_if, fallback_if) = (&self.options.retry_if, &self.options.fallback_if);
        let error = Ident::new("__error", Span::call_site());
        let retry = match retry_if {
            Some(path) => {
                let verdict = verdict(path, &error);
                quote!(__p::retry_if(#verdict))
            }
            None => quote!({
                use __p::{AlwaysRetry as _, RetryByType as _};
                (&__p::Failure(&#error)).retry()
            }),
        };
        let verdict = fallback_if.as_ref().map(|path| verdict(path, &error));
        let asked = verdict.map(|verdict| quote!(let __may_fall_back = #verdict;));
        let judged = asked
            .as_ref()
            .map(|_| quote!(.fallback_if(__may_fall_back)));
        quote! {
            |#error| __p::fault_of(move || {
                let __retry = #retry;
                #asked
                __p::Fault::failed(<#spanned as __p::Fails<#ty>>::boxed(#error), __retry)#judged
            })
        }
    }
}

/// The call of the user's `fn(&E) -> bool` with the node's error. The error stands where it is given
/// to the function, so that it is shown there.
fn verdict(path: &Path, error: &Ident) -> TokenStream {
    let lent = Ident::new("__lent", editors::before(path.span()));
    let mut argument = Group::new(Delimiter::Parenthesis, quote!(#lent));
    argument.set_span(path.span());
    quote!({
        let #lent = &#error;
        #path #argument
    })
}

fn argument(param: &Param, name: &Ident) -> TokenStream {
    if param.by_reference {
        quote!(&#name)
    } else {
        quote!(#name)
    }
}
