//! What the constructs of a flow are as straight code.

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;

use crate::flow::expand::names::Names;
use crate::flow::lower::lower;
use crate::flow::{ast, graph};
use crate::shown::shown;

/// The code of a flow's `line`, and of what it calls.
pub(crate) fn line(source: &str) -> String {
    let source = format!("struct Flow(Question) -> Answer; {source}");
    let tokens: TokenStream = source.parse().expect("the source is made of tokens");
    let mut errors = Vec::new();
    let flow = ast::read(tokens, &mut errors);
    let graph = graph::draw(&flow);
    crate::flow::rules::check(&flow, &graph, &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    let names = Names::of(&flow, &graph);
    let line = lower(&graph, |code| super::line(&graph, &names, code));
    shown(line)
}

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&line(source));
}

#[test]
fn tmp() {
    for source in [
        "triage -> retrieve -> pack",
        "plan -> [web, wiki] -> join -> pack",
        "list -> [fetch; 8] -> join -> pack",
        "triage -> match { Kind::Code => code, Kind::Text(text) => text -> prose, _ => code }",
        "plan -> act -> plan",
        "plan -> act -> match { Step::Done(x) => pack, Step::Again => plan}",
        "search else cache -> pack",
        "a -> await Approval -> b",
    ] {
        eprintln!("=== {source}\n{}", line(source));
    }
}
