//! Lines, arms and awaits.

use expect_test::expect;

use super::check;

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
fn a_long_arm_follows_the_others() {
    check(
        "a -> match { 0 => b, _ => n0 }; \
         n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> n6 -> n7 -> n8 -> n9 -> n10 -> n11 -> n12 -> n13; \
         n13 -> match { 0 => c, _ => d -> e }",
        expect![[r#"
            block to n0
              a
              case 0
                b
                -> out
              case _
                -> to n0
            n0
            n1
            n2
            n3
            n4
            n5
            n6
            n7
            n8
            n9
            n10
            n11
            n12
            n13
            case 0
              c
              -> out
            case _
              d
              e
              -> out
        "#]],
    );
}
