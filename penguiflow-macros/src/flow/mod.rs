//! `flow! { … }`: tokens are read into a syntax tree, the tree is drawn as a graph, the
//! graph is checked, and expanded. Each stage knows only the one before it.

mod ast;
mod expand;
#[cfg(test)]
mod found;
mod graph;
mod rules;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

pub(crate) fn flow(tokens: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let flow = ast::read(tokens, &mut errors);
    let graph = graph::draw(&flow);
    rules::check(&flow, &graph, &mut errors);
    expand::expand(&flow, &graph, &errors)
}
