//! Flows from text, for tests.

use proc_macro2::TokenStream;

use super::graph::Graph;
use super::{ast, graph, lower, part_rules, separate};

/// A flow's tree and graph, and its errors and those of its parts.
pub(super) fn checked(source: &str) -> (ast::Flow, Graph, Vec<syn::Error>) {
    let (tree, graph, _, errors) = with_parts(source);
    (tree, graph, errors)
}

/// The graphs of a flow's parts and of the flow, and all errors.
pub(super) fn checked_with_parts(source: &str) -> (Vec<Graph>, Vec<syn::Error>) {
    let (_, graph, parts, errors) = with_parts(source);
    let parts = parts.into_iter().map(|(_, graph)| graph);
    (parts.chain([graph]).collect(), errors)
}

type Parts = Vec<(ast::Flow, Graph)>;

fn with_parts(source: &str) -> (ast::Flow, Graph, Parts, Vec<syn::Error>) {
    let tokens: TokenStream = source.parse().expect("the source is made of tokens");
    let mut errors = Vec::new();
    let mut tree = ast::read(tokens, &mut errors);
    let parts = separate::separate(&mut tree);
    let graph = graph::build(&tree);
    let parts = part_rules::check(&tree, &graph, parts, &mut errors);
    (tree, graph, parts, errors)
}

/// Does something with a flow without errors, and with its code.
pub(super) fn lowered<T>(source: &str, with: impl FnOnce(&lower::Flow, lower::Code<'_>) -> T) -> T {
    let (tree, graph, errors) = checked(source);
    assert!(errors.is_empty(), "{errors:?}");
    let flow = lower::flow(tree, &graph, &[]);
    with(&flow, lower::code(&flow, &graph))
}
