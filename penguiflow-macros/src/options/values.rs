//! Reads the values of options: literals, or constants in their place where an option takes one.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitBool, LitInt, LitStr, Path, Token};

use super::entry::Entry;
use crate::duration;
use crate::per::Per;
use crate::rate::{self, Rate};

/// What is given for an option: a value that is read here, or a constant of the user's.
#[derive(Clone)]
pub(crate) enum Given<T> {
    Value(T),
    Constant(Path),
}

impl<T: Copy> Given<T> {
    /// The value as an expression.
    pub(crate) fn tokens(&self, of_value: impl FnOnce(T) -> TokenStream) -> TokenStream {
        match self {
            Self::Value(value) => of_value(*value),
            Self::Constant(path) => quote!(#path),
        }
    }
}

/// When the traces of a durable flow are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    Steps,
    AtAwaits,
}

/// Which sides of a node are validated.
#[derive(Default)]
pub(crate) struct Validate {
    pub(crate) input: bool,
    pub(crate) output: bool,
}

/// A value, or a constant in its place.
pub(super) fn given<T>(
    entry: &Entry,
    read: impl FnOnce(&Entry) -> Result<T, Error>,
) -> Result<Given<T>, Error> {
    let constant = entry.value.clone().and_then(constant);
    match constant {
        Some(path) => Ok(Given::Constant(path)),
        None => read(entry).map(Given::Value),
    }
}

/// The path of a constant: `true` and `false` are none.
fn constant(value: TokenStream) -> Option<Path> {
    let is_flag = syn::parse2::<LitBool>(value.clone()).is_ok();
    syn::parse2(value).ok().filter(|_| !is_flag)
}

pub(super) fn jitter(entry: &Entry) -> Result<bool, Error> {
    Ok(value::<LitBool>(entry, "jitter = false")?.value)
}

pub(super) fn value<T: syn::parse::Parse>(entry: &Entry, example: &str) -> Result<T, Error> {
    let message = format!("expected `{example}`");
    let tokens = entry.value.clone().filter(|value| !value.is_empty());
    let tokens = tokens.ok_or_else(|| Error::new(entry.key.span(), &message))?;
    syn::parse2(tokens.clone()).map_err(|_| Error::new_spanned(tokens, message))
}

pub(super) fn flag(entry: &Entry) -> Result<Span, Error> {
    match &entry.value {
        None => Ok(entry.key.span()),
        Some(_) => {
            let message = format!("`{0}` takes no value: write `{0}`", entry.key);
            Err(Error::new(entry.key.span(), message))
        }
    }
}

pub(super) fn number<N: std::str::FromStr<Err: std::fmt::Display>>(
    entry: &Entry,
    example: &str,
) -> Result<N, Error> {
    let literal: LitInt = value(entry, example)?;
    let number = literal.base10_parse();
    number.map_err(|_| Error::new(literal.span(), format!("expected `{example}`")))
}

pub(super) fn concurrency(entry: &Entry) -> Result<usize, Error> {
    let literal: LitInt = value(entry, "concurrency = 16")?;
    match literal.base10_parse()? {
        0 => Err(Error::new(
            literal.span(),
            "with `concurrency = 0` the node could never run",
        )),
        limit => Ok(limit),
    }
}

/// `durable`, or `durable = "awaits"`.
pub(super) fn durability(entry: &Entry) -> Result<Durability, Error> {
    require_feature("durable", cfg!(feature = "durable"), &entry.key)?;
    if entry.value.is_none() {
        return Ok(Durability::Steps);
    }
    let literal: LitStr = value(entry, "durable` or `durable = \"awaits\"")?;
    match literal.value().as_str() {
        "awaits" => Ok(Durability::AtAwaits),
        other => {
            let message = format!(
                "`durable` has no value `{other}`: write `durable` to store each step, or \
                 `durable = \"awaits\"` to store what waits and what has ended"
            );
            Err(Error::new(literal.span(), message))
        }
    }
}

/// Whether it is `"first"`, and not `"all"`.
pub(super) fn first_headers(entry: &Entry) -> Result<bool, Error> {
    let literal: LitStr = value(entry, "headers = \"first\"` or `headers = \"all\"")?;
    match literal.value().as_str() {
        "all" => Ok(false),
        "first" => Ok(true),
        other => {
            let message = format!("`{other}` is not one of `all` and `first`");
            Err(Error::new(literal.span(), message))
        }
    }
}

