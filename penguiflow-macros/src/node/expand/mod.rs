//! The type beside the function, and what makes a node of it: a signature and a policy, and one
//! attempt (`call`).

mod call;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Type};

use crate::editors;
use crate::node::ast::{Form, Node, last_name};
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
        let (taken, returned) = (quote!(__Taken), quote!(__Returned));
        let is_first = self.is_first(&taken, param);
        let can_fail = self.can_fail(&returned);
        let param = self.sent(param, quote!(__Param), &taken, ("Travels", is_first));
        let travels = match has_dyn(returns.to_token_stream()) {
            true => "TravelsBoxed",
            false => "Travels",
        };
        let returns = self.sent(returns, quote!(__Return), &returned, (travels, can_fail));
        quote! {
            #param
            #returns
            type __Success = <__Return as __p::Fallible<{ __p::Probe::<__Return>::IS_RESULT }>>::Success;
            type __Error = <__Return as __p::Fallible<{ __p::Probe::<__Return>::IS_RESULT }>>::Error;
            type __Next = <__Success as __p::Directed<{ __p::Probe::<__Success>::DIRECTION }>>::Next;
            type __Exit = <__Success as __p::Directed<{ __p::Probe::<__Success>::DIRECTION }>>::Exit;
        }
    }

    /// A type of the signature, once it is known to be `Send`, and what else is asked: if it is
    /// not, this constant is the one error, and the alias is no type, of which nothing else is said.
    fn sent(
        &self,
        ty: &Type,
        alias: TokenStream,
        written: &TokenStream,
        (travels, also): (&str, Option<TokenStream>),
    ) -> TokenStream {
        let (node, place, concrete) = (&self.ty, self.place(written, ty), self.concrete(ty));
        let travels = Ident::new(travels, Span::call_site());
        let also = also.map(|also| quote!(&& #also));
        quote! {
            type #written = #concrete;
            type #alias = <#written as __p::Known<{
                <#place as __p::#travels<#node>>::IS_SEND #also
            }>>::Type;
        }
    }

    /// Asked where the first of several parameters could be another one.
    fn is_first(&self, taken: &TokenStream, param: &Type) -> Option<TokenStream> {
        let alone = self.node.extracted.is_empty();
        let name = last_name(param).map(Ident::to_string).unwrap_or_default();
        if alone && !["Ctx", "State"].contains(&name.as_str()) {
            return None;
        }
        let (node, place) = (&self.ty, self.place(taken, param));
        let is_extracted = quote!({ __p::Probe::<#taken>::IS_EXTRACTED });
        Some(quote!(<#place as __p::TakenFirst<#node, #is_extracted>>::IS_FIRST))
    }

    /// Asked of a node that is retried, unless it can time out or return what is invalid.
    fn can_fail(&self, returned: &TokenStream) -> Option<TokenStream> {
        let (options, retries) = (self.options, self.options.key("retries")?);
        if options.retries == 0 || options.timeout.is_some() || options.validate.output {
            return None;
        }
        let (node, place) = (&self.ty, self.place(returned, retries));
        let is_result = quote!({ __p::Probe::<#returned>::IS_RESULT });
        Some(quote!(<#place as __p::CanFail<#node, #is_result>>::CAN_FAIL))
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
        // What `retry_if` says of an error is not how long to wait.
        let may_ask = match &self.options.retry_if {
            Some(_) => quote!(false),
            None => quote!(__p::Probe::<__Error>::MAY_ASK),
        };
        let body = quote! {
            type Signature = __p::FnSignature<
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
                    .typed::<__Param, __Return>(#may_ask)#named;
            #check_input
        };
        quote_spanned!(site=> impl __p::Node for #ty { #body } #function_node)
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

    /// A type of the signature, outside the `impl` that it may name as `Self`.
    fn concrete(&self, ty: &Type) -> TokenStream {
        match self.node.form {
            Form::Function { .. } => ty.to_token_stream(),
            Form::Struct { .. } => without_self(ty.to_token_stream(), &self.ty),
        }
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

/// Whether a `dyn` stands somewhere in a type.
fn has_dyn(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "dyn",
        TokenTree::Group(group) => has_dyn(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
