//! The options in `#[node(…)]` and `#[flow(…)]`: keys and values, with the tokens that they
//! stood on, and the policy that they make.

mod entry;
mod values;

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, Path, Token};

use quote::quote;

use crate::duration;
use crate::per::Per;
use crate::rate::Rate;
use crate::suggest::suggest;
use entry::{Entry, until_comma};
pub(crate) use values::{Durability, Given};
use values::{
    Validate, aliases, backoff, concurrency, durability, first_headers, flag, given, jitter, name,
    number, per, rate, time, validate, value,
};

/// The options of a node.
pub(crate) const OF_NODE: &[&str] = &[
    "timeout",
    "idle",
    "retries",
    "backoff",
    "jitter",
    "retry_if",
    "after_max",
    "fallback_if",
    "concurrency",
    "rate",
    "per",
    "validate",
    "name",
    "alias",
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
    "per",
    "name",
    "alias",
    "hops",
    "headers",
    "worst_case",
    "durable",
    "crate",
];

/// The options of a flow in an expression.
pub(crate) const OF_EXPRESSION: &[&str] = &["headers", "durable", "crate"];

/// The values of the options; the default where one is missing or cannot be read.
#[derive(Default)]
pub(crate) struct Options {
    timeout: Option<Given<Duration>>,
    idle: Option<Given<Duration>>,
    retries: Option<Given<u32>>,
    backoff: Option<Given<(Duration, Duration)>>,
    jitter: Option<Given<bool>>,
    pub(crate) retry_if: Option<Path>,
    pub(crate) fallback_if: Option<Path>,
    /// The longest wait that an error may ask for.
    after_max: Option<Given<Duration>>,
    concurrency: Option<Given<usize>>,
    rate: Option<Given<Rate>>,
    per: Option<Given<Per>>,
    pub(crate) validate: Validate,
    pub(crate) name: Option<String>,
    /// The names by which steps of the node may be stored, too.
    aliases: Vec<String>,
    pub(crate) blocking: Option<Span>,
    pub(crate) spawn: Option<Span>,
    pub(crate) crate_path: Option<Path>,
    pub(crate) hops: Option<Given<u32>>,
    /// Whether a message after a join has the headers of the first input alone.
    pub(crate) first_headers: bool,
    /// `None` unless it is durable.
    pub(crate) durability: Option<Durability>,
    /// The longest that a trace may take, and what it was read from.
    pub(crate) worst_case: Option<(Given<Duration>, TokenStream)>,
    keys: Vec<Ident>,
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

impl Options {
    /// What holds for a part in parentheses, too.
    pub(crate) fn of_part(&self) -> Self {
        Self {
            crate_path: self.crate_path.clone(),
            hops: self.hops.clone(),
            first_headers: self.first_headers,
            ..Self::default()
        }
    }
}

impl Options {
    fn set(&mut self, entry: Entry, keys: &[&str]) -> Result<(), Error> {
        let key = entry.key.to_string();
        if !keys.contains(&key.as_str()) {
            return Err(unknown(&entry.key, keys));
        }
        if self.keys.contains(&entry.key) && key != "alias" {
            return Err(Error::new(
                entry.key.span(),
                format!("`{key}` is given twice"),
            ));
        }
        match key.as_str() {
            "timeout" => self.timeout = Some(given(&entry, time)?),
            "idle" => self.idle = Some(given(&entry, time)?),
            "retries" => {
                self.retries = Some(given(&entry, |entry| number(entry, "retries = 3"))?);
            }
            "backoff" => self.backoff = Some(given(&entry, backoff)?),
            "jitter" => self.jitter = Some(given(&entry, jitter)?),
            "retry_if" => self.retry_if = Some(value(&entry, "retry_if = is_transient")?),
            "fallback_if" => self.fallback_if = Some(value(&entry, "fallback_if = is_outage")?),
            "after_max" => self.after_max = Some(given(&entry, time)?),
            "concurrency" => self.concurrency = Some(given(&entry, concurrency)?),
            "rate" => self.rate = Some(rate(&entry)?),
            "per" => self.per = Some(given(&entry, per)?),
            "validate" => self.validate = validate(&entry)?,
            "name" => self.name = Some(name(&entry)?),
            "alias" => self.aliases.extend(aliases(&entry)?),
            "blocking" => self.blocking = Some(flag(&entry)?),
            "spawn" => self.spawn = Some(flag(&entry)?),
            "crate" => self.crate_path = Some(value(&entry, "crate = penguiflow")?),
            "hops" => self.hops = Some(given(&entry, |entry| number(entry, "hops = 8"))?),
            "headers" => self.first_headers = first_headers(&entry)?,
            "durable" => {
                // A wrong value is an error by itself: what asks for a durable flow is content.
                self.durability = Some(Durability::Steps);
                self.durability = Some(durability(&entry)?);
            }
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
        if let Some(per) = self.key("per")
            && self.key("concurrency").is_none()
            && self.key("rate").is_none()
            && errors.is_empty()
        {
            let message =
                "`per` has no effect without a limit: add `concurrency = 4` or `rate = \"10/s\"`";
            errors.push(Error::new(per.span(), message));
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
        let idle = self.idle.as_ref().map(time);
        let idle = idle.map(|longest| quote!(.idle(#longest)));
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
        let per = self.per.as_ref().map(|per| match per {
            Given::Constant(path) => quote!(.per(#path)),
            Given::Value(per) => {
                let per = crate::per::tokens(per);
                quote!(.per(#per))
            }
        });
        let spawn = self
            .spawn
            .map(|_| quote!(.placement(__p::Placement::Spawn)));
        let blocking = self
            .blocking
            .map(|_| quote!(.placement(__p::Placement::Blocking)));
        quote!(__p::Policy::DEFAULT #timeout #idle #retries #backoff #jitter #after_max #concurrency #rate #per #spawn #blocking)
    }

    /// What names the node in its entry, as calls on that.
    pub(crate) fn naming(&self) -> TokenStream {
        let named = self.name.as_ref().map(|name| quote!(.named(#name)));
        let aliases = &self.aliases;
        let aliased = (!aliases.is_empty()).then(|| quote!(.aliased(&[#(#aliases),*])));
        quote!(#named #aliased)
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
        self.is_timed()
            || self.retries.is_some()
            || self.concurrency.is_some()
            || self.rate.is_some()
            || self.validate.input
    }

    /// Whether an attempt may end as a timeout.
    pub(crate) fn is_timed(&self) -> bool {
        self.timeout.is_some() || self.idle.is_some()
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
