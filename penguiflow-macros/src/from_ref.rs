//! `#[derive(FromRef)]`: one impl per field.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Field, Fields, Member};

use crate::crate_path;
use crate::self_type::without_self;
use crate::spans::{self, site};

pub(crate) fn from_ref(input: TokenStream) -> TokenStream {
    let expanded = syn::parse2(input).and_then(|input| expand(&input));
    expanded.unwrap_or_else(|error| error.to_compile_error())
}

fn expand(input: &DeriveInput) -> Result<TokenStream, Error> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        _ => {
            return Err(Error::new(
                input.ident.span(),
                "`FromRef` is derived for structs",
            ));
        }
    };
    if fields.is_empty() {
        return Err(Error::new(
            input.ident.span(),
            "`FromRef` provides the fields of a struct, and this one has none",
        ));
    }
    let crate_path = crate_path::of_derive("from_ref", &input.attrs)?;
    members(fields)
        .map(|(member, field)| implement_for_field(input, &crate_path, member, field))
        .collect()
}

fn members(fields: &Fields) -> impl Iterator<Item = (Member, &Field)> {
    fields.members().zip(fields.iter())
}

fn implement_for_field(
    input: &DeriveInput,
    crate_path: &TokenStream,
    member: Member,
    field: &Field,
) -> Result<TokenStream, Error> {
    if is_skipped(field)? {
        return Ok(TokenStream::new());
    }
    let (impl_generics, generics, bounds) = input.generics.split_for_impl();
    let (name, written) = (&input.ident, &field.ty);
    let state = quote!(#name #generics);
    // In the `impl`, `Self` is the field's type.
    let ty = without_self(written.to_token_stream(), &state);
    let bounds = without_self(bounds.to_token_stream(), &state);
    let spanned = spans::spanned(crate_path, "Place", &ty, spans::of(written));
    Ok(quote_spanned! {site(name.span())=>
        #[automatically_derived]
        impl #impl_generics #crate_path::FromRef<#state> for #ty #bounds {
            fn from_ref(state: &#state) -> Self {
                <#spanned as #crate_path::__private::GivenOut<#state>>::copy(&state.#member)
            }
        }
    })
}

fn is_skipped(field: &Field) -> Result<bool, Error> {
    let mut skipped = false;
    for attr in field
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("from_ref"))
    {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("skip") {
                return Err(meta.error("on a field, `from_ref` has one option: `skip`"));
            }
            skipped = true;
            Ok(())
        })?;
    }
    Ok(skipped)
}
