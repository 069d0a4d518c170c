//! The options in `#[node(…)]` and `#[flow(…)]`: keys and values, with the tokens that they
//! stood on, and the policy that they make.

use std::time::Duration;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, LitBool, LitInt, LitStr, Path, Token};

use quote::quote;

use crate::duration;
use crate::rate::{self, Rate};
use crate::suggest::suggest;

/// The options of a node.
pub(crate) const OF_NODE: &[&str] = &[
    "timeout",
    "retries",
    "backoff",
    "jitter",
    "retry_if",
    "after_max",
    "concurrency",
    "rate",
    "validate",
    "name",
    "blocking",
    "spawn",
    "crate",
];

/// The options of a flow with a name.
pub(crate) const OF_FLOW: &[&str] = &[
    "timeout",
    "retries",
    "backoff",
    "jitter",
    "after_max",
    "concurrency",
    "rate",
    "name",
    "hops",
    "worst_case",
    "durable",
    "crate",
];

/// The options of a flow in an expression.
pub(crate) const OF_EXPRESSION: &[&str] = &["durable", "crate"];

/// The values of the options; the default where one is missing or cannot be read.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Given<Duration>>,
    retries: Option<Given<u32>>,
    backoff: Option<Given<(Duration, Duration)>>,
    jitter: Option<Given<bool>>,
    pub(crate) retry_if: Option<Path>,
    /// The longest wait that an error may ask for.
    after_max: Option<Given<Duration>>,
    concurrency: Option<Given<usize>>,
    rate: Option<Given<Rate>>,
    pub(crate) validate: Validate,
    pub(crate) name: Option<String>,
    pub(crate) blocking: Option<Span>,
    pub(crate) spawn: Option<Span>,
    pub(crate) crate_path: Option<Path>,
    pub(crate) hops: Option<Given<u32>>,
    pub(crate) is_durable: bool,
    /// The longest that a trace may take, and what it was read from.
    pub(crate) worst_case: Option<(Given<Duration>, TokenStream)>,
    keys: Vec<Ident>,
}

/// What is given for an option: a value that is read here, or a constant of the user's.
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

/// Which sides of a node are validated.
#[derive(Default)]
pub(crate) struct Validate {
    pub(crate) input: bool,
    pub(crate) output: bool,
}

/// `key` or `key = value`.
struct Entry {
    key: Ident,
    value: Option<TokenStream>,
}

/// Reads options that have these keys.
pub(crate) fn read(tokens: TokenStream, keys: &[&str], errors: &mut Vec<Error>) -> Options {
    let mut options = Options::default();
    let entries = |input: ParseStream| {
        while !input.is_empty() {
            let entry = Entry::read(input);
            let set = entry.and_then(|entry| options.set(entry, keys));
            errors.extend(set.err());
            until_comma(input)?;
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    let read = entries.parse2(tokens);
    errors.extend(read.err());
    options.check_combinations(errors);
    options
}

impl Entry {
    fn read(input: ParseStream) -> Result<Self, Error> {
        let key = input.call(Ident::parse_any);
        let form =
            |error: Error| Error::new(error.span(), "expected an option: `timeout = \"2s\"`");
        let key = key.map_err(form)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(until_comma(input)?),
            None => None,
        };
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected `,`"));
        }
        Ok(Self { key, value })
    }
}

fn until_comma(input: ParseStream) -> Result<TokenStream, Error> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

