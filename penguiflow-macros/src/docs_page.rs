//! The page "How a flow compiles": what the quickstart's own source expands to.

use std::path::Path;

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{File, Item};

#[test]
fn the_page_shows_what_the_quickstart_expands_to() {
    let page = include_str!("docs_page.template")
        .replace("{{flow}}", &flow_source())
        .replace(
            "{{flow expanded}}",
            &pretty(crate::flow::flow(flow_tokens())),
        )
        .replace("{{node}}", &pretty(node_tokens()))
        .replace("{{node expanded}}", &pretty(expanded_node()));
    expect_file!["../../docs/how-a-flow-compiles.md"].assert_eq(&page);
}

fn quickstart(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/quickstart/src");
    std::fs::read_to_string(folder.join(file)).expect("the quickstart is there")
}

fn parsed(file: &str) -> File {
    syn::parse_file(&quickstart(file)).expect("the quickstart is Rust")
}

/// The flow as it was written.
fn flow_source() -> String {
    let source = quickstart("main.rs");
    let from = source.find("flow! {").expect("the quickstart has a flow");
    let length = source[from..].find("\n}").expect("the flow ends");
    source[from..from + length + 2].to_owned()
}

fn flow_tokens() -> TokenStream {
    let items = parsed("main.rs").items.into_iter();
    let mut flows = items.filter_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("flow") => Some(item.mac.tokens),
        _ => None,
    });
    flows.next().expect("the quickstart has a flow")
}

fn node_tokens() -> TokenStream {
    let mut items = parsed("nodes.rs").items.into_iter();
    let triage = items.find(|item| matches!(item, Item::Fn(node) if node.sig.ident == "triage"));
    triage
        .expect("the quickstart has a node `triage`")
        .into_token_stream()
}

fn expanded_node() -> TokenStream {
    let Ok(Item::Fn(mut node)) = syn::parse2(node_tokens()) else {
        panic!("`triage` is a function");
    };
    let node_attribute = |attr: &syn::Attribute| attr.path().is_ident("node");
    let place = node
        .attrs
        .iter()
        .position(node_attribute)
        .expect("`triage` is a node");
    node.attrs.remove(place);
    crate::node::node(quote!(), node.into_token_stream())
}

fn pretty(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("what a macro expands to is Rust");
    prettyplease::unparse(&file).trim_end().to_owned()
}
