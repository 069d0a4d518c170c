//! The type beside the function, and what makes a node of it: a signature and a policy, and one
//! attempt (`call`).

mod call;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Type};

use crate::editors;
use crate::node::ast::Node;
use crate::node::head::{Form, last_name};
use crate::options::Options;
use crate::self_type::without_self;
use crate::{crate_path, spans};

pub(super) fn expand(node: &Node, options: &Options, written: &TokenStream) -> TokenStream {
    let item = &node.item;
    let expansion = Expansion::new(node, options);
    let node_type = expansion.node_type();
    let types = expansion.types();
    let (implement_node, implement_call) = (expansion.implement_node(), expansion.implement_call());
    let implement_returns = expansion.implement_returns();
    let (cfgs, crate_path) = (&expansion.cfgs, &expansion.crate_path);
    let for_editors = editors::item(crate_path, written);
    // A node is async whether it waits or not.
    quote! {
        #[allow(clippy::unused_async)]
        #item
        #for_editors

        #node_type

        #(#cfgs)*
        #[allow(deprecated, unused_imports, unused_qualifications)]
        const _: () = {
            use #crate_path::__private::{self as __p, ProbeDefault as _};

            #types
            #implement_node
            #implement_returns
            #implement_call
        };
    }
}

/// A node, and what several pieces of its expansion need.
struct Expansion<'a> {
    node: &'a Node,
    options: &'a Options,
    crate_path: TokenStream,
    /// The type that becomes a node.
    ty: TokenStream,
    cfgs: Vec<&'a Attribute>,
    name: String,
}

