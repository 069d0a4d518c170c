//! The figures themselves, as constants.

use std::time::Duration;

use penguiflow::prelude::*;

use super::nodes::slow as slow2;
use super::nodes::*;

#[node]
async fn endless(n: u32) -> u32 {
    n
}

flow! {
    #[flow(worst_case = "1450ms")]
    struct Line(u32) -> u32;
    quick -> stubborn -> slow;
}

flow! {
    #[flow(retries = 2)]
    struct Search(u32) -> u32;
    list -> [stubborn; 4, max = 10] -> join -> count;
}

flow! {
    struct Outer(u32) -> u32;
    plan -> match {
        Turn::More(n) => Search(n) -> plan,
        Turn::Done(n) => quick(n) -> [slow, slow2] -> join -> pair,
    };
}

flow! {
    struct Endless(u32) -> u32;
    list -> [endless -> quick; 4] -> join -> count;
}

/// They are constants, and so can be asserted while compiling.
const _: () = assert!(matches!(Line::WORST_CASE, Some(time) if time.as_millis() == 1450));
const _: () = assert!(matches!(
    Outer::WORST_ATTEMPTS.of("Search/stubborn"),
    Some(960)
));

#[test]
fn what_has_no_bound_has_no_figure() {
    assert_eq!(Endless::WORST_CASE, None);
    let attempts: Vec<_> = Endless::WORST_ATTEMPTS.iter().collect();
    let expected = [
        ("list", Some(1)),
        ("endless", None),
        ("quick", None),
        ("count", Some(1)),
    ];
    assert_eq!(attempts, expected);
}

/// An arm is taken or not: what several of them lead to is not counted for each of them, nor
/// what follows a fallback and the node before it, nor what follows a join for each branch.
#[test]
fn attempts_of_what_excludes_each_other_are_not_added_up() {
    flow! {
        struct Apart(u32) -> u32;
        plan -> match {
            Turn::More(n) => quick(n),
            Turn::Done(n) => around(n) -> [slow, slow2] -> join -> pair,
        } -> hopeless else stubborn -> jittery;
    }
    let attempts: Vec<_> = Apart::WORST_ATTEMPTS.iter().collect();
    let expected = [
        ("plan", Some(1)),
        ("quick", Some(1)),
        ("around", Some(1)),
        ("slow", Some(1)),
        ("slow2", Some(1)),
        ("pair", Some(1)),
        ("hopeless", Some(2)),
        ("stubborn", Some(4)),
        ("jittery", Some(3)),
    ];
    assert_eq!(attempts, expected);
}

#[test]
fn attempts_read_as_a_map() {
    let text = format!("{:?}", Outer::WORST_ATTEMPTS);
    let expected = r#"{"plan": Some(8), "Search": Some(24), "quick": Some(1), "slow": Some(1), "slow2": Some(1), "pair": Some(1)}"#;
    assert_eq!(text, expected);
}

#[test]
#[should_panic(expected = "no node of `Outer` is called `Search/sturdy`")]
fn a_node_that_does_not_exist_is_told() {
    Outer::WORST_ATTEMPTS.of("Search/sturdy");
}

#[test]
fn a_flow_without_a_name_has_a_figure_too() {
    let flow = flow! { quick -> slow };
    assert_eq!(flow.graph().worst_case(), Some(Duration::from_millis(400)));
}

/// The figure of a loop with many rounds, and of long waits, is no sum that overflows.
#[test]
fn figures_do_not_overflow() {
    #[node(timeout = "24h", retries = 4294967295, backoff = "24h..24h")]
    async fn patient(n: u32) -> Result<u32, String> {
        Ok(n)
    }
    flow! {
        struct Patient(u32) -> u32;
        patient;
    }
    assert_eq!(Patient::WORST_CASE, None);
    assert_eq!(Patient::WORST_ATTEMPTS.of("patient"), Some(4_294_967_296));
}
