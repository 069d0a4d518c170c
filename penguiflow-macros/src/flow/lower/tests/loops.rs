//! Loops.

use expect_test::expect;

use super::check;

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
