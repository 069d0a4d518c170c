//! `flow! { … }`: tokens are read into a syntax tree, the tree is drawn as a graph, the
//! graph is checked, and expanded. Each stage knows only the one before it. What editors read
//! is made of the tokens alone.

mod ast;
mod expand;
mod graph;
mod rules;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::written;

pub(crate) fn flow(tokens: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let written = written::flow(tokens.clone());
    let flow = ast::read(tokens, &mut errors);
    let graph = graph::draw(&flow);
    rules::check(&flow, &graph, &mut errors);
    expand::expand(&flow, &graph, &written, &errors)
}
