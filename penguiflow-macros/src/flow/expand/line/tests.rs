//! What the constructs of a flow are as straight code: each in a file of `expected`, which is
//! written anew by `UPDATE_EXPECT=1 cargo test -p penguiflow-macros`.

use expect_test::{ExpectFile, expect_file};

use crate::flow::checked::lowered;
use crate::pretty::shortened;

/// The code of a flow's `line`, and of what it calls.
pub(crate) fn line_of(source: &str) -> String {
    lowered(source, |flow, code| shortened(super::line(flow, code)))
}

fn check(source: &str, expected: ExpectFile) {
    let line = line_of(&format!("struct Flow(Question) -> Answer; {source};"));
    expected.assert_eq(&format!("// {source}\n{line}\n"));
}

#[test]
fn a_node() {
    check("think", expect_file!["expected/node.rs"]);
}

#[test]
fn a_node_with_fields() {
    check(
        "let think: Model = model(); think",
        expect_file!["expected/node_with_fields.rs"],
    );
}

#[test]
fn a_match_whose_arms_merge() {
    check(
        "sort -> match { Kind::Code(code) => code -> run, _ => read } -> answer",
        expect_file!["expected/match.rs"],
    );
}

#[test]
fn a_loop() {
    check("plan -> act -> plan", expect_file!["expected/loop.rs"]);
}

#[test]
fn a_fallback() {
    check(
        "search else cache -> pack",
        expect_file!["expected/fallback.rs"],
    );
}

#[test]
fn a_join() {
    check(
        "plan -> [web, wiki] -> join",
        expect_file!["expected/join.rs"],
    );
}

#[test]
fn a_race() {
    check(
        "plan -> [web, wiki] -> race",
        expect_file!["expected/race.rs"],
    );
}

#[test]
fn a_settle() {
    check(
        "plan -> [web, wiki] -> settle",
        expect_file!["expected/settle.rs"],
    );
}

#[test]
fn branches_that_do_not_meet() {
    check("plan -> [web, wiki]", expect_file!["expected/open_fork.rs"]);
}

#[test]
fn branches_that_meet_in_a_cell() {
    check(
        "plan -> [web, wiki, log]; [web, wiki] -> join -> pack; web -> count",
        expect_file!["expected/join_cell.rs"],
    );
}

#[test]
fn a_map() {
    check(
        "list -> [fetch; 8] -> join",
        expect_file!["expected/map.rs"],
    );
}

#[test]
fn a_map_that_is_not_joined() {
    check("list -> [fetch; 8]", expect_file!["expected/map_alone.rs"]);
}

#[test]
fn an_await() {
    check(
        "draft -> await Approval -> send",
        expect_file!["expected/await.rs"],
    );
}

#[test]
fn a_node_that_several_branches_reach() {
    check(
        "plan -> [web, wiki]; [web, wiki] -> pack",
        expect_file!["expected/function.rs"],
    );
}

#[test]
fn a_branch_that_hands_on() {
    check(
        "plan -> [web, _] -> join",
        expect_file!["expected/hand_on.rs"],
    );
}

/// Each block of a long flow is a part, however many blocks with arms and loops precede it.
#[test]
fn a_long_flow_is_cut_into_parts() {
    let blocks = (0..40).map(|n| {
        let next = n + 1;
        format!(
            "a{n} -> [b{n}, c{n}] -> join -> d{n} -> match {{ 0 => e{n}, 1 => f{n} else g{n}, \
             _ => a{n} }} -> h{n} -> i{n} -> j{n} -> k{n} -> a{next};"
        )
    });
    let source: String = blocks.collect();
    let line = line_of(&format!("struct Flow(Question) -> Answer; {source}"));
    assert_eq!(line.matches("fn part<").count(), 40);
}

/// So is a piece of a chain that any of its nodes may leave.
#[test]
fn a_chain_with_ways_out_is_cut_into_parts() {
    let nodes = (0..64).map(|n| format!("a{n} -> match {{ 0 => b{n}, _ => a{} }};", n + 1));
    let source: String = nodes.collect();
    let line = line_of(&format!("struct Flow(Question) -> Answer; {source}"));
    assert_eq!(line.matches("fn part<").count(), 8);
}
