//! `flow! { … }`: tokens are read into a syntax tree, the tree is drawn as a graph, the
//! graph is checked, and expanded. Each stage knows only the one before it. What editors read
//! is made of the tokens alone.

mod ast;
mod cfg;
mod expand;
#[cfg(test)]
mod found;
mod graph;
#[cfg(test)]
mod join_inputs;
mod lower;
mod rules;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use expand::line_of;
use proc_macro2::TokenStream;
use quote::quote;

use crate::{editors, runtime};

pub(crate) fn flow(tokens: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let is_deep = ast::too_deep(tokens.clone()).is_some();
    if !is_deep && let Some(split) = cfg::Split::of(&tokens) {
        return either(&split, tokens);
    }
    let written = match is_deep {
        true => TokenStream::new(),
        false => editors::flow(tokens.clone()),
    };
    let flow = ast::read(tokens, &mut errors);
    let graph = graph::draw(&flow);
    rules::check(&flow, &graph, &mut errors);
    let expanded = expand::expand(&flow, &graph, &errors);
    // Editors look for the cursor where nothing before it depends on the word at the cursor.
    let runtime = runtime::path(flow.runtime());
    match flow.header {
        Some(_) => {
            let for_editors = editors::item(&runtime, &written);
            quote!(#for_editors #expanded)
        }
        None => {
            let for_editors = editors::statement(&runtime, &written);
            quote!({ #for_editors #expanded })
        }
    }
}

/// A flow of which a part may be compiled out.
fn either(split: &cfg::Split, tokens: TokenStream) -> TokenStream {
    let tokens = cfg::all_on(tokens);
    let flow = ast::read(tokens.clone(), &mut Vec::new());
    let (runtime, written) = (runtime::path(flow.runtime()), editors::flow(tokens));
    match flow.header {
        Some(_) => {
            let (for_editors, items) = (editors::item(&runtime, &written), split.items(&runtime));
            quote!(#for_editors #items)
        }
        None => {
            let for_editors = editors::statement(&runtime, &written);
            let flow = split.expression(&runtime);
            quote!({ #for_editors #flow })
        }
    }
}
