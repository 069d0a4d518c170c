//! `#[derive(Retryable)]`: one arm per variant, from its mark. A struct is one variant.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Ident, Member, Meta};

use crate::crate_path;

const MARKS: [&str; 3] = ["retry", "fatal", "after"];
const CHOICE: &str = "`#[retry]`, `#[fatal]` or `#[after(field)]`";

pub(crate) fn retryable(input: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let expanded = syn::parse2(input).and_then(|input| expand(&input, &mut errors));
    let expanded = expanded.unwrap_or_else(|error| error.to_compile_error());
    let errors = errors.iter().map(Error::to_compile_error);
    expanded.into_iter().chain(errors.flatten()).collect()
}

fn expand(input: &DeriveInput, errors: &mut Vec<Error>) -> Result<TokenStream, Error> {
    let crate_path = crate_path::of_derive("retryable", &input.attrs)?;
    let cases = cases(input, &crate_path)?;
    let arms = cases.iter().map(|case| case.arm(errors));
    let arms: TokenStream = arms.collect();
    // Unless it declares otherwise, an error may ask for a wait.
    let may_ask = !cases.iter().any(Case::asks_for_a_wait);
    let may_ask = may_ask.then(|| {
        quote!(
            const MAY_ASK: bool = false;
        )
    });
    let ident = &input.ident;
    let (impl_generics, generics, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #crate_path::Retryable for #ident #generics #bounds {
            #may_ask

            fn retry(&self) -> #crate_path::Retry {
                match *self { #arms }
            }
        }
    })
}

/// What carries one mark: a variant, or a struct as a whole.
struct Case<'a> {
    ident: &'a Ident,
    attrs: &'a [Attribute],
    fields: &'a Fields,
    path: TokenStream,
    crate_path: &'a TokenStream,
}

fn cases<'a>(input: &'a DeriveInput, crate_path: &'a TokenStream) -> Result<Vec<Case<'a>>, Error> {
    match &input.data {
        Data::Enum(data) => match marks(&input.attrs).next() {
            Some(mark) => Err(Error::new_spanned(
                mark,
                "an enum declares for each of its variants whether it is retried: put the mark there",
            )),
            None => {
                let variants = data.variants.iter();
                Ok(variants
                    .map(|variant| Case::variant(variant, crate_path))
                    .collect())
            }
        },
        Data::Struct(data) => Ok(vec![Case {
            ident: &input.ident,
            attrs: &input.attrs,
            fields: &data.fields,
            path: quote!(Self),
            crate_path,
        }]),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "`Retryable` is derived for enums and structs",
        )),
    }
}

fn marks(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    let is_mark = |attr: &&Attribute| MARKS.iter().any(|mark| attr.path().is_ident(mark));
    attrs.iter().filter(is_mark)
}

impl<'a> Case<'a> {
    fn variant(variant: &'a syn::Variant, crate_path: &'a TokenStream) -> Self {
        let ident = &variant.ident;
        Self {
            ident,
            attrs: &variant.attrs,
            fields: &variant.fields,
            path: quote!(Self::#ident),
            crate_path,
        }
    }

    fn asks_for_a_wait(&self) -> bool {
        self.attrs.iter().any(|attr| attr.path().is_ident("after"))
    }

    /// A faulty mark is reported once. The arm is written all the same, so that no other error
    /// follows.
    fn arm(&self, errors: &mut Vec<Error>) -> TokenStream {
        self.marked().unwrap_or_else(|error| {
            errors.push(error);
            self.answers(&quote!(Backoff))
        })
    }

    fn marked(&self) -> Result<TokenStream, Error> {
        let mark = self.mark()?;
        if mark.path().is_ident("after") {
            return self.after(mark);
        }
        if !matches!(mark.meta, Meta::Path(_)) {
            let mark_path = mark.path().to_token_stream();
            let message = format!("`{mark_path}` takes nothing: write `#[{mark_path}]`");
            return Err(Error::new_spanned(&mark.meta, message));
        }
        Ok(match mark.path().is_ident("fatal") {
            true => self.answers(&quote!(Never)),
            false => self.answers(&quote!(Backoff)),
        })
    }

    /// Its one mark.
    fn mark(&self) -> Result<&'a Attribute, Error> {
        let ident = self.ident;
        for field in self.fields {
            if let Some(mark) = marks(&field.attrs).next() {
                let message =
                    format!("the mark stands before `{ident}`, not before a field: write {CHOICE}");
                return Err(Error::new_spanned(mark, message));
            }
        }
        let mut marks = marks(self.attrs);
        let mark = marks.next().ok_or_else(|| {
            let message = format!(
                "`{ident}` does not declare whether it is retried: write {CHOICE} before it"
            );
            Error::new(ident.span(), message)
        })?;
        match marks.next() {
            Some(second) => {
                let message = format!("`{ident}` has two marks: keep one of {CHOICE}");
                Err(Error::new_spanned(second, message))
            }
            None => Ok(mark),
        }
    }

    fn answers(&self, retry: &TokenStream) -> TokenStream {
        let (path, crate_path) = (&self.path, self.crate_path);
        quote!(#path { .. } => #crate_path::Retry::#retry,)
    }

    fn after(&self, mark: &Attribute) -> Result<TokenStream, Error> {
        let member: Member = mark.parse_args().map_err(|_| {
            let message = "`after` names the field that holds the wait: write `#[after(wait)]`, or `#[after(0)]`";
            Error::new_spanned(&mark.meta, message)
        })?;
        let ty = &self.field(&member)?.ty;
        let (path, crate_path) = (&self.path, self.crate_path);
        Ok(quote! {
            #path { #member: ref __wait, .. } => <#ty as #crate_path::RetryAfter>::retry(__wait),
        })
    }

    fn field(&self, wanted: &Member) -> Result<&'a Field, Error> {
        let mut members = self.fields.members().zip(self.fields);
        let found = members.find(|(member, _)| member == wanted);
        found.map(|(_, field)| field).ok_or_else(|| {
            let (ident, name) = (self.ident, wanted.to_token_stream());
            let known = self.fields.members();
            let known: Vec<_> = known
                .map(|member| format!("`{}`", member.to_token_stream()))
                .collect();
            let message = match known.as_slice() {
                [] => format!("`{ident}` has no field `{name}`, nor any other"),
                known => format!(
                    "`{ident}` has no field `{name}`; it has {}",
                    known.join(", ")
                ),
            };
            Error::new_spanned(wanted, message)
        })
    }
}
