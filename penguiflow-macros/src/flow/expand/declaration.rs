//! What the user wrote: the flow's type, the nodes that it names, and how a value of it is made.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Expr};

use crate::flow::lower::{Declaration, Flow, Header, Role};
use crate::options::Given;
use crate::spans;
use crate::token_text::token_text;

/// The flow's type, with a field per node that has fields itself. The types of those stand
/// here once, so that an error in one is one error.
pub(super) fn declare(declaration: &Declaration) -> TokenStream {
    declare_with(&[], declaration)
}

/// The same, with these attributes on a type that has no header of its own.
fn declare_with(inherited: &[&Attribute], declaration: &Declaration) -> TokenStream {
    let Declaration { name, fields, .. } = declaration;
    let aliases = fields.iter().map(|field| {
        let (alias, ty) = (&field.written, field.value.as_ref().map(|typed| &typed.0));
        let ty = ty.map_or(quote!(()), |ty| quote!(#ty));
        quote!(#[allow(non_camel_case_types)] type #alias = #ty;)
    });
    let attrs = for_parts(declaration);
    let parts = declaration.parts.iter();
    let parts = parts.map(|part| match part.has_fields() {
        true => declare_with(&attrs, part),
        false => declare(part),
    });
    let aliases = quote!(#(#aliases)* #(#parts)*);
    let fields = fields.iter().map(|field| {
        let (ident, alias) = (&field.ident, &field.written);
        quote!(#ident: #alias)
    });
    let inner = declaration.inner.iter();
    let fields = fields.chain(inner.map(|(ident, ty)| quote!(#ident: #ty)));
    match &declaration.header {
        Some(header) => {
            let (attrs, vis, token) = (&header.attrs, &header.vis, &header.struct_token);
            let docs = docs(header);
            let fields = quote_spanned!(name.span()=> { #(#fields,)* });
            quote! {
                #(#attrs)*
                #docs
                #[allow(missing_copy_implementations, missing_debug_implementations)]
                #vis #token #name #fields
                #aliases
            }
        }
        None => {
            let declared = quote_spanned!(declaration.site=> struct #name { #(#fields,)* });
            // The type of a part is no word of the user's.
            let named = declaration
                .is_part
                .then(|| quote!(#[allow(non_camel_case_types)]));
            quote!(#aliases #(#inherited)* #named #declared)
        }
    }
}

/// The attributes that a part's type has in common with the flow's, which has a field of it: a
/// derive asks for the same of all fields. The docs are about the flow alone.
fn for_parts(declaration: &Declaration) -> Vec<&Attribute> {
    let attrs = declaration.header.iter().flat_map(|header| &header.attrs);
    attrs.filter(|attr| !attr.path().is_ident("doc")).collect()
}

/// The docs of a flow's type after the user's own words.
fn docs(header: &Header) -> Option<TokenStream> {
    let diagram = header.diagram.as_ref()?;
    let worst_case = match &header.options.worst_case {
        Some((Given::Value(_), time)) => {
            let time = time.to_string();
            format!("{}, checked while compiling", time.trim_matches('"'))
        }
        Some((Given::Constant(_), time)) => {
            format!("[`{0}`], checked while compiling", token_text(time.clone()))
        }
        None => "what [`WORST_CASE`](Self::WORST_CASE) says".to_owned(),
    };
    let docs = format!("```text\n{diagram}\n```\n\nWorst case: {worst_case}.");
    let lines = docs.lines().map(|line| match line {
        "" => String::new(),
        line => format!(" {line}"),
    });
    Some(quote!(#[doc = ""] #(#[doc = #lines])*))
}

/// An alias per mention of a function node, by the path that the user wrote: a name that does not
/// exist is one error, and an editor leads from each mention to its definition.
pub(super) fn mentions(declaration: &Declaration) -> TokenStream {
    let aliases = declaration.mentions.iter().map(|mention| {
        let (alias, path) = (&mention.alias, &mention.path);
        quote! {
            #[allow(non_camel_case_types, dead_code)]
            type #alias = #path;
        }
    });
    aliases.collect()
}

/// The `let`s of nodes with fields, also of those in parts, and an expression that makes the flow's
/// value of them.
pub(super) fn value(declaration: &Declaration) -> (TokenStream, TokenStream) {
    let own = declaration.fields.iter().map(|field| (field, &field.ty));
    let parts = declaration.parts.iter().flat_map(|part| &part.fields);
    // The node's own alias is out of sight.
    let all = own.chain(parts.map(|field| (field, &field.written)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(field, _)| field.place);
    let bindings = all.into_iter().map(|(field, ty)| {
        let (name, typed) = (&field.name, field.value.as_ref());
        let ty = typed.map(|typed| declaration.spanned(ty, spans::of(&typed.0)));
        let value = typed.map(|typed| &typed.1);
        quote!(let #name: #ty = #value;)
    });
    (quote!(#(#bindings)*), made(declaration, &declaration.parts))
}

/// A value of a flow, made of the `let`s.
fn made(declaration: &Declaration, parts: &[Declaration]) -> TokenStream {
    let fields = declaration.fields.iter().map(|field| {
        let (ident, name) = (&field.ident, &field.name);
        quote!(#ident: #name)
    });
    let inner = declaration.inner.iter().map(|(ident, ty)| {
        let part = parts.iter().find(|part| part.name == *ty);
        let made = part.map(|part| made(part, parts));
        quote!(#ident: #made)
    });
    let name = &declaration.name;
    quote!(#name { #(#fields,)* #(#inner,)* })
}

/// Uses the limits of maps that may name a variable. A limit has to be a constant, so a variable
/// there is an error, and no second one should call it unused.
pub(super) fn limits(flow: &Flow) -> TokenStream {
    let limits = flow.nodes.iter().filter_map(|node| match &node.role {
        Role::Map(map) if !matches!(map.limit, Expr::Lit(_)) => Some(&map.limit),
        _ => None,
    });
    quote!(#(if false { let _ = #limits; })*)
}
