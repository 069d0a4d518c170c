//! `#[cfg(…)]` on statements, branches and arms. A macro cannot evaluate the predicate, so it
//! writes the flow twice, once with the item and once without it, each under its own `#[cfg]`. The
//! compiler drops one before it expands the other.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

/// The predicate of a flow's first `#[cfg(…)]`, and the flow where it holds and where it does not.
pub(super) struct Split {
    predicate: TokenStream,
    on: TokenStream,
    off: TokenStream,
    /// Whether it is about the flow as a whole.
    is_whole: bool,
}

impl Split {
    pub(super) fn of(tokens: &TokenStream) -> Option<Self> {
        let trees: Vec<_> = tokens.clone().into_iter().collect();
        let header = header(&trees);
        let is_whole = (0..header).any(|at| predicate(&trees[at..]).is_some());
        let split = Self::among(&trees, Context::Statements)?;
        Some(Self { is_whole, ..split })
    }

    fn among(trees: &[TokenTree], context: Context) -> Option<Self> {
        let mut is_read = context.begins_to_be_read();
        for (at, token) in trees.iter().enumerate() {
            let rest = &trees[at..];
            if let Some(predicate) = predicate(rest) {
                let end = rest.iter().position(|token| context.ends(token));
                let behind = end.map_or(&[][..], |end| &rest[end + 1..]);
                return Some(Self {
                    predicate,
                    on: joined(&[&trees[..at], &rest[2..]]),
                    off: joined(&[&trees[..at], behind]),
                    is_whole: false,
                });
            }
            is_read = match context {
                _ if context.ends(token) => context.begins_to_be_read(),
                Context::Statements => is_read && !is_word(token, "let"),
                Context::Branches => true,
                Context::Arms => is_read || (at > 0 && is(token, '>') && is(&trees[at - 1], '=')),
            };
            if let TokenTree::Group(group) = token
                && is_read
                && let Some(inner) = Self::inside(group, at.checked_sub(1).map(|at| &trees[at]))
            {
                return Some(inner.around(trees, at));
            }
        }
        None
    }

    /// In a group of branches, or in the arms of a `match`.
    fn inside(group: &Group, before: Option<&TokenTree>) -> Option<Self> {
        let trees: Vec<_> = group.stream().into_iter().collect();
        let follows = |word| before.is_some_and(|before| is_word(before, word));
        match group.delimiter() {
            Delimiter::Bracket if !before.is_some_and(|before| is(before, '#')) => {
                Self::among(&trees, Context::Branches)
            }
            // A part in parentheses, and not what an arm passes on.
            Delimiter::Parenthesis if !before.is_some_and(is_name) => {
                Self::among(&trees, Context::Branches)
            }
            Delimiter::Brace if follows("match") => Self::among(&trees, Context::Arms),
            _ => None,
        }
    }

    /// The same split, of the tokens around the group at this context.
    fn around(self, trees: &[TokenTree], at: usize) -> Self {
        let with = |inner| {
            let TokenTree::Group(group) = &trees[at] else {
                return inner;
            };
            let mut changed = Group::new(group.delimiter(), inner);
            changed.set_span(group.span());
            joined(&[&trees[..at], &[changed.into()], &trees[at + 1..]])
        };
        Self {
            on: with(self.on),
            off: with(self.off),
            ..self
        }
    }

    /// Both flows, as an item.
    pub(super) fn items(&self, crate_path: &TokenStream) -> TokenStream {
        let Self {
            predicate, on, off, ..
        } = self;
        let off =
            (!self.is_whole).then(|| quote!(#[cfg(not(#predicate))] #crate_path::flow! { #off }));
        quote! {
            #[cfg(#predicate)]
            #crate_path::flow! { #on }
            #off
        }
    }

    /// Both flows, as an expression.
    pub(super) fn expression(&self, crate_path: &TokenStream) -> TokenStream {
        let Self {
            predicate, on, off, ..
        } = self;
        quote! {
            match () {
                #[cfg(#predicate)]
                () => #crate_path::flow! { #on },
                #[cfg(not(#predicate))]
                () => #crate_path::flow! { #off },
            }
        }
    }
}

/// The flow as if each `#[cfg(…)]` in it held. Its header is the same in all variants.
pub(super) fn all_on(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens;
    while let Some(split) = Split::of(&tokens) {
        tokens = split.on;
    }
    tokens
}

/// What the tokens are a list of.
#[derive(Clone, Copy)]
enum Context {
    Statements,
    Branches,
    Arms,
}

impl Context {
    /// Whether one of them ends here.
    fn ends(self, token: &TokenTree) -> bool {
        match self {
            Self::Statements => is(token, ';'),
            Self::Branches | Self::Arms => is(token, ','),
        }
    }

    /// Whether the first groups in an item may hold branches or arms. Patterns and the values of
    /// `let`s hold none.
    fn begins_to_be_read(self) -> bool {
        !matches!(self, Self::Arms)
    }
}

/// `P` of `#[cfg(P)]`, if the tokens begin with one.
fn predicate(trees: &[TokenTree]) -> Option<TokenStream> {
    let [hash, TokenTree::Group(attribute), ..] = trees else {
        return None;
    };
    let attribute: Vec<_> = attribute.stream().into_iter().collect();
    match attribute.as_slice() {
        [word, TokenTree::Group(predicate)] if is(hash, '#') && is_word(word, "cfg") => {
            Some(predicate.stream())
        }
        _ => None,
    }
}

/// Where the header of a flow with a name ends.
fn header(trees: &[TokenTree]) -> usize {
    let end = trees.iter().position(|token| is(token, ';')).unwrap_or(0);
    let mut first = trees[..end].iter();
    if first.any(|token| is_word(token, "struct")) {
        end
    } else {
        0
    }
}

fn joined(parts: &[&[TokenTree]]) -> TokenStream {
    parts.concat().into_iter().collect()
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Whether a word can be the last one of a node's name.
fn is_name(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word != "else")
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
