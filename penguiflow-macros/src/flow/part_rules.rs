//! What must be true of parts in parentheses, and of all flows of one `flow!`.

use std::collections::{HashMap, HashSet};

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Error, Path};

use super::ast::Flow;
use super::graph::{self, Graph, Role};
use super::rules;
use super::separate::names;

/// Checks a flow and its parts, and returns the parts with their graphs.
pub(super) fn check(
    flow: &Flow,
    graph: &Graph,
    parts: Vec<Flow>,
    errors: &mut Vec<Error>,
) -> Vec<(Flow, Graph)> {
    if errors.is_empty() {
        each_node_is_in_one_part(flow, &parts, errors);
        no_part_plays_the_flow(flow, &parts, errors);
    }
    let graphs = parts.into_iter().map(|part| {
        let graph = graph::build(&part);
        rules::check(&part, &graph, errors);
        if errors.is_empty() {
            a_part_does_not_park(&part, &graph, errors);
            a_part_has_one_output(&part, &graph, errors);
        }
        (part, graph)
    });
    let graphs = graphs.collect();
    rules::check(flow, graph, errors);
    graphs
}

/// A name is that of one node, of the flow or of one part: no edge leads out of the middle of a
/// part.
fn each_node_is_in_one_part(tree: &Flow, parts: &[Flow], errors: &mut Vec<Error>) {
    let mut owners = HashMap::new();
    let mut reported = HashSet::new();
    for (owner, flow) in parts.iter().chain([tree]).enumerate() {
        for path in names(flow) {
            let text = path.to_token_stream().to_string().replace(' ', "");
            let known = *owners.entry(text.clone()).or_insert(owner);
            if known == owner || !reported.insert(text.clone()) {
                continue;
            }
            let again = match parts.iter().chain([tree]).any(|flow| binds(flow, path)) {
                true => "make another value for one of them".to_owned(),
                false => named_again(path, &text),
            };
            let message = format!(
                "`{text}` is in a part in parentheses, and also named outside of it, but a part is a flow of its own: {again}"
            );
            errors.push(Error::new_spanned(path, message));
        }
    }
}

fn named_again(path: &Path, text: &str) -> String {
    let name = path.segments.last().map(|last| last.ident.unraw());
    let name = name.into_token_stream();
    format!("name the node again for one of them, `use {text} as {name}_again;`")
}

/// Whether a `let` of the flow has this name.
fn binds(flow: &Flow, path: &Path) -> bool {
    flow.bindings().any(|binding| path.is_ident(&binding.name))
}

/// Also within a part.
fn no_part_plays_the_flow(tree: &Flow, parts: &[Flow], errors: &mut Vec<Error>) {
    let Some(header) = &tree.header else { return };
    let itself = |path: &&Path| path.is_ident(&header.name);
    if let Some(path) = parts.iter().flat_map(names).find(itself) {
        let message = "a flow that is a node of itself would never end: write a loop, `a -> a`";
        errors.push(Error::new_spanned(path, message));
    }
}

fn a_part_does_not_park(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    let mut nodes = graph.nodes.iter();
    let park = nodes.find(|node| matches!(node.role, Role::Await(_)));
    if let (Some(_), Some(park)) = (&flow.head, park) {
        let message = "a part in parentheses does not park, as it is one visit of the flow around \
                       it: write the `await` outside of the parentheses";
        errors.push(Error::new(park.ident.span(), message));
    }
}

