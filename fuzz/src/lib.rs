//! The macros as plain functions on token streams, for the targets beside this.

extern crate proc_macro;

#[path = "../../penguiflow-macros/src/crate_path.rs"]
mod crate_path;
#[path = "../../penguiflow-macros/src/duration.rs"]
mod duration;
#[path = "../../penguiflow-macros/src/editors/mod.rs"]
mod editors;
#[path = "../../penguiflow-macros/src/flow/mod.rs"]
mod flow;
#[path = "../../penguiflow-macros/src/from_ref.rs"]
mod from_ref;
#[path = "../../penguiflow-macros/src/node/mod.rs"]
mod node;
#[path = "../../penguiflow-macros/src/options/mod.rs"]
mod options;
#[path = "../../penguiflow-macros/src/per.rs"]
mod per;
#[path = "../../penguiflow-macros/src/rate.rs"]
mod rate;
#[path = "../../penguiflow-macros/src/retryable.rs"]
mod retryable;
#[path = "../../penguiflow-macros/src/self_type.rs"]
mod self_type;
#[path = "../../penguiflow-macros/src/spans.rs"]
mod spans;
#[path = "../../penguiflow-macros/src/suggest.rs"]
mod suggest;
#[path = "../../penguiflow-macros/src/token_text.rs"]
mod token_text;
pub mod written;

use proc_macro2::TokenStream;

/// Expands a flow. Whatever is written, the answer is Rust: the flow, or errors.
///
/// # Panics
///
/// If it is not.
pub fn expand_flow(text: &str) {
    let Ok(tokens) = text.parse::<TokenStream>() else {
        return;
    };
    let block = proc_macro2::Group::new(proc_macro2::Delimiter::Brace, flow::flow(tokens));
    let parsed = syn::parse2::<syn::Block>(proc_macro2::TokenTree::Group(block).into());
    parsed.unwrap_or_else(|error| panic!("{error}: the expansion of\n{text}"));
}

/// Expands an item as a node with these options, and as what has derives.
pub fn expand_item(options: &str, item: &str) {
    let (Ok(options), Ok(item)) = (options.parse(), item.parse::<TokenStream>()) else {
        return;
    };
    let _: TokenStream = node::node(options, item.clone());
    let _: TokenStream = from_ref::from_ref(item.clone());
    let _: TokenStream = retryable::retryable(item);
}
