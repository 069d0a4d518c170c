//! Flows that fuzzing has found, and large ones that once took too long. Each expands to Rust, or
//! to these errors.

use proc_macro2::{TokenStream, TokenTree};

use super::checked::checked;

/// The errors of a flow, which is also expanded.
fn errors(source: &str) -> Vec<String> {
    let (_, _, errors) = checked(source);
    super::flow(source.parse().expect("the source is made of tokens"));
    errors.iter().map(ToString::to_string).collect()
}

fn named(word: &str, many: usize, by: &str) -> String {
    let names = (0..many).map(|number| format!("{word}{number}"));
    names.collect::<Vec<_>>().join(by)
}

#[test]
fn a_join_at_the_beginning_of_an_arm_is_an_error() {
    let expected = "a join follows several branches, or a map: `[a, b] -> join`";
    for source in [
        "join",
        "a -> match { 0 => join, _ => b }",
        "a -> [join, b]",
        "a -> [join; 2]",
    ] {
        assert_eq!(errors(source)[0], expected, "{source}");
    }
}

/// All arms lead back.
#[test]
fn what_follows_arms_that_all_go_back_is_an_error() {
    for behind in [
        "await T",
        "await T else b",
        "[b; 8]",
        "[[b -> c; 2] -> join; 8] -> join",
    ] {
        let source = format!("a -> match {{ 0 => a, _ => z -> a }} -> {behind}");
        assert_eq!(errors(&source).len(), 1, "{source}");
    }
}

#[test]
fn a_keyword_is_no_node() {
    for source in [
        "crate",
        "a -> self",
        "a -> m::super",
        "a else crate",
        "a -> match { _ => Self(1) }",
    ] {
        assert_eq!(errors(source).len(), 1, "{source}");
    }
}

#[test]
fn a_fallback_to_itself_is_one_error() {
    let source = "a -> b; a else c; c else b; b else a";
    assert_eq!(errors(source), ["`a` would fall back to itself"]);
}

#[test]
fn more_branches_meet_than_a_machine_word_has_bits() {
    for join in ["join", "race", "quorum(65)"] {
        let source = format!("a -> [{}] -> {join} -> z", named("b", 130, ", "));
        assert_eq!(errors(&source), [""; 0], "{join}");
    }
    let once_more = format!("a -> [{}, [c, d]] -> join", named("b", 70, ", "));
    let expected = "`c` or `d` runs more than once for one message, so this join cannot tell which output to take: join its own branches first";
    assert_eq!(errors(&once_more), [expected]);
}

/// Each arm is one of two cases, and all of them together two to the hundredth.
#[test]
fn the_cases_of_many_matches_are_not_multiplied() {
    let routed = (0..100).map(|n| format!("m{n} -> match {{ 0 => b{n}, _ => end }};"));
    let (all, routed) = (named("m", 100, ", "), routed.collect::<String>());
    let met = named("b", 100, ", ");
    assert_eq!(
        errors(&format!("a -> [{all}]; {routed} [{met}] -> join -> c")),
        [""; 0]
    );
}

#[test]
fn brackets_nest_only_so_deep() {
    for (open, close) in [("[", "]"), ("match { _ => ", "}"), ("[b -> ", "; 8]")] {
        let deep = |many| format!("a -> {}c{}", open.repeat(many), close.repeat(many));
        assert!(
            !errors(&deep(64))[..]
                .iter()
                .any(|error| error.contains("deep")),
            "{open}"
        );
        assert!(errors(&deep(100_000))[0].starts_with("brackets nest more than 64 deep"));
    }
}

/// Each fork stands in a statement of its own, and each join.
#[test]
fn branches_nest_only_so_deep() {
    let forks = |many: usize| {
        let fork = |n| format!("a{n} -> [a{}, b{}];", n + 1, n + 1);
        let join = |n| format!("[{}, b{n}] -> join -> j{n};", inner(n, many));
        (0..many)
            .map(fork)
            .chain((1..=many).map(join))
            .collect::<String>()
    };
    fn inner(n: usize, many: usize) -> String {
        if n == many {
            format!("a{n}")
        } else {
            format!("j{}", n + 1)
        }
    }
    assert_eq!(errors(&forks(64)), [""; 0]);
    let expected = "branches and maps nest more than 64 deep at `a65`: make the inner ones a flow with a name, `struct Name(Input) -> Output;`";
    for many in [65, 500] {
        assert_eq!(errors(&forks(many)), [expected]);
    }
}

/// A flow with a name is an item, whatever is wrong with it.
#[test]
fn a_flow_with_a_name_that_is_too_deep_stays_an_item() {
    let deep = format!(
        "struct A(u32) -> u32; a -> {}c{}",
        "[".repeat(70),
        "]".repeat(70)
    );
    let expanded = super::flow(deep.parse().expect("the source is made of tokens"));
    let file: syn::File = syn::parse2(expanded).expect("items");
    let is_named = |item: &syn::Item| matches!(item, syn::Item::Struct(item) if item.ident == "A");
    assert!(file.items.iter().any(is_named));
}

fn tokens(tokens: TokenStream) -> usize {
    let count = |token| match token {
        TokenTree::Group(group) => 1 + self::tokens(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(count).sum()
}

/// Work that grew with the square of a flow's size would take minutes at the larger size.
#[test]
fn a_flow_of_twice_the_length_expands_to_twice_the_tokens() {
    let flows: [fn(usize) -> String; 6] = [
        |many| named("a", many, " -> "),
        |many| named("a", many, " else "),
        |many| format!("{} -> a0", named("a", many, " -> ")),
        |many| format!("s -> [{}] -> race -> z", named("a", many, ", ")),
        |many| {
            (0..many)
                .map(|n| format!("m{n} -> match {{ 0 => e{n}, _ => m{} }};", n + 1))
                .collect()
        },
        |many| {
            (0..many / 5).fold("s".to_owned(), |flow, n| {
                format!("{flow} -> [a{n}; 8] -> join -> [b{n}, c{n}] -> join")
            })
        },
    ];
    for flow in flows {
        let expanded = |many| {
            tokens(super::flow(
                flow(many).parse().expect("it is made of tokens"),
            ))
        };
        let (short, long) = (expanded(400), expanded(800));
        assert!(long * 100 <= short * 205, "{short}, {long}: {}", flow(2));
    }
}

/// Several nodes lead on, and what is asked of their types is Rust still.
#[test]
fn items_that_end_at_several_nodes_and_go_on_are_rust() {
    for source in [
        "count -> [plus -> match { 0 => even, n => odd(n) }; 2] -> last",
        "count -> [plus -> [even, odd]; 2] -> last",
        "count -> [plus else even; 2] -> last",
    ] {
        let tokens = source.parse().expect("the source is made of tokens");
        let expanded = super::flow(tokens);
        let block = quote::quote!({ #expanded });
        assert!(syn::parse2::<syn::Block>(block).is_ok(), "{source}");
    }
}

#[test]
fn an_arm_that_begins_with_an_arrows_head_is_an_error() {
    assert!(!errors("a -> match { > 0 => b, _ => c }").is_empty());
}
