//! What editors read: all that the user wrote, in order, as types, patterns and expressions.
//! It is made of tokens alone, so that a line that is still being typed is in it, too, and that
//! what stands before the cursor is the same with the next word and without it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;

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
            { type Written = __p::options::#key; }
            let _ = #value;
        })
    });
    entries.collect()
}

/// Words in the place of a node that are none.
const MEETINGS: [&str; 4] = ["join", "race", "settle", "quorum"];

#[derive(Default)]
struct Written {
    text: TokenStream,
    /// The type of what the stage before puts out, where one node tells it.
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
            let _: #name = #value;
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
            [word, TokenTree::Group(arms), ..] if is(word, "match") => self.routing(arms),
            [word, ty @ ..] if is(word, "await") => self.wait(ty),
            [word, ..] if MEETINGS.iter().any(|meeting| is(word, meeting)) => {
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
        self.text.extend(quote!({ type Written = #ty; }));
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

fn is(token: &TokenTree, word: &str) -> bool {
    token.to_string() == word
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
    let length = |word: &str| match word.starts_with(char::is_alphabetic) {
        true => 1,
        false => word.len(),
    };
    let begins = |word: &&&str| {
        let first = tokens.iter().take(length(word));
        first.map(TokenTree::to_string).collect::<String>() == ***word
    };
    at.iter().find(begins).map(|word| length(word))
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Ident, Spacing};

    use super::*;

    const FLOW: &str = "pub struct Support(Vec<Question>) -> Reply;
        let web: Search = Search::of(\"docs\");
        triage -> match {
            Topic::Sql(query) if query.columns > 2 => sql(query) -> [web, other::node],
            Topic::Talk(text) => chat else local,
            rest => chat,
        } -> race -> [each -> once; 8] -> join -> await Approval within \"2s\" -> send;
        chat -> chat";

    fn tokens(source: &str) -> Vec<TokenTree> {
        let tokens: TokenStream = source.parse().expect("the source is made of tokens");
        trees(tokens)
    }

    fn written(tokens: &[TokenTree]) -> String {
        flow(tokens.iter().cloned().collect()).to_string()
    }

    /// Whether a word can follow.
    fn go_on(tokens: &[TokenTree]) -> bool {
        match tokens.last() {
            Some(TokenTree::Punct(punct)) => punct.spacing() == Spacing::Alone,
            Some(word) => ["else", "await"].iter().any(|begun| is(word, begun)),
            None => true,
        }
    }

    /// The tokens with a word more, at each place where one can be typed.
    fn with_a_word(tokens: &[TokenTree], word: &Ident) -> Vec<Vec<TokenTree>> {
        let mut all = Vec::new();
        for place in 0..=tokens.len() {
            let (before, after) = tokens.split_at(place);
            if go_on(before) {
                all.push([before, &[word.clone().into()], after].concat());
            }
            if let Some((TokenTree::Group(group), after)) = after.split_first() {
                for inner in with_a_word(&trees(group.stream()), word) {
                    let inner = Group::new(group.delimiter(), inner.into_iter().collect());
                    all.push([before, &[inner.into()], after].concat());
                }
            }
        }
        all
    }

    /// An editor finds the cursor by that, in all that can be typed.
    #[test]
    fn what_stands_before_a_word_is_the_same_without_it() {
        let (flow, word) = (tokens(FLOW), Ident::new("cursor", Span::call_site()));
        for end in (0..=flow.len()).filter(|end| go_on(&flow[..*end])) {
            let without = written(&flow[..end]);
            for typed in with_a_word(&flow[..end], &word) {
                let with = written(&typed);
                // What the word itself is mentioned in may be new.
                let before = with.split("cursor").next().unwrap_or_default();
                let before = &before[..before.rfind(';').unwrap_or(0)];
                let is_there = with.contains("cursor");
                assert!(
                    !is_there || without.starts_with(before),
                    "{with}\n\n{without}"
                );
            }
        }
    }

    #[test]
    fn every_name_of_a_flow_is_mentioned() {
        let written = written(&tokens(FLOW));
        let names = "Question Reply web Search of triage Topic Sql query columns sql other node \
             Talk text chat local rest each once Approval send";
        for name in names.split_whitespace() {
            assert!(written.contains(name), "{name} in {written}");
        }
    }

    #[test]
    fn every_option_has_its_page() {
        let pages = include_str!("../../penguiflow/src/options.rs");
        for key in [crate::options::OF_NODE, crate::options::OF_FLOW].concat() {
            let page = format!("pub struct {key};");
            assert!(
                key == "crate" || pages.contains(&page),
                "{key} has no page for editors"
            );
        }
    }
}