fn a_part_has_one_output(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    if let Some(head) = flow.head.as_ref().filter(|_| graph.has_several_outputs()) {
        let message = "a part in parentheses has one output, and this one may have several: join \
                       its branches, or write it without the parentheses";
        errors.push(Error::new(head.span, message));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::flow::checked::checked_with_parts;

    /// The edges of a flow and of its parts, or the errors.
    fn check(source: &str, expected: Expect) {
        let (graphs, errors) = checked_with_parts(source);
        let mut lines = Vec::new();
        for graph in &graphs {
            let name = |node: usize| graph.nodes[node].called();
            let edges = graph.edges.iter();
            let edges = edges.map(|edge| format!("{} -> {}", name(edge.from), name(edge.to)));
            lines.push(edges.collect::<Vec<_>>().join("; "));
        }
        if !errors.is_empty() {
            lines = errors.iter().map(syn::Error::to_string).collect();
        }
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_part_is_a_flow_that_is_a_node() {
        check(
            "a -> (think -> act -> think) -> c",
            expect![[r#"
            think -> act; act -> think
            a -> (think); (think) -> c"#]],
        );
        check(
            "a -> [(b -> (c -> d) -> e), _] -> join",
            expect![[r#"
            c -> d
            b -> (c); (c) -> e
            a -> (b); a -> join; (b) -> join"#]],
        );
        check(
            "(a) -> (b -> c) else (d) else e -> [(f); 8]",
            expect![[r#"

            b -> c


            (b) -> (d); (d) -> e; (a) -> (b); (b) -> map; (d) -> map; e -> map; map -> (f); (f) -> each"#]],
        );
        check(
            "a -> match { 0 => (b -> c), X(x) => d(x) -> (e) } -> f",
            expect![[r#"
                b -> c

                d -> (e); a -> (b); a -> d; (b) -> f; (e) -> f"#]],
        );
        check(
            "let b: B = B; let x: X = X; a -> (b -> c) -> x",
            expect![[r#"
            b -> c
            a -> (b); (b) -> x"#]],
        );
    }

    #[test]
    fn what_is_no_part_is_one_error() {
        check(
            "a -> () -> b",
            expect!["a part in parentheses has at least one node: `a -> (b -> c) -> d`"],
        );
        check(
            "a -> (b, c) -> d",
            expect![
                "a part in parentheses is one chain; a group is written in brackets: `a -> [b, c]`"
            ],
        );
        check(
            "a -> (b; c) -> d",
            expect![
                "a part in parentheses is one chain, `(b -> c)`: make several statements a flow with a name, `struct Name(Input) -> Output;`"
            ],
        );
        check(
            "a -> (b c) -> d",
            expect!["expected `->` and a node, or `)`: `a -> (b -> c) -> d`"],
        );
        check(
            "[a, b] -> (join) -> c",
            expect!["a join follows several branches, or a map: `[a, b] -> join`"],
        );
        check(
            "a -> (await T -> b)",
            expect!["an `await` parks what a node outputs: `a -> await T`"],
        );
        check(
            "a -> (b -> await T)",
            expect![
                "a part in parentheses does not park, as it is one visit of the flow around it: write the `await` outside of the parentheses"
            ],
        );
        check(
            "a -> (match { 0 => b })",
            expect!["a `match` routes what a node outputs: `a -> match { … }`"],
        );
        check(
            "a -> ([b; 8])",
            expect!["a map runs on each item of what a node outputs: `a -> [b; 8]`"],
        );
        check(
            "a -> (_)",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> (b -> [c, d]) -> e",
            expect![
                "a part in parentheses has one output, and this one may have several: join its branches, or write it without the parentheses"
            ],
        );
        check(
            "a -> (b -> c) -> d; b -> e",
            expect![
                "`b` is in a part in parentheses, and also named outside of it, but a part is a flow of its own: name the node again for one of them, `use b as b_again;`"
            ],
        );
        check(
            "a -> (b -> c) -> (m::c)",
            expect![[r#"
            b -> c

            a -> (b); (b) -> (c)"#]],
        );
        check(
            "a -> (b -> c) -> (c -> d)",
            expect![
                "`c` is in a part in parentheses, and also named outside of it, but a part is a flow of its own: name the node again for one of them, `use c as c_again;`"
            ],
        );
        check(
            "a -> (b) -> b",
            expect![
                "`b` is in a part in parentheses, and also named outside of it, but a part is a flow of its own: name the node again for one of them, `use b as b_again;`"
            ],
        );
        check(
            "struct F(A) -> B; a -> (b -> F)",
            expect!["a flow that is a node of itself would never end: write a loop, `a -> a`"],
        );
        check(
            "let b: B = B; a -> (c)",
            expect!["`b` is in no chain: write where it belongs in the flow"],
        );
        check(
            "let b: B = B; a -> (b) -> b",
            expect![
                "`b` is in a part in parentheses, and also named outside of it, but a part is a flow of its own: make another value for one of them"
            ],
        );
        check(
            "a (b -> c)",
            expect!["a node is named here, not called: `a -> b`"],
        );
    }
}