impl<'a> Expansion<'a> {
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
            crate_path: crate_path::crate_path(options.crate_path.as_ref()),
            ty,
            cfgs: attrs
                .iter()
                .filter(|attr| attr.path().is_ident("cfg"))
                .collect(),
            name,
        }
    }

    /// The struct of the function's name, with its docs and visibility.
    fn node_type(&self) -> TokenStream {
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
        // A flow constructs it, and nothing does where the function is only called: whether the
        // node is used, rustc asks of the function.
        quote! {
            #(#attrs)*
            #[allow(dead_code, non_camel_case_types, clippy::empty_structs_with_brackets)]
            #vis #keyword #ident #fields
        }
    }

    /// Aliases of the signature's types, and of their meanings.
    fn types(&self) -> TokenStream {
        let (param, returns) = (&self.node.message.ty, &self.node.returns());
        let (taken, returned) = (quote!(__Taken), quote!(__Returned));
        let asked = [self.is_first(&taken, param), self.sends(&taken)];
        let asked = asked.into_iter().flatten();
        let about_taken = asked.reduce(|one, other| quote!(#one && #other));
        let can_fail = self.can_fail(&returned);
        let param = self.checked_type(param, quote!(__Param), &taken, ("Travels", about_taken));
        let travels = match has_dyn(returns.to_token_stream()) {
            true => "TravelsBoxed",
            false => "Travels",
        };
        let returns = self.checked_type(returns, quote!(__Return), &returned, (travels, can_fail));
        quote! {
            #param
            #returns
            type __Success = <__Return as __p::Fallible<{ __p::Probe::<__Return>::IS_RESULT }>>::Success;
            type __Error = <__Return as __p::Fallible<{ __p::Probe::<__Return>::IS_RESULT }>>::Error;
            type __Next = <__Success as __p::Directed<{ __p::Probe::<__Success>::DIRECTION }>>::Next;
            type __Exit = <__Success as __p::Directed<{ __p::Probe::<__Success>::DIRECTION }>>::Exit;
        }
    }

    /// An alias of a signature's type with a constant that asks whether the type is `Send`, and
    /// further questions. If one fails, that is the one error: the alias does not resolve, so rustc
    /// reports nothing further.
    fn checked_type(
        &self,
        ty: &Type,
        alias: TokenStream,
        written: &TokenStream,
        (travels, also): (&str, Option<TokenStream>),
    ) -> TokenStream {
        let (node, spanned, concrete) = (&self.ty, self.spanned(written, ty), self.concrete(ty));
        let travels = Ident::new(travels, Span::call_site());
        let also = also.map(|also| quote!(&& #also));
        quote! {
            type #written = #concrete;
            type #alias = <#written as __p::Known<{
                <#spanned as __p::#travels<#node>>::IS_SEND #also
            }>>::Type;
        }
    }

    /// The question whether the first parameter is the message, where it could be an extracted one.
    fn is_first(&self, taken: &TokenStream, param: &Type) -> Option<TokenStream> {
        let alone = self.node.extracted.is_empty();
        let name = last_name(param).map(Ident::to_string).unwrap_or_default();
        if alone && !["Ctx", "State"].contains(&name.as_str()) {
            return None;
        }
        let (node, spanned) = (&self.ty, self.spanned(taken, param));
        let is_extracted = quote!({ __p::Probe::<#taken>::IS_EXTRACTED });
        Some(quote!(<#spanned as __p::TakenFirst<#node, #is_extracted>>::IS_FIRST))
    }

    /// The question whether a node with `idle` takes something that it can send by.
    fn sends(&self, taken: &TokenStream) -> Option<TokenStream> {
        let idle = self.options.key("idle")?;
        let (node, spanned) = (&self.ty, self.spanned(taken, idle));
        let extracted = self
            .node
            .extracted
            .iter()
            .map(|param| self.concrete(&param.ty));
        let may_send = quote!({ false #(|| __p::Probe::<#extracted>::MAY_SEND)* });
        Some(quote!(<#spanned as __p::Sends<#node, #may_send>>::SENDS))
    }

    /// The question whether a node with retries can fail, unless it has a timeout or validates its
    /// output.
    fn can_fail(&self, returned: &TokenStream) -> Option<TokenStream> {
        let (options, retries) = (self.options, self.options.key("retries")?);
        if !options.has_retries() || options.is_timed() || options.validate.output {
            return None;
        }
        let (node, spanned) = (&self.ty, self.spanned(returned, retries));
        let is_result = quote!({ __p::Probe::<#returned>::IS_RESULT });
        Some(quote!(<#spanned as __p::CanFail<#node, #is_result>>::CAN_FAIL))
    }

    fn implement_node(&self) -> TokenStream {
        let (ty, name, policy) = (&self.ty, &self.name, self.options.policy());
        let naming = self.options.naming();
        let retriable = self.is_retriable().then(|| quote!(.retriable()));
        let can_be_idle = self.options.is_bounded() && !self.node.extracted.is_empty();
        let sending = can_be_idle.then(|| quote!(.sending()));
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
        // `retry_if` decides whether to retry, and not how long to wait.
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
            type Playbooks = __p::NoPlaybooks;
            const INFO: __p::NodeInfo =
                __p::NodeInfo::of::<Self>(#name, #policy, ::core::file!(), ::core::line!())
                    .typed::<__Param, __Return>(#may_ask)#retriable #sending #naming;
            __p::payloads!();
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

    /// Whether one attempt can follow another: the input is lent to each, or is copied.
    fn is_retriable(&self) -> bool {
        self.options.is_retriable() || (self.is_lent() && self.options.is_bounded())
    }

    /// The span of the impls that make the item a node.
    fn site(&self) -> Span {
        spans::site(self.node.signature.ident.span())
    }

    fn check_input(&self) -> Option<TokenStream> {
        let spanned = self.spanned(&self.ty, &self.node.message.ty);
        self.options.validate.input.then(|| {
            quote! {
                fn check_input(__input: &__p::In<Self>) -> ::core::result::Result<(), __p::Fault> {
                    <#spanned as __p::Validates<__p::In<Self>>>::input(__input)
                }
            }
        })
    }

    /// A type with the span of the user's.
    fn spanned(&self, ty: &impl ToTokens, at: &impl ToTokens) -> TokenStream {
        self.spanned_as("Place", ty, at)
    }

    /// One of the runtime's types or traits with the span of the user's tokens.
    fn spanned_as(&self, name: &str, args: &impl ToTokens, at: &impl ToTokens) -> TokenStream {
        spans::spanned(&self.crate_path, name, args, spans::of(at))
    }

    /// Whether the message stays with the visit, for the next attempt or a fallback.
    fn is_lent(&self) -> bool {
        self.node.message.by_reference && !self.is_moved()
    }

    /// Whether the parameters move to another task or thread.
    fn is_moved(&self) -> bool {
        self.options.spawn.is_some() || self.is_plain()
    }

    /// Whether the function is no `async fn`. Then it is `blocking`, or the missing option is
    /// reported, and no further error should follow.
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

/// Whether a `dyn` stands somewhere in a type.
fn has_dyn(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "dyn",
        TokenTree::Group(group) => has_dyn(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
