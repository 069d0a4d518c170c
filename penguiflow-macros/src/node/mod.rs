//! `#[node(…)]`: options and item are read, then expanded. What could be read is expanded
//! even where something else was wrong, so that the function stays visible to the rest of
//! the code.

mod ast;
mod cfg;
mod expand;
mod head;
mod rules;
mod stub;

use ast::Node;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Error;

use crate::options::{self, Options};
use crate::{crate_path, editors};

pub(crate) fn node(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let written = editors::options(options.clone());
    let given = options.clone();
    let options = options::read(options, options::OF_NODE, &mut errors);
    let crate_path = crate_path::crate_path(options.crate_path.as_ref());
    if let Some(nodes) = cfg::with_and_without(&crate_path, &given, &item) {
        return nodes;
    }
    let expanded = match ast::read(item.clone(), &mut errors) {
        Some(node) => {
            check(&node, &options, &mut errors);
            expand::expand(&node, &options, &written)
        }
        None => {
            let stand_in = stub::stand_in(&item, &options, &mut errors);
            let item = stub::with_lifetimes(item);
            quote!(#item #stand_in)
        }
    };
    let errors = errors.iter().map(Error::to_compile_error);
    expanded.into_iter().chain(errors.flatten()).collect()
}

/// Checks what depends on whether the function is async.
fn check(node: &Node, options: &Options, errors: &mut Vec<Error>) {
    let signature = &node.signature;
    match (options.blocking, signature.asyncness) {
        (Some(span), Some(_)) => errors.push(Error::new(
            span,
            "`blocking` is for a plain `fn`: leave out `async`, or leave out `blocking`",
        )),
        (None, None) => errors.push(Error::new(
            signature.fn_token.span,
            "a node is an `async fn`; a plain `fn` needs `#[node(blocking)]`",
        )),
        _ => {}
    }
}
