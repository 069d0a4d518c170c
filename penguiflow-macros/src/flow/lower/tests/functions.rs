//! Nodes that are functions, and their calls.

use expect_test::expect;

use super::check;

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
fn branches_that_call_functions_in_a_settle_have_scopes() {
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
