//! The type beside the function, and what makes a node of it: a signature, a policy, and
//! one attempt.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Type};

use super::ast::{Form, Node, Param, last_name};
use crate::editors;
use crate::options::Options;
use crate::{place, runtime};

pub(super) fn expand(node: &Node, options: &Options, written: &TokenStream) -> TokenStream {
    let item = &node.item;
    let parts = Parts::new(node, options);
    let twin = parts.twin();
    let types = parts.types();
    let (implement_node, implement_call) = (parts.implement_node(), parts.implement_call());
    let (cfgs, runtime) = (&parts.cfgs, &parts.runtime);
    let for_editors = editors::item(runtime, written);
    // A node is async whether it waits or not.
    quote! {
        #[allow(clippy::unused_async)]
        #item
        #for_editors

        #twin

        #(#cfgs)*
        #[allow(deprecated, unused_imports, unused_qualifications)]
        const _: () = {
            use #runtime::__private::{self as __p, ProbeDefault as _};

            #types
            #implement_node
            #implement_call
        };
    }
}

/// What several of the pieces need.
struct Parts<'a> {
    node: &'a Node,
    options: &'a Options,
    runtime: TokenStream,
    /// The type that becomes a node.
    ty: TokenStream,
    cfgs: Vec<&'a Attribute>,
    name: String,
}

impl<'a> Parts<'a> {
    fn new(node: &'a Node, options: &'a Options) -> Self {
        let (attrs, ty, name) = match &node.form {
            Form::Function { attrs, .. } => {
                let ident = &node.signature.ident;
                (attrs, ident.to_token_stream(), ident.to_string())
            }
            Form::Struct { attrs, ty } => {
                let name = last_name(ty).map_or_else(|| "node".to_owned(), Ident::to_string);
                (attrs, ty.to_token_stream(), name)
            }
        };
        let name = name.trim_start_matches("r#").to_owned();
        Self {
            node,
            options,
            runtime: runtime::path(options.runtime.as_ref()),
            ty,
            cfgs: attrs
                .iter()
                .filter(|attr| attr.path().is_ident("cfg"))
                .collect(),
            name,
        }
    }

    /// The type of the same name, with the function's docs and visibility.
    fn twin(&self) -> TokenStream {
        let Form::Function { attrs, vis } = &self.node.form else {
            return TokenStream::new();
        };
        let carried = [
            "doc",
            "cfg",
            "allow",
            "warn",
            "deny",
            "forbid",
            "deprecated",
        ];
        let attrs = attrs
            .iter()
            .filter(|attr| carried.iter().any(|name| attr.path().is_ident(name)));
        let ident = &self.node.signature.ident;
        // It stands at the function's name, so that the compiler shows that name where it
        // speaks of the type.
        let keyword = quote_spanned!(editors::before(ident.span())=> struct);
        let fields = quote_spanned!(ident.span()=> {});
        quote! {
            #(#attrs)*
            #[allow(non_camel_case_types, clippy::empty_structs_with_brackets)]
            #vis #keyword #ident #fields
        }
    }

    /// The types of the signature, asked what they mean.
    fn types(&self) -> TokenStream {
        let (param, returns) = (&self.node.message.ty, &self.node.returns());
        let param = self.sent(param, quote!(__Param), quote!(__Taken));
        let returns = self.sent(returns, quote!(__Return), quote!(__Returned));
        quote! {
            #param
            #returns
            type __Success = <__Return as __p::Fallible<{ __p::Probe::<__Return>::IS_RESULT }>>::Success;
            type __Error = <__Return as __p::Fallible<{ __p::Probe::<__Return>::IS_RESULT }>>::Error;
            type __Next = <__Success as __p::Directed<{ __p::Probe::<__Success>::DIRECTION }>>::Next;
            type __Exit = <__Success as __p::Directed<{ __p::Probe::<__Success>::DIRECTION }>>::Exit;
        }
    }

    /// A type of the signature, once it is known to be `Send`: if it is not, this constant is
    /// the one error, and the alias is no type, of which nothing else is said.
    fn sent(&self, ty: &Type, alias: TokenStream, written: TokenStream) -> TokenStream {
        let (node, place, concrete) = (&self.ty, self.place(&written, ty), self.concrete(ty));
        quote! {
            type #written = #concrete;
            type #alias = <#written as __p::Known<{ <#place as __p::Travels<#node>>::IS_SEND }>>::Type;
        }
    }