impl Options {
    fn set(&mut self, entry: Entry, keys: &[&str]) -> Result<(), Error> {
        let key = entry.key.to_string();
        if !keys.contains(&key.as_str()) {
            return Err(unknown(&entry.key, keys));
        }
        if self.keys.contains(&entry.key) {
            return Err(Error::new(
                entry.key.span(),
                format!("`{key}` is given twice"),
            ));
        }
        match key.as_str() {
            "timeout" => self.timeout = Some(given(&entry, time)?),
            "retries" => {
                self.retries = Some(given(&entry, |entry| number(entry, "retries = 3"))?);
            }
            "backoff" => self.backoff = Some(given(&entry, backoff)?),
            "jitter" => self.jitter = Some(given(&entry, jitter)?),
            "retry_if" => self.retry_if = Some(value(&entry, "retry_if = is_transient")?),
            "after_max" => self.after_max = Some(given(&entry, time)?),
            "concurrency" => self.concurrency = Some(given(&entry, concurrency)?),
            "rate" => self.rate = Some(rate(&entry)?),
            "validate" => self.validate = validate(&entry)?,
            "name" => self.name = Some(name(&entry)?),
            "blocking" => self.blocking = Some(flag(&entry)?),
            "spawn" => self.spawn = Some(flag(&entry)?),
            "crate" => self.crate_path = Some(value(&entry, "crate = penguiflow")?),
            "hops" => self.hops = Some(given(&entry, |entry| number(entry, "hops = 8"))?),
            "durable" => self.is_durable = durable(&entry)?,
            "worst_case" => {
                let longest = given(&entry, time)?;
                self.worst_case = Some((longest, entry.value.clone().unwrap_or_default()));
            }
            _ => return Err(unknown(&entry.key, keys)),
        }
        self.keys.push(entry.key);
        Ok(())
    }

    fn check_combinations(&self, errors: &mut Vec<Error>) {
        for key in ["backoff", "jitter", "retry_if", "after_max"] {
            if let Some(given) = self.key(key)
                && self.key("retries").is_none()
                && errors.is_empty()
            {
                let message = format!("`{key}` has no effect without `retries`: add `retries = 3`");
                errors.push(Error::new(given.span(), message));
            }
        }
        if let (Some(_), Some(spawn)) = (self.blocking, self.spawn) {
            let message =
                "a node is `blocking` or `spawn`, not both: a blocking thread is one of its own";
            errors.push(Error::new(spawn, message));
        }
    }

