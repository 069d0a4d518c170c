//! `#[node(…)]`: options and item are read, then expanded. What could be read is expanded
//! even where something else was wrong, so that the function stays visible to the rest of
//! the code.

mod ast;
mod expand;
mod options;

use proc_macro2::TokenStream;
use syn::Error;

pub(crate) fn node(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let options = options::read(options, &mut errors);
    let expanded = match ast::read(item.clone(), &mut errors) {
        Some(node) => {
            options.check_against(&node, &mut errors);
            expand::expand(&node, &options)
        }
        None => item,
    };
    let errors = errors.iter().map(Error::to_compile_error);
    expanded.into_iter().chain(errors.flatten()).collect()
}
