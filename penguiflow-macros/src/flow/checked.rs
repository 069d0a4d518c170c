//! Flows from text, for tests.

use proc_macro2::TokenStream;

use super::graph::Graph;
use super::{ast, graph, lower, rules};

/// A flow's tree and graph, and its errors.
pub(super) fn checked(source: &str) -> (ast::Flow, Graph, Vec<syn::Error>) {
    let tokens: TokenStream = source.parse().expect("the source is made of tokens");
    let mut errors = Vec::new();
    let tree = ast::read(tokens, &mut errors);
    let graph = graph::build(&tree);
    rules::check(&tree, &graph, &mut errors);
    (tree, graph, errors)
}

/// Does something with a flow without errors, and with its code.
pub(super) fn lowered<T>(source: &str, with: impl FnOnce(&lower::Flow, lower::Code<'_>) -> T) -> T {
    let (tree, graph, errors) = checked(source);
    assert!(errors.is_empty(), "{errors:?}");
    let flow = lower::flow(tree, &graph);
    with(&flow, lower::code(&flow, &graph))
}