    fn implement_node(&self) -> TokenStream {
        let (ty, name, policy) = (&self.ty, &self.name, self.options.policy());
        let named = self.options.name.as_ref().map(|name| quote!(.named(#name)));
        let site = self.site();
        let function_node = matches!(self.node.form, Form::Function { .. }).then(|| {
            let body = quote! {
                fn node() -> &'static Self {
                    &Self {}
                }
            };
            quote_spanned!(site=> impl __p::FunctionNode for #ty { #body })
        });
        let (check_input, visits) = (self.check_input(), self.visits());
        let body = quote! {
            type Signature = __p::Shape<
                __Param,
                { __p::Probe::<__Param>::IS_MESSAGE },
                __Success,
                { __p::Probe::<__Success>::DIRECTION },
                { __p::Probe::<__Next>::IS_MESSAGE },
                { __p::Probe::<__Exit>::IS_MESSAGE },
            >;
            type Visits = #visits;
            const INFO: __p::NodeInfo =
                __p::NodeInfo::of::<Self>(#name, #policy, ::core::file!(), ::core::line!())
                    .typed::<__Param, __Return>()#named;
            #check_input
        };
        quote_spanned!(site=> impl __p::Node for #ty { #body } #function_node)
    }

    fn implement_call(&self) -> TokenStream {
        let ty = &self.ty;
        let params = &self.node.extracted;
        let extracted: Vec<_> = params
            .iter()
            .map(|param| self.concrete(&param.ty))
            .collect();
        let bounds = params.iter().map(|param| self.extracts(&param.ty));
        let (again, fault, check_output) = (self.again(), self.fault(), self.check_output());
        let site = self.site();
        let attempt = self.spelled("Attempt", &quote!(Self), ty);
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
                quote!(__split(__returned)),
            ),
            false => (
                quote!(::core::result::Result<__Return, __p::Fault>),
                self.extracting_call(&extracted),
                quote!(__returned.and_then(__split)),
            ),
        };
        quote! {
            #head
            {
                type Returned = #returned;

                fn call<'__v>(
                    &'__v self,
                    __param: __p::Lent<'__v, Self>,
                    __visit: __p::Visit<'__v, __S>,
                ) -> #future {
                    #body
                }

                fn judge(__returned: #returned) -> #attempt {
                    let __split = |__returned: __Return| {
                        let __result = __p::Fallible::<{ __p::Probe::<__Return>::IS_RESULT }>::split(
                            __returned,
                        );
                        __result.map_err(#fault)#check_output
                    };
                    #judged
                }

                #again
            }
        }
    }

    /// What a call returns, shown at the function's name. That it is `Send` is asked by the trait:
    /// there, nothing is said of a call whose types are wrong already.
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

    /// A call that makes further parameters first, or runs elsewhere.
    fn extracting_call(&self, extracted: &[TokenStream]) -> TokenStream {
        let (names, call) = (self.extracted_names(), self.call());
        quote! {
            async move {
                let mut __visit = __visit;
                #(let #names = __p::extract::<#extracted, __S>(&__visit).await?;)*
                let __returned = #call;
                __visit.complete();
                ::core::result::Result::Ok(__returned)
            }
        }
    }

    /// How the node is visited, by its options.
    fn visits(&self) -> TokenStream {
        let visits = self.options.visits();
        match self.is_lent() {
            true => quote!(#visits<__p::ByReference>),
            false => quote!(#visits<__p::ByValue>),
        }
    }

    /// Where the compiler shows what makes a node of the item.
    fn site(&self) -> Span {
        place::site(self.node.signature.ident.span())
    }

    /// `Ctx: Extract<S>`, shown at the parameter's type.
    fn extracts(&self, ty: &Type) -> TokenStream {
        let bound = self.spelled("Extract", &quote!(__S), ty);
        let ty = self.concrete(ty);
        quote!(#ty: #bound)
    }

    fn check_input(&self) -> Option<TokenStream> {
        let place = self.place(&self.ty, &self.node.message.ty);
        self.options.validate.input.then(|| {
            quote! {
                fn check_input(__input: &__p::In<Self>) -> ::core::result::Result<(), __p::Fault> {
                    <#place as __p::Validates<__p::In<Self>>>::input(__input)
                }
            }
        })
    }

    fn check_output(&self) -> Option<TokenStream> {
        let place = self.place(&self.ty, &self.node.returns());
        self.options.validate.output.then(|| {
            quote! {
                .and_then(|__success| {
                    <#place as __p::Validates<__p::Out<Self>>>::output::<<Self as __p::Node>::Signature>(__success)
                })
            }
        })
    }

    /// The message for one more attempt: a copy, while there are attempts left.
    fn again(&self) -> Option<TokenStream> {
        if self.is_lent() || self.options.retries == 0 {
            return None;
        }
        let place = self.place(&self.ty, &self.node.message.ty);
        Some(quote! {
            fn again(
                __param: &mut ::core::option::Option<__Param>,
                __is_last: __p::bool,
            ) -> __Param {
                <#place as __p::Retries<__Param>>::param(__param, __is_last)
            }
        })
    }

    /// A type, shown where the user wrote one.
    fn place(&self, ty: &impl ToTokens, at: &impl ToTokens) -> TokenStream {
        self.spelled("Place", ty, at)
    }

    /// One of the runtime's types or traits, shown where the user wrote something.
    fn spelled(&self, name: &str, args: &impl ToTokens, at: &impl ToTokens) -> TokenStream {
        place::spelled(&self.runtime, name, args, place::ends(at))
    }

    /// Whether the message stays with the visit, for the next attempt or a fallback.
    fn is_lent(&self) -> bool {
        self.node.message.by_reference && !self.is_moved()
    }

    /// Whether the parameters move to another task or thread.
    fn is_moved(&self) -> bool {
        self.options.spawn.is_some() || self.is_plain()
    }

    /// Whether the function is no `async fn`. Then it is `blocking`, or that is missing,
    /// which is reported once and no reason for further errors.
    fn is_plain(&self) -> bool {
        self.node.signature.asyncness.is_none()
    }

    fn call(&self) -> TokenStream {
        let call = self.plain_call();
        let clone_self = match &self.node.form {
            Form::Struct { ty, .. } => {
                let place = self.place(&self.ty, ty);
                quote!(let __self = <#place as __p::Moves>::copy(self);)
            }
            Form::Function { .. } => TokenStream::new(),
        };
        if self.is_plain() {
            quote!({ #clone_self __p::blocking(move || #call).await? })
        } else if self.options.spawn.is_some() {
            quote!({ #clone_self __p::spawned(async move { #call.await }).await? })
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

    /// What becomes of the node's error: boxed, with whether it is retried.
    fn fault(&self) -> TokenStream {
        let place = self.place(&quote!(__Error), &self.node.returns());
        let (ty, retry_if) = (&self.ty, self.options.retry_if.as_ref());
        // The error stands where it is given to `retry_if`, so that it is shown there.
        let at = retry_if.map(|path| editors::before(path.span()));
        let error = Ident::new("__error", at.unwrap_or_else(Span::call_site));
        let retry = match retry_if {
            Some(path) => {
                let lent = quote_spanned!(error.span()=> &#error);
                let mut argument = Group::new(Delimiter::Parenthesis, lent);
                argument.set_span(path.span());
                quote!(__p::retry_if(#path #argument))
            }
            None => quote!({
                use __p::{AlwaysRetry as _, RetryByType as _};
                (&__p::Failure(&#error)).retry()
            }),
        };
        quote! {
            |#error| {
                let __retry = #retry;
                __p::Fault::failed(<#place as __p::Fails<#ty>>::boxed(#error), __retry)
            }
        }
    }

    /// A type of the signature, outside the `impl` that it may name as `Self`.
    fn concrete(&self, ty: &Type) -> TokenStream {
        match self.node.form {
            Form::Function { .. } => ty.to_token_stream(),
            Form::Struct { .. } => without_self(ty.to_token_stream(), &self.ty),
        }
    }
}

fn argument(param: &Param, name: &Ident) -> TokenStream {
    if param.by_reference {
        quote!(&#name)
    } else {
        quote!(#name)
    }
}

fn without_self(tokens: TokenStream, ty: &TokenStream) -> TokenStream {
    let replace = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => ty.clone(),
        TokenTree::Group(group) => {
            let inner = without_self(group.stream(), ty);
            TokenTree::Group(Group::new(group.delimiter(), inner)).into()
        }
        token => token.into(),
    };
    tokens.into_iter().flat_map(replace).collect()
}
