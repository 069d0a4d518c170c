//! Fallbacks.

use expect_test::expect;

use super::check;

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
fn a_fallback_at_the_head_of_a_loop_takes_over_there() {
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
