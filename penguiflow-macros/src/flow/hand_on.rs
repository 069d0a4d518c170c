//! Where `_` may stand: as a branch of its own, of a list that a join follows.

use syn::Error;

use super::ast::{Chain, Flow, Group, Stage};
use super::join_kind::JoinKind;

pub(super) fn each_hand_on_is_a_branch(flow: &Flow, errors: &mut Vec<Error>) {
    for chain in flow.chains() {
        check_chain(chain, false, errors);
    }
}

const WHOLE: &str = "`_` is a whole branch of a list, and hands on what comes to the list: \
                     `a -> [b, _] -> join`";
const FIRST: &str = "`_` hands on what the node before its list outputs, and no node is before \
                     this one: `a -> [b, _] -> join`";
const ONLY: &str = "`_` hands a value on beside other branches, and this list has none: \
                    `a -> [b, _] -> join`";
const TWICE: &str = "`_` is a branch of this list already: the join would get the same value twice";
const UNJOINED: &str = "`_` hands a value on to a join, and none follows this list: \
                        `a -> [b, _] -> join`";

/// A chain; `follows` says whether a node is before it.
fn check_chain(chain: &Chain, follows: bool, errors: &mut Vec<Error>) {
    for (at, stage) in chain.stages.iter().enumerate() {
        match stage {
            Stage::HandOn(token) => errors.push(Error::new(token.span, WHOLE)),
            Stage::Group(group) => {
                let next = chain.stages.get(at + 1);
                check_group(group, next, follows || at > 0, errors);
            }
            Stage::Map(map) => check_chain(&map.chain, true, errors),
            Stage::Match(routing) => {
                let arms = routing.arms.iter();
                arms.for_each(|arm| check_chain(&arm.chain, true, errors));
            }
            Stage::Node(_)
            | Stage::Parens(_)
            | Stage::Join(_)
            | Stage::Await(_)
            | Stage::Else(_) => {}
        }
    }
}

fn check_group(group: &Group, next: Option<&Stage>, follows: bool, errors: &mut Vec<Error>) {
    let mut is_known = false;
    for branch in &group.branches {
        let Some(token) = branch.hands_on() else {
            check_chain(branch, follows, errors);
            continue;
        };
        let message = match next {
            _ if is_known => Some(TWICE.to_owned()),
            _ if !follows => Some(FIRST.to_owned()),
            _ if group.branches.len() == 1 => Some(ONLY.to_owned()),
            Some(Stage::Join(join)) => never_waits(join.kind),
            _ => Some(UNJOINED.to_owned()),
        };
        errors.extend(message.map(|message| Error::new(token.span, message)));
        is_known = true;
    }
}

/// Why a join would not wait for the other branches.
fn never_waits(kind: JoinKind) -> Option<String> {
    let word = match kind {
        JoinKind::Race => "race",
        JoinKind::Quorum(1) => "quorum(1)",
        _ => return None,
    };
    Some(format!(
        "`_` is there at once, so this `{word}` would never wait for another branch: use `join`, or leave `_` out"
    ))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::flow::checked::checked;

    fn check(source: &str, expected: Expect) {
        let (_, graph, errors) = checked(source);
        let name = |node: usize| &graph.nodes[node].ident;
        let edges = graph.edges.iter();
        let mut lines: Vec<_> = edges
            .map(|edge| format!("{} -> {}", name(edge.from), name(edge.to)))
            .collect();
        if !errors.is_empty() {
            lines = errors.iter().map(syn::Error::to_string).collect();
        }
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn it_is_an_edge_to_the_join_in_its_place() {
        check(
            "a -> [b, _, c] -> join -> d",
            expect![[r#"
            a -> b
            a -> join
            a -> c
            b -> join
            c -> join
            join -> d"#]],
        );
        check(
            "a -> [_, [b, _] -> settle] -> quorum(2)",
            expect![[r#"
            b -> settle
            a -> quorum
            a -> b
            a -> settle
            settle -> quorum"#]],
        );
        check(
            "a -> match { 0 => [b, _] -> join -> c, _ => d }",
            expect![[r#"
            b -> join
            join -> c
            a -> b
            a -> join
            a -> d"#]],
        );
        check(
            "a -> match { 0 => b, _ => c } -> [d, _] -> join",
            expect![[r#"
            a -> b
            a -> c
            b -> d
            b -> join
            c -> d
            c -> join
            d -> join"#]],
        );
        check(
            "a -> [[_, b] -> join -> c; 8] -> [d, _] -> join",
            expect![[r#"
            a -> map
            b -> join
            join -> c
            map -> join
            map -> b
            c -> each
            each -> d
            each -> join2
            d -> join2"#]],
        );
    }

    #[test]
    fn elsewhere_it_is_one_error() {
        check(
            "a -> _ -> b",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "_",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [_ -> b, c] -> join",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [b, c -> _] -> join",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> match { 0 => b, _ => _ } -> c",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [_; 8] -> join",
            expect![
                "`_` is a whole branch of a list, and hands on what comes to the list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "[_, b] -> join",
            expect![
                "`_` hands on what the node before its list outputs, and no node is before this one: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [_] -> join",
            expect![
                "`_` hands a value on beside other branches, and this list has none: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [b, _, _] -> join",
            expect![
                "`_` is a branch of this list already: the join would get the same value twice"
            ],
        );
        check(
            "a -> [b, _]",
            expect![
                "`_` hands a value on to a join, and none follows this list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [b, [c, _]] -> join",
            expect![
                "`_` hands a value on to a join, and none follows this list: `a -> [b, _] -> join`"
            ],
        );
        check(
            "a -> [b, _] -> race",
            expect![
                "`_` is there at once, so this `race` would never wait for another branch: use `join`, or leave `_` out"
            ],
        );
        check(
            "a -> [b, _, c] -> quorum(1)",
            expect![
                "`_` is there at once, so this `quorum(1)` would never wait for another branch: use `join`, or leave `_` out"
            ],
        );
        check(
            "a -> [b, _] -> quorum(3)",
            expect!["a quorum of 3 among 2 branches: write 1 to 2"],
        );
        check(
            "a -> b else _",
            expect!["expected the node to fall back to: `a else b`"],
        );
        check(
            "a -> _ else b",
            expect!["`else` follows a node: `a else b`"],
        );
    }
}
