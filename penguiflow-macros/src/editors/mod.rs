//! Code for editors alone: all words of the user's, in order, as types, patterns and expressions.
//! It is made of the tokens alone, so that an unfinished line is in it, too, and the code before
//! the cursor does not depend on the word at it.

#[cfg(test)]
mod tests;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;

/// The code for editors as an item. The compiler skips it.
pub(crate) fn item(crate_path: &TokenStream, written: &TokenStream) -> TokenStream {
    if written.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #crate_path::__private::for_editors! {
            #[allow(unused)]
            const _: () = {
                fn __written() {
                    use #crate_path::__private as __p;
                    #written
                }
            };
        }
    }
}

/// The code for editors as a statement, since the values of nodes may use local variables.
pub(crate) fn statement(crate_path: &TokenStream, written: &TokenStream) -> TokenStream {
    quote! {
        #crate_path::__private::for_editors! {
            #[allow(unused)]
            {
                use #crate_path::__private as __p;
                #written
            }
        }
    }
}

/// The empty span just before another one. The compiler shows a keyword there together with the
/// word that follows, and an editor does not take it for that word.
pub(crate) fn before(span: Span) -> Span {
    match proc_macro::is_available() {
        true => span.unwrap().start().into(),
        false => span,
    }
}

/// Plain Rust that mentions what a flow mentions. `__p` is the runtime's module for macros.
pub(crate) fn flow(tokens: TokenStream) -> TokenStream {
    let mut written = Written::default();
    for statement in split(&trees(tokens), &[";"]) {
        written.statement(statement);
    }
    written.text
}