    /// The policy, as an expression.
    pub(crate) fn policy(&self) -> TokenStream {
        let time = |time: &Given<Duration>| time.tokens(duration::tokens);
        let timeout = self.timeout.as_ref().map(time);
        let timeout = timeout.map(|time| quote!(.timeout(#time)));
        let retries = self.retries.as_ref().filter(|_| self.has_retries());
        let retries = retries.map(|retries| retries.tokens(|retries| quote!(#retries)));
        let retries = retries.map(|retries| quote!(.retries(#retries)));
        let backoff = self.backoff.as_ref().map(|backoff| match backoff {
            Given::Constant(path) => quote!(.backoff(#path.base, #path.max).jitter(#path.jitter)),
            Given::Value((base, max)) => {
                let (base, max) = (duration::tokens(*base), duration::tokens(*max));
                quote!(.backoff(#base, #max))
            }
        });
        let after_max = self.after_max.as_ref().map(time);
        let after_max = after_max.map(|longest| quote!(.after_max(#longest)));
        let jitter = self.jitter.as_ref();
        let jitter = jitter.map(|jitter| jitter.tokens(|jitter| quote!(#jitter)));
        let jitter = jitter.map(|jitter| quote!(.jitter(#jitter)));
        let concurrency = self.concurrency.as_ref();
        let concurrency = concurrency.map(|limit| limit.tokens(|limit| quote!(#limit)));
        let concurrency = concurrency.map(|limit| quote!(.concurrency(#limit)));
        let rate = self.rate.as_ref().map(|rate| match rate {
            Given::Constant(path) => quote!(.rate(#path.count, #path.per)),
            Given::Value((count, per)) => {
                let per = duration::tokens(*per);
                quote!(.rate(#count, #per))
            }
        });
        let spawn = self
            .spawn
            .map(|_| quote!(.placement(__p::Placement::Spawn)));
        let blocking = self
            .blocking
            .map(|_| quote!(.placement(__p::Placement::Blocking)));
        quote!(__p::Policy::DEFAULT #timeout #retries #backoff #jitter #after_max #concurrency #rate #spawn #blocking)
    }

    /// The type of the node's visits.
    pub(crate) fn visits(&self) -> TokenStream {
        match self.is_bounded() {
            true => quote!(__p::Bounded),
            false => quote!(__p::Plain),
        }
    }

    /// Whether an option may end, repeat or delay an attempt.
    pub(crate) fn is_bounded(&self) -> bool {
        self.timeout.is_some()
            || self.retries.is_some()
            || self.concurrency.is_some()
            || self.rate.is_some()
            || self.validate.input
    }

    /// Whether a failed attempt may be followed by another one, by what the attribute says.
    pub(crate) fn has_retries(&self) -> bool {
        !matches!(self.retries, None | Some(Given::Value(0)))
    }

    /// Whether a failed attempt can be followed by another one, also if a program sets that at run
    /// time: then its input has to be there still.
    pub(crate) fn is_retriable(&self) -> bool {
        self.retries.is_some()
    }

    /// The key, if it was given.
    pub(crate) fn key(&self, name: &str) -> Option<&Ident> {
        self.keys.iter().find(|key| *key == name)
    }
}

/// A value, or a constant in its place.
fn given<T>(
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

fn jitter(entry: &Entry) -> Result<bool, Error> {
    Ok(value::<LitBool>(entry, "jitter = true")?.value)
}

fn value<T: syn::parse::Parse>(entry: &Entry, example: &str) -> Result<T, Error> {
    let message = format!("expected `{example}`");
    let tokens = entry.value.clone().filter(|value| !value.is_empty());
    let tokens = tokens.ok_or_else(|| Error::new(entry.key.span(), &message))?;
    syn::parse2(tokens.clone()).map_err(|_| Error::new_spanned(tokens, message))
}

fn flag(entry: &Entry) -> Result<Span, Error> {
    match &entry.value {
        None => Ok(entry.key.span()),
        Some(_) => {
            let message = format!("`{0}` takes no value: write `{0}`", entry.key);
            Err(Error::new(entry.key.span(), message))
        }
    }
}

fn number<N: std::str::FromStr<Err: std::fmt::Display>>(
    entry: &Entry,
    example: &str,
) -> Result<N, Error> {
    let literal: LitInt = value(entry, example)?;
    let number = literal.base10_parse();
    number.map_err(|_| Error::new(literal.span(), format!("expected `{example}`")))
}

fn concurrency(entry: &Entry) -> Result<usize, Error> {
    let literal: LitInt = value(entry, "concurrency = 16")?;
    match literal.base10_parse()? {
        0 => Err(Error::new(
            literal.span(),
            "with `concurrency = 0` the node could never run",
        )),
        limit => Ok(limit),
    }
}

fn durable(entry: &Entry) -> Result<bool, Error> {
    require_feature("durable", cfg!(feature = "durable"), &entry.key)?;
    flag(entry).map(|_| true)
}

fn rate(entry: &Entry) -> Result<Given<Rate>, Error> {
    require_feature("rate", cfg!(feature = "rate"), &entry.key)?;
    given(entry, |entry| {
        let literal: LitStr = value(entry, "rate = \"60/min\"")?;
        rate::parse(&literal.value()).map_err(|error| Error::new(literal.span(), error))
    })
}

fn validate(entry: &Entry) -> Result<Validate, Error> {
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

fn name(entry: &Entry) -> Result<String, Error> {
    let literal: LitStr = value(entry, "name = \"retrieve\"")?;
    match literal.value() {
        name if name.trim().is_empty() => Err(Error::new(literal.span(), "a name is not empty")),
        name => Ok(name),
    }
}

fn time(entry: &Entry) -> Result<Duration, Error> {
    let literal: LitStr = value(entry, &format!("{} = \"2s\"", entry.key))?;
    duration::parse(&literal.value()).map_err(|error| Error::new(literal.span(), error))
}

/// `"100ms..2s"`, or `"100ms"` with the default's upper end.
fn backoff(entry: &Entry) -> Result<(Duration, Duration), Error> {
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

fn unknown(key: &Ident, keys: &[&str]) -> Error {
    if keys == OF_NODE && OF_FLOW.contains(&key.to_string().as_str()) {
        let message = format!("`{key}` is an option of flows: `#[flow({key} = …)]` on a header");
        return Error::new(key.span(), message);
    }
    if keys == OF_EXPRESSION && OF_FLOW.iter().any(|known| key == known) {
        let message = format!(
            "`{key}` is for a flow with a name: begin with `struct Name(Input) -> Output;`"
        );
        return Error::new(key.span(), message);
    }
    let meant = suggest(&key.to_string(), keys);
    let meant = meant.map_or(String::new(), |known| format!("; did you mean `{known}`?"));
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    let keys = keys.join(", ");
    Error::new(
        key.span(),
        format!("unknown option `{key}`{meant} The options are {keys}").replace("` The", "`. The"),
    )
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
