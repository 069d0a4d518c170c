//! The diagrams in the docs of flows.

use expect_test::{Expect, expect};

use super::diagram;
use crate::flow::checked::checked;

fn check(statements: &str, expected: Expect) {
    let source = format!("struct Flow(Question) -> Vec<Answer>; {statements}");
    let (tree, graph, errors) = checked(&source);
    assert!(errors.is_empty(), "{errors:?}");
    let header = tree.header.as_ref().expect("it has one");
    let diagram = diagram(&tree, header, &graph);
    assert!(diagram.lines().all(|row| row == row.trim_end()));
    expected.assert_eq(&(diagram + "\n"));
}

#[test]
fn a_line_is_a_row() {
    check(
        "triage -> retrieve -> pack",
        expect![[r#"
        Question ─▶ triage ─▶ retrieve ─▶ pack ─▶ Vec<Answer>
    "#]],
    );
}

#[test]
fn a_long_line_goes_on_below() {
    let nodes: Vec<_> = (0..15).map(|node| format!("node_{node}")).collect();
    check(
        &nodes.join(" -> "),
        expect![[r#"
        Question ─▶ node_0 ─▶ node_1 ─▶ node_2 ─▶ node_3 ─▶ node_4 ─▶ node_5 ─▶ node_6 ─▶
            node_7 ─▶ node_8 ─▶ node_9 ─▶ node_10 ─▶ node_11 ─▶ node_12 ─▶ node_13 ─▶ node_14 ─▶
            Vec<Answer>
    "#]],
    );
}

#[test]
fn branches_part_and_meet() {
    check(
        "plan -> [web, wiki -> m::clean, books] -> join -> sum",
        expect![[r#"
            Question ─▶ plan ─┬▶ web ───────────┬▶ join ─▶ sum ─▶ Vec<Answer>
                              ├▶ wiki ─▶ clean ─┤
                              └▶ books ─────────┘
        "#]],
    );
    check(
        "plan -> [web -> [a, b] -> race, c] -> quorum(2)",
        expect![[r#"
        Question ─▶ plan ─┬▶ web ─┬▶ a ─┬▶ race ─┬▶ quorum(2) ─▶ Vec<Answer>
                          │       └▶ b ─┘        │
                          └▶ c ──────────────────┘
    "#]],
    );
    check(
        "a -> b; a -> c; [b, c] -> join -> d",
        expect![[r#"
        Question ─▶ a ─▶ b
        a ─▶ c
        … ─┬▶ b ─┬▶ join ─▶ d ─▶ Vec<Answer>
           └▶ c ─┘
    "#]],
    );
    check(
        "a -> [b, c]; [a2, b2] -> settle -> c",
        expect![[r#"
        Question ─▶ a ─┬▶ b ─┬▶ Vec<Answer>
                       └▶ c ─┘
        Question ─┬▶ a2 ─┬▶ settle ─▶ c ─▶ Vec<Answer>
                  └▶ b2 ─┘
    "#]],
    );
    check(
        "a -> [[b, c], d]",
        expect![[r#"
        Question ─▶ a ─┬─┬▶ b ─┬▶ Vec<Answer>
                       │ └▶ c ─┤
                       └▶ d ───┘
    "#]],
    );
}

#[test]
fn arms_have_their_patterns() {
    check(
        "triage -> match {
            Topic::Sql(query) => sql(query),
            Topic::Doc(doc) if doc.long => summary -> [shout, count] -> join,
            other => chat,
        } -> pack",
        expect![[r#"
            Question ─▶ triage ─┬ Topic::Sql(query) ─▶ sql ──────────────────────────────────┬▶ pack ─▶ Vec<Answer>
                                ├ Topic::Doc(doc) if doc.long ─▶ summary ─┬▶ shout ─┬▶ join ─┤
                                │                                         └▶ count ─┘        │
                                └ other ─▶ chat ─────────────────────────────────────────────┘
        "#]],
    );
    check(
        "a -> match { Some(x) => b(x) -> match { X => c, Y => d }, None => e }",
        expect![[r#"
            Question ─▶ a ─┬ Some(x) ─▶ b ─┬ X ─▶ c ─┬▶ Vec<Answer>
                           │               └ Y ─▶ d ─┤
                           └ None ─▶ e ──────────────┘
        "#]],
    );
}

#[test]
fn loops_come_back() {
    check(
        "controller -> controller",
        expect![[r#"
        Question ─▶ controller ─▶ ↺ controller
        Break ─▶ Vec<Answer>
    "#]],
    );
    check(
        "plan -> act -> plan; plan -> log",
        expect![[r#"
        Question ─▶ plan ─▶ act ─▶ ↺ plan
        plan ─▶ log ─▶ Vec<Answer>
    "#]],
    );
    check(
        "plan -> match { More(n) => act(n) -> plan, Done(n) => pack(n) } -> send",
        expect![[r#"
            Question ─▶ plan ─┬ More(n) ─▶ act ─▶ ↺ plan  ┌▶ send ─▶ Vec<Answer>
                              └ Done(n) ─▶ pack ──────────┘
        "#]],
    );
    check(
        "plan -> match { Done(n) => pack(n), More(n) => act(n) -> plan } -> send",
        expect![[r#"
            Question ─▶ plan ─┬ Done(n) ─▶ pack ──────────▶ send ─▶ Vec<Answer>
                              └ More(n) ─▶ act ─▶ ↺ plan
        "#]],
    );
}

#[test]
fn maps_fallbacks_and_awaits_stand_in_the_row() {
    check(
        "split -> [fetch else cached -> score; 8, max = LIMITS[0]] -> join -> best",
        expect![[r#"
            Question ─▶ split ─▶ [fetch else cached ─▶ score; 8, max = LIMITS[0]] ─▶ join ─▶
                best ─▶ Vec<Answer>
        "#]],
    );
    check(
        "split -> [[a, b] -> join; 8] -> best",
        expect![[r#"
        Question ─▶ split ─▶ [─┬▶ a ─┬▶ join; 8] ─▶ best ─▶ Vec<Answer>
                              └▶ b ─┘
    "#]],
    );
    check(
        "draft -> await Option<Approval> within \"24h\" else shelve -> publish",
        expect![[r#"
            Question ─▶ draft ─▶ await Option<Approval> else shelve ─▶ publish ─▶ Vec<Answer>
        "#]],
    );
    check(
        "gpt else claude else r#type",
        expect![[r#"
        Question ─▶ gpt else claude else type ─▶ Vec<Answer>
    "#]],
    );
    check(
        "a -> [b -> [c; 2] -> race -> d; 3] -> [e, f]",
        expect![[r#"
        Question ─▶ a ─▶ [b ─▶ [c; 2] ─▶ race ─▶ d; 3] ─┬▶ e ─┬▶ Vec<Answer>
                                                        └▶ f ─┘
    "#]],
    );
}

#[test]
fn entries_are_drawn_where_they_stand() {
    check(
        "a -> c; b -> c",
        expect![[r#"
        Question ─▶ a ─▶ c ─▶ Vec<Answer>
        Question ─▶ b ─▶ c ─▶ Vec<Answer>
    "#]],
    );
    check(
        "[a, b] -> join -> c",
        expect![[r#"
        Question ─┬▶ a ─┬▶ join ─▶ c ─▶ Vec<Answer>
                  └▶ b ─┘
    "#]],
    );
}

#[test]
fn what_is_large_is_counted() {
    let nodes: Vec<_> = (0..41).map(|node| format!("n{node}")).collect();
    check(
        &nodes.join(" -> "),
        expect![[r#"
        Question ─▶ 41 nodes ─▶ Vec<Answer>
    "#]],
    );
}

#[test]
fn a_branch_that_hands_on_is_as_it_is_written() {
    check(
        "a -> [web -> read, _, wiki] -> join -> c",
        expect![[r#"
        Question ─▶ a ─┬▶ web ─▶ read ─┬▶ join ─▶ c ─▶ Vec<Answer>
                       ├▶ _ ───────────┤
                       └▶ wiki ────────┘
    "#]],
    );
}

#[test]
fn a_part_in_parentheses_is_named_by_its_first_node() {
    check(
        "a -> (think -> act -> think) -> [(b), c else (d)] -> join",
        expect![[r#"
            Question ─▶ a ─▶ (think) ─┬▶ (b) ────────┬▶ join ─▶ Vec<Answer>
                                      └▶ c else (d) ─┘
        "#]],
    );
}