pub(super) fn rate(entry: &Entry) -> Result<Given<Rate>, Error> {
    require_feature("rate", cfg!(feature = "rate"), &entry.key)?;
    given(entry, |entry| {
        let literal: LitStr = value(entry, "rate = \"60/min\"")?;
        rate::parse(&literal.value()).map_err(|error| Error::new(literal.span(), error))
    })
}

pub(super) fn per(entry: &Entry) -> Result<Per, Error> {
    let literal: LitStr = value(entry, "per = \"tenant\"")?;
    crate::per::parse(&literal.value()).map_err(|error| Error::new(literal.span(), error))
}

pub(super) fn validate(entry: &Entry) -> Result<Validate, Error> {
    require_feature("validate", cfg!(feature = "validate"), &entry.key)?;
    let literal: LitStr = value(entry, "validate = \"both\"")?;
    let (input, output) = match literal.value().as_str() {
        "in" => (true, false),
        "out" => (false, true),
        "both" => (true, true),
        "none" => (false, false),
        other => {
            let message = format!("`{other}` is not one of `in`, `out`, `both` and `none`");
            return Err(Error::new(literal.span(), message));
        }
    };
    Ok(Validate { input, output })
}

/// Some options are behind features of penguiflow, for what they depend on.
fn require_feature(feature: &str, is_on: bool, key: &Ident) -> Result<(), Error> {
    let message = format!(
        "`{key}` needs the feature `{feature}` of penguiflow: run `cargo add penguiflow --features {feature}`"
    );
    is_on
        .then_some(())
        .ok_or_else(|| Error::new(key.span(), message))
}

pub(super) fn name(entry: &Entry) -> Result<String, Error> {
    named(&value(entry, "name = \"retrieve\"")?)
}

/// `"fetch"`, or several of them: `["fetch", "load"]`.
pub(super) fn aliases(entry: &Entry) -> Result<Vec<String>, Error> {
    let example = "alias = \"old_name\"` or `alias = [\"old_name\", \"older_name\"]";
    let Aliases(names) = value(entry, example)?;
    names.iter().map(named).collect()
}

struct Aliases(Vec<LitStr>);

impl Parse for Aliases {
    fn parse(input: ParseStream) -> Result<Self, Error> {
        if !input.peek(syn::token::Bracket) {
            return Ok(Self(vec![input.parse()?]));
        }
        let list;
        syn::bracketed!(list in input);
        let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
        Ok(Self(names.into_iter().collect()))
    }
}

/// The steps of joins are stored under names with brackets in them.
fn named(literal: &LitStr) -> Result<String, Error> {
    let name = literal.value();
    let message = match () {
        () if name.trim().is_empty() => "a name is not empty",
        () if name.contains(['[', ']']) => {
            "a name has no brackets: the inputs of joins are named by them"
        }
        () => return Ok(name),
    };
    Err(Error::new(literal.span(), message))
}

pub(super) fn time(entry: &Entry) -> Result<Duration, Error> {
    let literal: LitStr = value(entry, &format!("{} = \"2s\"", entry.key))?;
    duration::parse(&literal.value()).map_err(|error| Error::new(literal.span(), error))
}

/// `"100ms..2s"`, or `"100ms"` with the default's upper end.
pub(super) fn backoff(entry: &Entry) -> Result<(Duration, Duration), Error> {
    let literal: LitStr = value(entry, "backoff = \"500ms..30s\"")?;
    let text = literal.value();
    let (base, max) = text.split_once("..").unwrap_or((&text, "30s"));
    let read = |part| duration::parse(part).map_err(|error| Error::new(literal.span(), error));
    let (base, max) = (read(base)?, read(max)?);
    if base > max {
        let message = "the first wait is longer than the longest: write \"shortest..longest\"";
        return Err(Error::new(literal.span(), message));
    }
    Ok((base, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The features are on in the tests of the whole workspace, so this asks the rule itself.
    #[test]
    fn an_option_behind_a_feature_says_how_to_switch_it_on() {
        let key = Ident::new("rate", Span::call_site());
        let error = require_feature("rate", false, &key).expect_err("the feature is off");
        assert_eq!(
            error.to_string(),
            "`rate` needs the feature `rate` of penguiflow: run `cargo add penguiflow --features rate`"
        );
        assert!(require_feature("rate", true, &key).is_ok());
        let key = Ident::new("durable", Span::call_site());
        let error = require_feature("durable", false, &key).expect_err("the feature is off");
        assert_eq!(
            error.to_string(),
            "`durable` needs the feature `durable` of penguiflow: run `cargo add penguiflow --features durable`"
        );
    }
}
