//! Routing: `match { Topic::Sql(q) => sql(q), other => chat }`.

use syn::parse::ParseStream;
use syn::{Error, Expr, Pat, Path, Token, braced, parenthesized, token};

use super::chain::name;
use super::fallback::Fallback;
use super::{Chain, Stage};

/// A Rust `match` on the output before it.
pub(crate) struct Match {
    pub(crate) token: Token![match],
    pub(crate) arms: Vec<Arm>,
}

/// `pattern if guard => node(expression) -> …`
#[derive(Clone)]
pub(crate) struct Pattern {
    pub(crate) pat: Pat,
    pub(crate) guard: Option<Expr>,
    /// What the arm passes on; `None` for the whole value.
    pub(crate) value: Option<Expr>,
}

/// A pattern, and the chain that its messages go along.
pub(crate) struct Arm {
    pub(crate) pattern: Pattern,
    pub(crate) chain: Chain,
}

impl Match {
    pub(super) fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self, Error> {
        let token: Token![match] = input.parse()?;
        if !input.peek(token::Brace) {
            let message = "a `match` is on what comes before it: `a -> match { pattern => node }`";
            return Err(input.error(message));
        }
        let inner;
        let brace: token::Brace = braced!(inner in input);
        if inner.is_empty() {
            let message = "a `match` has at least one arm: `match { pattern => node }`";
            return Err(Error::new(brace.span.join(), message));
        }
        let mut arms = Vec::new();
        while !inner.is_empty() {
            arms.push(Arm::read(&inner, errors)?);
            if !inner.is_empty() && inner.parse::<Token![,]>().is_err() {
                return Err(inner.error("expected `->` and a node, `,` or `}`"));
            }
        }
        Ok(Self { token, arms })
    }
}

impl Arm {
    fn read(input: ParseStream, errors: &mut Vec<Error>) -> Result<Self, Error> {
        let form = |error: Error| Error::new(error.span(), FORM);
        let pat = input
            .call(Pat::parse_multi_with_leading_vert)
            .map_err(form)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        input.parse::<Token![=>]>().map_err(form)?;
        let (value, chain) = target(input, errors)?;
        let pattern = Pattern { pat, guard, value };
        Ok(Self { pattern, chain })
    }
}

const FORM: &str = "an arm reads `pattern => node`";

/// `sql(q) -> …`, or a chain that takes the whole value.
fn target(input: ParseStream, errors: &mut Vec<Error>) -> Result<(Option<Expr>, Chain), Error> {
    let ahead = input.fork();
    let passes = ahead.call(Path::parse_mod_style).is_ok() && ahead.peek(token::Paren);
    if !passes {
        return Ok((None, Chain::read(input, errors)));
    }
    let first = Stage::Node(name(input)?);
    let inner;
    let parens = parenthesized!(inner in input);
    let form = "a node takes one message: pass one expression, or a tuple";
    if inner.is_empty() {
        return Err(Error::new(parens.span.join(), form));
    }
    let value = inner.parse()?;
    if !inner.is_empty() {
        return Err(inner.error(form));
    }
    let mut chain = Chain {
        stages: vec![Fallback::read_on(input, first, errors)?],
    };
    if let Ok(arrow) = input.parse::<Token![->]>() {
        chain.read_on(input, Some(arrow), errors);
    }
    Ok((Some(value), chain))
}