/// The options in `#[node(…)]`: each key by its page, and each value.
pub(crate) fn options(tokens: TokenStream) -> TokenStream {
    let tokens = trees(tokens);
    let entries = split(&tokens, &[","]).into_iter();
    let entries = entries.filter_map(|entry| {
        let key = entry.first().filter(|key| !is(key, "crate"))?;
        let value = or_hole(entry.get(2..).unwrap_or_default());
        Some(quote! {
            { type __Written = __p::options::#key; }
            let _ = #value;
        })
    });
    entries.collect()
}

#[derive(Default)]
struct Written {
    text: TokenStream,
    /// The type of what the stage before puts out, where one node determines it.
    output: TokenStream,
}

impl Written {
    fn statement(&mut self, tokens: &[TokenTree]) {
        let header = tokens.iter().position(|token| is(token, "struct"));
        match (tokens, header) {
            ([first, rest @ ..], _) if is(first, "let") => self.binding(rest),
            // The flow's name stands in its own type.
            (_, Some(place)) => {
                self.attributes(&tokens[..place]);
                let types = tokens.get(place + 2..).unwrap_or_default();
                split(types, &["->"]).into_iter().for_each(|ty| self.ty(ty));
            }
            _ => self.chain(without_attributes(tokens)),
        }
    }

    /// `#[flow(timeout = "2s")]`, among others.
    fn attributes(&mut self, tokens: &[TokenTree]) {
        for token in tokens {
            if let TokenTree::Group(attr) = token
                && let [word, TokenTree::Group(given)] = trees(attr.stream()).as_slice()
                && is(word, "flow")
            {
                self.text.extend(options(given.stream()));
            }
        }
    }

    /// `web: Search = …`: the name is a type, as it is where it stands in chains.
    fn binding(&mut self, tokens: &[TokenTree]) {
        let [name, typed @ ..] = tokens else { return };
        let typed = typed.get(1..).unwrap_or_default();
        let end = typed.iter().position(|token| is(token, "="));
        let (ty, value) = typed.split_at(end.unwrap_or(typed.len()));
        let (ty, value) = (or_hole(ty), or_hole(value.get(1..).unwrap_or_default()));
        self.text.extend(quote! {
            #[allow(non_camel_case_types)]
            type #name = #ty;
            let #name: #name = #value;
        });
    }

    fn chain(&mut self, tokens: &[TokenTree]) {
        for stage in split(tokens, &["->", "=>", "else"]) {
            self.stage(stage);
        }
    }

    fn stage(&mut self, tokens: &[TokenTree]) {
        match tokens {
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Bracket => {
                self.group(&trees(group.stream()));
            }
            [TokenTree::Group(part), ..] if part.delimiter() == Delimiter::Parenthesis => {
                self.chain(&trees(part.stream()));
                // A node may break out of it.
                self.output = TokenStream::new();
            }
            [word, TokenTree::Group(arms), ..] if is(word, "match") => self.routing(arms),
            // It hands on what is before its list, and names nothing.
            [word] if is(word, "_") => {}
            [word, ty @ ..] if is(word, "await") => self.wait(ty),
            [word] | [word, TokenTree::Group(_)] if is_join(word) => {
                self.output = TokenStream::new();
            }
            _ => self.nodes(tokens),
        }
    }

    /// `b, c`, or `b; 8, max = 100`.
    fn group(&mut self, tokens: &[TokenTree]) {
        let mut parts = split(tokens, &[";"]).into_iter();
        for branch in split(parts.next().unwrap_or_default(), &[","]) {
            self.chain(branch);
        }
        for number in parts.flat_map(|part| split(part, &[","])) {
            let number = or_hole(split(number, &["="]).pop().unwrap_or_default());
            self.text.extend(quote!(let _: usize = #number;));
        }
    }

    /// A node; several where an arrow or a `;` is still missing between them.
    fn nodes(&mut self, tokens: &[TokenTree]) {
        let mut rest = tokens;
        while let Some(end) = end_of_node(rest) {
            self.node(&rest[..end]);
            rest = &rest[end..];
        }
        self.node(rest);
    }

    /// `sql`, or `sql(q)`.
    fn node(&mut self, tokens: &[TokenTree]) {
        let (path, value) = match tokens {
            [path @ .., TokenTree::Group(value)] => (path, Some(value)),
            path => (path, None),
        };
        self.ty(path);
        let function = or_hole(path);
        let node = generated(path);
        let value = value.map(|value| quote!(let _: __p::In<#node> = #value;));
        // As a type, which comes first, to be completed, and as the function, to be renamed.
        self.text.extend(quote!(let _ = #function; #value));
        self.output = quote!(__p::Out<#node>);
    }

    /// `T`, or `T within "24h"`.
    fn wait(&mut self, tokens: &[TokenTree]) {
        let end = tokens.iter().position(|token| is(token, "within"));
        self.ty(&tokens[..end.unwrap_or(tokens.len())]);
        self.output = TokenStream::new();
    }

    fn ty(&mut self, tokens: &[TokenTree]) {
        let ty = or_hole(tokens);
        self.text.extend(quote!({ type __Written = #ty; }));
    }

    /// A `match` on what comes to it, with what stands in each arm.
    fn routing(&mut self, arms: &Group) {
        let output = match self.output.is_empty() {
            true => quote!(_),
            false => std::mem::take(&mut self.output),
        };
        let arms = trees(arms.stream());
        let arms = split(&arms, &[","]).into_iter();
        let arms: TokenStream = arms.map(|arm| arm_of(arm, &mut self.output)).collect();
        self.text.extend(quote! {
            match __p::some::<#output>() {
                #arms
                _ => {}
            }
        });
    }
}

/// An arm; `output` is what comes out at its end.
fn arm_of(tokens: &[TokenTree], output: &mut TokenStream) -> TokenStream {
    if tokens.is_empty() {
        return TokenStream::new();
    }
    let arrow = (0..tokens.len()).find(|place| separator(&tokens[*place..], &["=>"]).is_some());
    let (pattern, target) = tokens.split_at(arrow.unwrap_or(tokens.len()));
    let mut written = Written::default();
    written.chain(target.get(2..).unwrap_or_default());
    *output = written.output;
    let (pattern, text) = (
        pattern.iter().cloned().collect::<TokenStream>(),
        written.text,
    );
    quote!(#pattern => { #text },)
}

/// Where the first node ends, if another one follows at once.
fn end_of_node(tokens: &[TokenTree]) -> Option<usize> {
    let follows = |pair: &[TokenTree]| match pair {
        [one, TokenTree::Ident(_)] => !matches!(one, TokenTree::Punct(_)),
        _ => false,
    };
    tokens.windows(2).position(follows).map(|place| place + 1)
}

/// Whether this stands in the place of a node, and is none.
fn is_join(word: &TokenTree) -> bool {
    let joins = ["join", "race", "settle", "quorum"];
    joins.iter().any(|join| is(word, join))
}

fn without_attributes(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [hash, _, rest @ ..] if is(hash, "#") => without_attributes(rest),
        tokens => tokens,
    }
}

/// What is not there yet leaves a hole: an editor looks up where it would stand.
fn or_hole(tokens: &[TokenTree]) -> TokenStream {
    match tokens {
        [] => quote!(()),
        tokens => tokens.iter().cloned().collect(),
    }
}

/// The same words, without the user's places: what the user wrote is mentioned once.
fn generated(tokens: &[TokenTree]) -> TokenStream {
    let mut tokens = tokens.to_vec();
    for token in &mut tokens {
        token.set_span(Span::call_site());
    }
    tokens.into_iter().collect()
}

fn trees(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

/// Whether this is the token: a word, or a punctuation character.
fn is(token: &TokenTree, word: &str) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Punct(punct) => word.chars().eq([punct.as_char()]),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

/// What stands between these separators.
fn split<'a>(mut tokens: &'a [TokenTree], at: &[&str]) -> Vec<&'a [TokenTree]> {
    let mut pieces = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        match separator(&tokens[place..], at) {
            Some(length) => {
                pieces.push(&tokens[..place]);
                tokens = &tokens[place + length..];
                place = 0;
            }
            None => place += 1,
        }
    }
    pieces.push(tokens);
    pieces
}

/// How many tokens the separator has that they begin with.
fn separator(tokens: &[TokenTree], at: &[&str]) -> Option<usize> {
    let begins = |word: &&str| match tokens {
        [one, ..] if is(one, word) => Some(1),
        [one, other, ..] if word.len() == 2 && is(one, &word[..1]) && is(other, &word[1..]) => {
            Some(2)
        }
        _ => None,
    };
    at.iter().find_map(begins)
}
