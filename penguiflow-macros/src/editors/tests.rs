//! What editors read is there, and where they look for it.

use proc_macro2::{Ident, Spacing};

use super::*;

const FLOW: &str = "pub struct Support(Vec<Question>) -> Reply;
    let web: Search = Search::of(\"docs\");
    triage -> match {
        Topic::Sql(query) if query.columns > 2 => sql(query) -> [web, other::node],
        Topic::Talk(text) => chat else local,
        rest => chat,
    } -> race -> (plan -> [act, _] -> join -> plan) else rest -> [each -> once; 8] -> join -> await Approval within \"2s\" -> send;
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
         Talk text chat local rest plan act each once Approval send";
    for name in names.split_whitespace() {
        assert!(written.contains(name), "{name} in {written}");
    }
}

#[test]
fn every_option_has_its_page() {
    let pages = include_str!("../../../penguiflow/src/__private/options.rs");
    for key in [crate::options::OF_NODE, crate::options::OF_FLOW].concat() {
        let page = format!("pub struct {key};");
        assert!(
            key == "crate" || pages.contains(&page),
            "{key} has no page for editors"
        );
    }
}
