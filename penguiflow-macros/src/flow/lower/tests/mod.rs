//! What flows are lowered to.

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;

use super::code_text::code_text;
use crate::flow::{ast, graph, rules};

fn check(source: &str, expected: Expect) {
    let tokens: TokenStream = source.parse().expect("the source is made of tokens");
    let mut errors = Vec::new();
    let tree = ast::read(tokens, &mut errors);
    let graph = graph::build(&tree);
    rules::check(&tree, &graph, &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    let flow = super::flow(tree, &graph);
    expected.assert_eq(&code_text(&flow, &super::code(&flow, &graph)));
}

#[test]
fn a_line_is_steps() {
    check(
        "a -> b -> c",
        expect![[r#"
            a
            b
            c
            -> out
        "#]],
    );
}

#[test]
fn arms_that_merge_lead_to_a_block() {
    check(
        "a -> match { 0 => b, _ => c -> d } -> e",
        expect![[r#"
            block to e
              a
              case 0
                b
                -> to e
              case _
                c
                d
                -> to e
            e
            -> out
        "#]],
    );
}

#[test]
fn arms_that_do_not_merge_stand_in_each_other() {
    check(
        "a -> match { 0 => b, _ => c -> match { 1 => d, _ => e } }",
        expect![[r#"
            a
            case 0
              b
              -> out
            case _
              c
              case 1
                d
                -> out
              case _
                e
                -> out
        "#]],
    );
}

#[test]
fn a_loop_with_one_exit_is_a_loop() {
    check(
        "a -> b -> match { 0 => a, _ => c }",
        expect![[r#"
            block to c
              loop a
                a
                b
                case 0
                  round
                  -> again a
                case _
                  -> to c
            c
            -> out
        "#]],
    );
}

#[test]
fn a_loop_of_nodes_that_break_is_left_by_them() {
    check(
        "a -> b -> a",
        expect![[r#"
            loop a
              a
              b
              round
              -> again a
        "#]],
    );
}

#[test]
fn loops_stand_in_each_other() {
    check(
        "a -> b -> match { 0 => b, 1 => a, _ => c }",
        expect![[r#"
            block to c
              loop a
                a
                loop b
                  b
                  case 0
                    round
                    -> again b
                  case 1
                    round
                    -> again a
                  case _
                    -> to c
            c
            -> out
        "#]],
    );
}

#[test]
fn what_loops_lead_out_to_follows_the_outer_one() {
    check(
        "a -> b -> match { 0 => b, 1 => c, _ => d }; c -> a; d -> e",
        expect![[r#"
            block to d
              loop a
                a
                block to c
                  loop b
                    b
                    case 0
                      round
                      -> again b
                    case 1
                      -> to c
                    case _
                      -> to d
                c
                round
                -> again a
            d
            e
            -> out
        "#]],
    );
}

#[test]
fn loops_that_cross_are_a_function() {
    check(
        "a -> match { 0 => b, _ => c }; b -> c; c -> match { 0 => b, _ => d }",
        expect![[r#"
            a
            case 0
              -> call b
            case _
              -> call c
            fn b
              b
              -> call c
            fn c
              c
              case 0
                round
                -> call b
              case _
                d
                -> out
        "#]],
    );
}

#[test]
fn a_node_that_two_branches_reach_is_a_function() {
    check(
        "a -> [b, c]; [b, c] -> d",
        expect![[r#"
            a
            scatter
            branch at 0
              b
              -> call d
            branch at 1
              c
              -> call d
            fn d
              d
              -> out
        "#]],
    );
}

#[test]
fn branches_that_meet_are_a_fork() {
    check(
        "a -> [b, c -> d] -> join -> e",
        expect![[r#"
            a
            fork to join
            branch at 0
              b
              -> value
            branch at 1
              c
              d
              -> value
            e
            -> out
        "#]],
    );
}

#[test]
fn a_group_of_two_at_the_beginning_is_a_fork() {
    check(
        "[a, b] -> join -> c",
        expect![[r#"
            fork to join
            branch at 0
              a
              -> value
            branch at 1
              b
              -> value
            c
            -> out
        "#]],
    );
}

#[test]
fn groups_stand_in_each_other() {
    check(
        "a -> [b -> [c, d] -> join, e] -> race -> f",
        expect![[r#"
            a
            fork to race
            branch at 0
              b
              fork to join
              branch at 0
                c
                -> value
              branch at 1
                d
                -> value
              -> value
            branch at 1
              e
              -> value
            f
            -> out
        "#]],
    );
}

#[test]
fn what_meets_in_brackets_at_once_is_a_fork_of_forks() {
    check(
        "a -> [[b, c] -> join, d] -> join -> e",
        expect![[r#"
            a
            fork to join2
            branch
              fork to join
              branch at 0
                b
                -> value
              branch at 1
                c
                -> value
              -> value
            branch at 2
              d
              -> value
            e
            -> out
        "#]],
    );
}

#[test]
fn a_branch_that_leads_elsewhere_too_fills_a_cell() {
    check(
        "a -> [b, c]; [b, c] -> join -> d; b -> e",
        expect![[r#"
            a
            scatter
            branch at 0
              b
              scatter
              branch at 0
                -> input 0 of join
              branch at 1
                e
                -> out
            branch at 1
              c
              -> input 1 of join
            behind join
              d
              -> out
        "#]],
    );
}

#[test]
fn branches_that_call_functions_in_a_settle_have_spaces() {
    check(
        "a -> [b, d]; b -> match { 0 => x, _ => y }; x -> y; y -> match { 0 => x, _ => z }; \
         [z, d] -> settle -> e",
        expect![[r#"
            a
            fork to settle
            branch at 0 in a scope
              b
              case 0
                -> call x
              case _
                -> call y
            branch at 1 in a scope
              d
              -> input 1 of settle
            e
            -> out
            fn x
              x
              -> call y
            fn y
              y
              case 0
                round
                -> call x
              case _
                z
                -> input 0 of settle
        "#]],
    );
}

#[test]
fn a_fork_inside_a_map_is_a_fork_per_item() {
    check(
        "a -> [b -> [c, d] -> join -> e; 8] -> join -> f",
        expect![[r#"
            a
            each map
              b
              fork to join
              branch at 0
                c
                -> value
              branch at 1
                d
                -> value
              e
              -> value
            f
            -> out
        "#]],
    );
}

#[test]
fn the_items_of_a_map_alone_are_calls() {
    check(
        "a -> [b; 8] -> c",
        expect![[r#"
            a
            each map
              b
              -> call each
            -> nothing
            fn each
              c
              -> out
        "#]],
    );
}

#[test]
fn a_fallback_merges_with_what_it_takes_over_from() {
    check(
        "a else b -> c",
        expect![[r#"
            block to c
              try a
                -> to c
              else
                b
                -> to c
            c
            -> out
        "#]],
    );
}

#[test]
fn fallbacks_in_a_row_stand_in_each_other() {
    check(
        "a else b else c",
        expect![[r#"
            try a
              -> out
            else
              try b
                -> out
              else
                c
                -> out
        "#]],
    );
}

#[test]
fn a_fallback_at_the_head_of_a_loop_is_told_there() {
    check(
        "a else c; a -> b -> a",
        expect![[r#"
            block to c
              loop a
                try a
                  b
                  -> again a, or what takes over
                else
                  -> to c
            c
            -> out
        "#]],
    );
}

#[test]
fn a_loop_to_a_fallback_from_outside_of_it_chooses() {
    check(
        "a -> b else d -> match { 0 => a, _ => e }",
        expect![[r#"
            block to e
              loop a
                a
                try b
                  case 0
                    round
                    -> again a
                  case _
                    -> to e
                else
                  d
                  case 0
                    round
                    -> again a
                  case _
                    -> to e
            e
            -> out
        "#]],
    );
}

#[test]
fn an_await_parks() {
    check(
        "a -> await T -> b",
        expect![[r#"
            a
            park wait
            b
            -> out
        "#]],
    );
}

#[test]
fn several_entries_are_a_fork() {
    check(
        "a -> c; b -> d",
        expect![[r#"
            scatter
            branch at 0
              a
              c
              -> out
            branch at 1
              b
              d
              -> out
        "#]],
    );
}

#[test]
fn several_entries_of_one_node_call_it() {
    check(
        "a -> c; b -> c",
        expect![[r#"
            scatter
            branch at 0
              a
              -> call c
            branch at 1
              b
              -> call c
            fn c
              c
              -> out
        "#]],
    );
}
