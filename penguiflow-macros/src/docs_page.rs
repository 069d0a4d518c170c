//! Writes the page "How a flow compiles": the expansion of the quickstart's own source, and the
//! code of a small flow for each construct.

use std::path::Path;

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{File, Item};

use crate::flow::line_of;
use crate::pretty::{pretty, shortened};

/// The constructs, and a flow for each.
const CONSTRUCTS: [(&str, &str); 5] = [
    (
        "join",
        "struct Both(Question) -> (Pages, Articles);\n\n    plan -> [web, wiki] -> join;",
    ),
    (
        "map",
        "struct All(Question) -> Vec<Page>;\n\n    list -> [fetch; 8] -> join;",
    ),
    (
        "match",
        "struct Sorted(Question) -> Answer;\n\n    sort -> match {\n        \
         Kind::Code(code) => code -> run,\n        _ => read,\n    } -> answer;",
    ),
    (
        "loop",
        "struct Agent(Question) -> Answer;\n\n    plan -> act -> plan;",
    ),
    (
        "fallback",
        "struct Safe(Question) -> Docs;\n\n    search else cache;",
    ),
];

#[test]
fn the_page_shows_what_flows_expand_to() {
    let mut page = include_str!("docs_page.template")
        .replace("{{flow}}", &flow_source())
        .replace("{{flow line}}", &line_of(&flow_tokens().to_string()))
        .replace(
            "{{flow expanded}}",
            &pretty(crate::flow::flow(flow_tokens())),
        )
        .replace("{{node}}", &pretty(node_tokens()))
        .replace("{{node expanded}}", &shortened(expanded_node()));
    for (name, source) in CONSTRUCTS {
        let flow = format!("flow! {{\n    {source}\n}}");
        page = page
            .replace(&format!("{{{{{name}}}}}"), &flow)
            .replace(&format!("{{{{{name} line}}}}"), &line_of(source));
    }
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
