//! Expansions as text for readers: without the paths that keep generated names apart from the
//! user's, and with the contents of `pin!` formatted.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Replaces `pin!` while the code is formatted, since the contents of a macro call are not.
const PIN: &str = "pin_macro";

/// The paths that are left out.
const PATHS: &[&[&str]] = &[
    &["core", "option", "Option"],
    &["core", "result", "Result"],
    &["core", "future"],
    &["core", "marker"],
    &["core", "clone"],
    &["core", "pin"],
    &["core", "mem"],
    &["std", "boxed"],
    &["penguiflow", "__private"],
];

/// The prefixes of generated names.
const PREFIXES: [&str; 2] = ["__node_", "__"];

/// Code as text, without paths and prefixes.
pub(crate) fn shortened(tokens: TokenStream) -> String {
    pretty(without_paths(tokens)).replace(PIN, "pin!")
}

/// Code as text.
pub(crate) fn pretty(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("what a macro expands to is Rust");
    prettyplease::unparse(&file).trim_end().to_owned()
}

fn without_paths(tokens: TokenStream) -> TokenStream {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut rest = trees.as_slice();
    let mut shown = TokenStream::new();
    while let Some((first, others)) = rest.split_first() {
        let path = PATHS.iter().find_map(|path| without(path, rest));
        // The braces of a `use` stay as they are.
        if let Some(behind) = path
            .or_else(|| crate_path(rest))
            .filter(|rest| !is_group(rest))
        {
            rest = behind;
            continue;
        }
        if let Some((placed, behind)) = placed(rest) {
            shown.extend(without_paths(placed));
            rest = behind;
            continue;
        }
        rest = others;
        match first {
            TokenTree::Group(group) => {
                let inner = without_paths(group.stream());
                shown.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            TokenTree::Ident(ident) => {
                let (name, behind) = word(ident, rest);
                rest = behind;
                shown.extend([TokenTree::Ident(name)]);
            }
            other => shown.extend([other.clone()]),
        }
    }
    shown
}

/// What follows `::path::`, if the code begins with that.
fn without<'t>(path: &[&str], mut rest: &'t [TokenTree]) -> Option<&'t [TokenTree]> {
    for word in path {
        rest = colons(rest)?;
        let (TokenTree::Ident(ident), others) = rest.split_first()? else {
            return None;
        };
        if ident != word {
            return None;
        }
        rest = others;
    }
    colons(rest)
}

fn is_group(rest: &[TokenTree]) -> bool {
    matches!(rest, [TokenTree::Group(_), ..])
}

/// What follows `__p::`.
fn crate_path(rest: &[TokenTree]) -> Option<&[TokenTree]> {
    match rest.split_first()? {
        (TokenTree::Ident(ident), rest) if ident == "__p" => colons(rest),
        _ => None,
    }
}

fn colons(rest: &[TokenTree]) -> Option<&[TokenTree]> {
    match rest {
        [TokenTree::Punct(one), TokenTree::Punct(other), rest @ ..]
            if one.as_char() == ':' && other.as_char() == ':' =>
        {
            Some(rest)
        }
        _ => None,
    }
}

/// The type in `Place<…>`, which is that type with spans for errors, and the rest.
fn placed(rest: &[TokenTree]) -> Option<(TokenStream, &[TokenTree])> {
    let [TokenTree::Ident(place), TokenTree::Punct(open), inside @ ..] = rest else {
        return None;
    };
    if place != "Place" || open.as_char() != '<' {
        return None;
    }
    let mut depth = 1;
    let end = inside.iter().position(|tree| {
        if let TokenTree::Punct(punct) = tree {
            depth += i32::from(punct.as_char() == '<') - i32::from(punct.as_char() == '>');
        }
        depth == 0
    })?;
    Some((inside[..end].iter().cloned().collect(), &inside[end + 1..]))
}

/// A name without its prefix, and what follows it.
fn word<'t>(ident: &Ident, rest: &'t [TokenTree]) -> (Ident, &'t [TokenTree]) {
    let name = ident.to_string();
    let is_pin = name == "pin"
        && matches!(rest, [TokenTree::Punct(bang), TokenTree::Group(group), ..]
        if bang.as_char() == '!' && group.delimiter() == Delimiter::Parenthesis);
    if is_pin {
        return (Ident::new(PIN, Span::call_site()), &rest[1..]);
    }
    if name == "__p" {
        return (ident.clone(), rest);
    }
    let shorter = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix));
    match shorter {
        Some(shorter) => (Ident::new(shorter, Span::call_site()), rest),
        None => (ident.clone(), rest),
    }
}
