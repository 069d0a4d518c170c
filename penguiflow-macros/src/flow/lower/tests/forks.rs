//! Forks: branches that meet, and branches that do not.

use expect_test::expect;

use super::check;

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
fn a_branch_that_hands_on_is_its_edge() {
    check(
        "a -> [_, b] -> join -> c",
        expect![[r#"
        a
        fork to join
        branch at 0
          -> value
        branch at 1
          b
          -> value
        c
        -> out
    "#]],
    );
    check(
        "[a, b] -> race -> [c, [d, _] -> join] -> settle",
        expect![[r#"
        fork to race
        branch at 0
          a
          -> value
        branch at 1
          b
          -> value
        fork to settle
        branch at 0
          c
          -> value
        branch
          fork to join
          branch at 1
            d
            -> value
          branch at 2
            -> value
          -> value
        -> out
    "#]],
    );
    check(
        "a -> match { 0 => [b, _] -> join -> c, _ => d }",
        expect![[r#"
        a
        case 0
          fork to join
          branch at 0
            b
            -> value
          branch at 1
            -> value
          c
          -> out
        case _
          d
          -> out
    "#]],
    );
}
