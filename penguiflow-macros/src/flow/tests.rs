//! The graph of a flow as text: entries, exits, the order of nodes, and the edges that close loops
//! (`~>`).

use expect_test::{Expect, expect};

use super::checked::checked;
use super::graph::Graph;

fn check(source: &str, expected: Expect) {
    let (_, graph, errors) = checked(source);
    expected.assert_eq(&described(&graph, &errors));
}

fn described(graph: &Graph, errors: &[syn::Error]) -> String {
    let name = |node: &usize| graph.nodes[*node].ident.to_string();
    let names = |nodes: &[usize]| nodes.iter().map(name).collect::<Vec<_>>().join(" ");
    let entries: Vec<_> = graph.entries.iter().map(|entry| entry.node).collect();
    let mut text = format!("in: {}\n", names(&entries));
    for edge in &graph.edges {
        let arrow = if edge.is_back { "~>" } else { "->" };
        let choice = edge
            .choice
            .as_ref()
            .map_or(String::new(), |choice| format!("  by {}", choice.label));
        text += &format!("{} {arrow} {}{choice}\n", name(&edge.from), name(&edge.to));
        if edge.is_back {
            text += &format!("  round: {}\n", names(&graph.round(edge)));
        }
    }
    text += &format!(
        "out: {}\norder: {}\n",
        names(&graph.exits()),
        names(&graph.order)
    );
    for error in errors {
        text += &format!("error: {error}\n");
    }
    text
}

