//! `flow! { … }`: tokens are read into a syntax tree, the tree is drawn as a graph, the
//! graph is checked, and expanded. Each stage knows only the one before it. What editors read
//! is made of the tokens alone.

mod ast;
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
    let written = match ast::too_deep(tokens.clone()) {
        Some(_) => TokenStream::new(),
        None => editors::flow(tokens.clone()),
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
