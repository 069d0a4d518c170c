//! `flow! { … }`: tokens are read into a syntax tree (`ast`), a graph is built from the tree
//! (`graph`) and checked (`rules`), lowered to nodes and straight code (`lower`), and written as
//! Rust (`expand`). The code for editors is made of the tokens alone.

mod ast;
mod cfg;
#[cfg(test)]
mod checked;
mod diagram;
mod expand;
#[cfg(test)]
mod fuzz_regressions;
mod graph;
mod hand_on;
mod join_kind;
mod lower;
mod part_rules;
#[cfg(test)]
mod random_walks;
mod rules;
mod separate;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use expand::line_of;
use proc_macro2::TokenStream;
use quote::quote;

use crate::crate_path::crate_path;
use crate::editors;
use graph::Graph;

pub(crate) fn flow(tokens: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let is_deep = ast::too_deep(tokens.clone()).is_some();
    if !is_deep && let Some(split) = cfg::Split::of(&tokens) {
        return with_and_without(&split, tokens);
    }
    let written = match is_deep {
        true => TokenStream::new(),
        false => editors::flow(tokens.clone()),
    };
    let mut tree = ast::read(tokens, &mut errors);
    let parts = separate::separate(&mut tree);
    let graph = graph::build(&tree);
    let parts = part_rules::check(&tree, &graph, parts, &mut errors);
    let (crate_path, is_named) = (crate_path(tree.crate_path()), tree.header.is_some());
    let expanded = match errors.as_slice() {
        [] => expanded(tree, &graph, parts),
        errors => expand::stand_in(&lower::declaration(tree, &graph, parts), errors),
    };
    // Comes first: an editor finds the cursor by its offset, so nothing before it may depend on the
    // word there.
    match is_named {
        true => {
            let for_editors = editors::item(&crate_path, &written);
            quote!(#for_editors #expanded)
        }
        false => {
            let for_editors = editors::statement(&crate_path, &written);
            quote!({ #for_editors #expanded })
        }
    }
}

/// A flow without errors, with its parts.
fn expanded(tree: ast::Flow, graph: &Graph, parts: Vec<(ast::Flow, Graph)>) -> TokenStream {
    let (mut items, mut declarations) = (TokenStream::new(), Vec::new());
    for (tree, graph) in parts {
        let part = lower::flow(tree, &graph, &declarations);
        items.extend(expand::part(&part, lower::code(&part, &graph)));
        declarations.push(part.declaration);
    }
    let mut flow = lower::flow(tree, graph, &declarations);
    flow.declaration.parts = declarations;
    expand::expand(&flow, lower::code(&flow, graph), &items)
}

/// A flow of which a part may be compiled out.
fn with_and_without(split: &cfg::Split, tokens: TokenStream) -> TokenStream {
    let tokens = cfg::all_on(tokens);
    let flow = ast::read(tokens.clone(), &mut Vec::new());
    let (crate_path, written) = (crate_path(flow.crate_path()), editors::flow(tokens));
    match flow.header {
        Some(_) => {
            let (for_editors, items) = (
                editors::item(&crate_path, &written),
                split.items(&crate_path),
            );
            quote!(#for_editors #items)
        }
        None => {
            let for_editors = editors::statement(&crate_path, &written);
            let flow = split.expression(&crate_path);
            quote!({ #for_editors #flow })
        }
    }
}