#[test]
fn a_line_leads_from_its_first_node_to_its_last() {
    check(
        "a -> b -> c",
        expect![[r#"
        in: a
        a -> b
        b -> c
        out: c
        order: a b c
    "#]],
    );
}

#[test]
fn statements_share_nodes_by_name() {
    check(
        "a -> b; a -> c; b -> d; c -> d;",
        expect![[r#"
        in: a
        a -> b
        a -> c
        b -> d
        c -> d
        out: d
        order: a c b d
    "#]],
    );
}

#[test]
fn a_loops_own_edge_is_no_way_in() {
    check(
        "plan -> act -> plan",
        expect![[r#"
        in: plan
        plan -> act
        act ~> plan
          round: plan act
        out: 
        order: plan act
    "#]],
    );
}

#[test]
fn a_loop_is_entered_where_it_is_led_to_not_where_it_is_written_first() {
    check(
        "plan -> act -> plan; start -> act",
        expect![[r#"
        in: start
        plan ~> act
          round: act plan
        act -> plan
        start -> act
        out: 
        order: start act plan
    "#]],
    );
}

#[test]
fn a_self_loop_is_a_round_of_one() {
    check(
        "start -> controller -> controller",
        expect![[r#"
        in: start
        start -> controller
        controller ~> controller
          round: controller
        out: 
        order: start controller
    "#]],
    );
}

#[test]
fn loops_inside_loops_each_have_their_hop() {
    check(
        "a -> b -> c -> b; c -> a; c -> out",
        expect![[r#"
        in: a
        a -> b
        b -> c
        c ~> b
          round: b c
        c ~> a
          round: a b c
        c -> out
        out: out
        order: a b c out
    "#]],
    );
}

#[test]
fn reading_goes_on_after_an_error() {
    check(
        "a -> ; b => c; c -> d",
        expect![[r#"
            in: a b c
            c -> d
            out: a b d
            order: c d b a
            error: expected a node, a group or a `match`: `a -> b`, `a -> [b, c]`, `a -> match { … }`
            error: an edge is written with `->`: `a -> b`; `=>` is for the arms of a `match`
        "#]],
    );
}

#[test]
fn rules_are_checked_once_everything_could_be_read() {
    check(
        "let x: X = X {}; let x: Y = Y {}; let y: Y = Y {}; a -> b; a -> b; m::b -> x",
        expect![[r#"
            in: a b
            a -> b
            a -> b
            b -> x
            out: b x
            order: b x a b
            error: the edge `a -> b` is written twice: remove one of them; to run `b` twice, name it again: `use b as b_again;`
            error: `b` and `m::b` would both be called `b`: import one under another name, `use m::b as …;`, or write one path if they are one node
            error: `y` is in no chain: write where it belongs in the flow
            error: a node of this flow is called `x` already
        "#]],
    );
}

#[test]
fn a_group_is_led_to_and_followed_branch_by_branch() {
    check(
        "a -> [b -> c, d] -> e",
        expect![[r#"
        in: a
        b -> c
        a -> b
        a -> d
        c -> e
        d -> e
        out: e
        order: a d b c e
    "#]],
    );
}

#[test]
fn the_ends_of_all_arms_lead_to_what_follows_a_match() {
    check(
        "a -> match { Topic::Sql(q) => b(q) -> c, Topic::Doc(d) if d.long => [d, e], _ => d } -> f",
        expect![[r#"
            in: a
            b -> c
            a -> b  by Topic::Sql(q)
            a -> d  by Topic::Doc(d) if d.long
            a -> e  by Topic::Doc(d) if d.long
            a -> d  by _
            c -> f
            d -> f
            e -> f
            out: f
            order: a e d b c f
        "#]],
    );
}

#[test]
fn an_arm_may_lead_back() {
    check(
        "plan -> match { More(n) => act(n) -> plan, Done(n) => pack(n) }",
        expect![[r#"
            in: plan
            act ~> plan
              round: plan act
            plan -> act  by More(n)
            plan -> pack  by Done(n)
            out: pack
            order: plan pack act
        "#]],
    );
}

#[test]
fn patterns_are_labelled_as_people_write_them() {
    check(
        r#"a -> match {
            A { b: Some(ref c), .. } | A { b: None, .. } if !c.is_empty() && *d >= -1 => b,
            [1..=9, rest @ .., &x, ("a ( b , c", ..5)] if matches!(x, 'a'..='b') => c,
            whole if whole.iter().any(|one| one == 'z') || m::LIMIT - 1 < whole.len() as u32 => d,
            Empty {} => e,
        }"#,
        expect![[r#"
            in: a
            a -> b  by A { b: Some(ref c), .. } | A { b: None, .. } if !c.is_empty() && *d >= -1
            a -> c  by [1..=9, rest @ .., &x, ("a ( b , c", ..5)] if matches!(x, 'a'..='b')
            a -> d  by whole if whole.iter().any(| one | one == 'z') || m::LIMIT - 1 < whole.len() as u32
            a -> e  by Empty {}
            out: b c d e
            order: a e d c b
        "#]],
    );
}

#[test]
fn a_join_is_a_node_that_its_branches_lead_to() {
    check(
        "a -> [b -> c, d] -> join -> e",
        expect![[r#"
        in: a
        b -> c
        a -> b
        a -> d
        c -> join
        d -> join
        join -> e
        out: e
        order: a d b c join e
    "#]],
    );
}

#[test]
fn a_join_that_cannot_fill_is_an_error() {
    check(
        "a -> match { X(x) => b(x), Y(y) => c(y) }; [b, c] -> join -> d",
        expect![[r#"
            in: a
            a -> b  by X(x)
            a -> c  by Y(y)
            b -> join
            c -> join
            join -> d
            out: d
            order: a c b join d
            error: no message reaches all of `b`, `c`, so this join can never fill: let them branch off one node, or use `race` if one of them is enough
        "#]],
    );
    check(
        "a -> [b, c] -> d; [d, e] -> join -> f",
        expect![[r#"
            in: a e
            a -> b
            a -> c
            b -> d
            c -> d
            d -> join
            e -> join
            join -> f
            out: f
            order: e a c b d join f
            error: `d` runs more than once for one message, so this join cannot tell which output to take: join its own branches first
        "#]],
    );
    check(
        "a -> [[b, c], d] -> join -> e",
        expect![[r#"
            in: a
            a -> b
            a -> c
            a -> d
            b -> join
            c -> join
            d -> join
            join -> e
            out: e
            order: a d c b join e
            error: `b` or `c` runs more than once for one message, so this join cannot tell which output to take: join its own branches first
        "#]],
    );
}

#[test]
fn a_join_of_too_few_branches_is_an_error() {
    check(
        "a -> [b, c] -> quorum(3) -> d; e -> join -> f",
        expect![[r#"
            in: a e
            a -> b
            a -> c
            b -> quorum
            c -> quorum
            quorum -> d
            e -> join
            join -> f
            out: d f
            order: e join f a c b quorum d
            error: a join follows several branches, or a map: `[a, b] -> join`
            error: a quorum of 3 among 2 branches: write 1 to 2
        "#]],
    );
}

#[test]
fn joins_do_not_cross() {
    check(
        "e -> start; start -> a; start -> b; a -> c; a -> d; [c, b] -> join -> sum; [sum, d] -> join",
        expect![[r#"
            in: e
            e -> start
            start -> a
            start -> b
            a -> c
            a -> d
            c -> join
            b -> join
            join -> sum
            sum -> join2
            d -> join2
            out: join2
            order: e start b a d c join sum join2
            error: this join overlaps another one: its branches begin on a branch of `join`, and end outside of it; nest one join in the other
        "#]],
    );
    check(
        "e -> start; start -> [a, slow, c]; [a, slow] -> race -> f; [slow, c] -> join -> g",
        expect![[r#"
            in: e
            e -> start
            start -> a
            start -> slow
            start -> c
            a -> race
            slow -> race
            race -> f
            slow -> join
            c -> join
            join -> g
            out: f g
            order: e start c slow join g a race f
            error: `slow` is on a branch that this join may drop, and also leads elsewhere: let it lead to this join alone
        "#]],
    );
    check(
        "a -> [plan -> match { More(n) => plan(n), Done(n) => b(n) }, c] -> race -> d",
        expect![[r#"
            in: a
            plan ~> plan  by More(n)
              round: plan
            plan -> b  by Done(n)
            a -> plan
            a -> c
            b -> race
            c -> race
            race -> d
            out: d
            order: a c plan b race d
        "#]],
    );
}
