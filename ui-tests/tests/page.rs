//! The page "What the compiler checks": for each rule one case with what rustc prints, made of the
//! files in `fail`, so that it shows what is printed today, and links to all other cases. After a
//! change: `UPDATE_EXPECT=1 cargo test -p penguiflow-ui-tests --test page`.

use expect_test::expect_file;
use penguiflow_ui_tests::{Case, cases};

const HEAD: &str = "# What the compiler checks

*This page is written by a test from the programs in `ui-tests/fail` and from what the compiler
prints for each, so it shows what you would see today.*

For each rule, the page shows one program that breaks it, and the error. The other programs that
break the rule are linked below it; beside each is a file `.stderr` with what the compiler prints.
Each fault is one error, on your own words, and nothing is reported beside it. All programs begin
with `use penguiflow::prelude::*;`.
";

/// Where the cases are on the forge: in the book there is no other way to them.
const CASES: &str = "https://github.com/penguiflow/penguiflow-rs/blob/main/ui-tests/fail";

/// The case that is shown, what the page calls all whose names begin with the same word, and what
/// it says of them.
const GROUPS: &[(&str, &str, &str)] = &[
    (
        "edge_in_a_chain",
        "Edges",
        "The output of a node has the type that the next node takes.",
    ),
    (
        "entry_of_another_type",
        "Entries",
        "The input of a flow has the type that each of its entries takes.",
    ),
    (
        "exit_of_another_type",
        "Exits",
        "The output of each exit converts into the output type of the flow.",
    ),
    (
        "route_not_handled",
        "Routes",
        "A `match` is Rust's own: its arms handle every case, and each pattern fits.",
    ),
    (
        "loop_of_two",
        "Loops",
        "Each loop can end: one of its nodes can leave it, or an arm leads out of it.",
    ),
    (
        "join_that_never_fills",
        "Joins",
        "Each input of a join arrives exactly once for each message.",
    ),
    (
        "hand_on_outside_of_a_list",
        "Branches that hand on",
        "`_` is a branch of a list that a join follows.",
    ),
    (
        "map_of_other_items",
        "Maps",
        "A map takes a list, and the chain of each item ends at the end of the map.",
    ),
    (
        "clone_of_a_broadcast",
        "Copies",
        "A value that several nodes take, or that may be used again, is `Clone`.",
    ),
    (
        "fallback_of_another_type",
        "Fallbacks",
        "A fallback takes the input of the node that failed.",
    ),
    (
        "state_that_is_missing",
        "State",
        "A flow's state has every part that a node extracts.",
    ),
    (
        "park_of_two_types",
        "Parking",
        "A parked trace resumes with a value of the type that it waits for.",
    ),
    (
        "playbook_with_several_outputs",
        "Playbooks",
        "A flow that is a node of another flow has one output and contains no `await`.",
    ),
    (
        "part_with_an_edge_out_of_its_middle",
        "Parts in parentheses",
        "A part in parentheses is one chain with one output, and its nodes are its own.",
    ),
    (
        "durable_begin",
        "Durable flows",
        "Only a flow with `#[flow(durable)]` has a frontier, and its payloads serialise.",
    ),
    (
        "run_with_several_outputs",
        "Running",
        "`run` returns the one output of a trace.",
    ),
    (
        "worst_case_exceeded",
        "The worst case",
        "The worst case of a flow has a bound, and is at most the given time.",
    ),
    (
        "name_with_a_typo",
        "Names",
        "Each name belongs to one node.",
    ),
    (
        "node_error_that_is_none",
        "Nodes",
        "A node is a function or a struct, and its types can be sent between threads.",
    ),
    (
        "option_unknown",
        "Options",
        "Each option exists, has a valid value, and fits the others.",
    ),
    (
        "header_without_a_type",
        "Headers",
        "A flow with a name has a signature.",
    ),
    (
        "grammar_of_a_fat_arrow",
        "Grammar",
        "A syntax error names what is expected at its place, and shows the form.",
    ),
    (
        "derive_retryable_marks",
        "Derives",
        "Each variant has one mark, in its place.",
    ),
    (
        "json_without_deserialize",
        "JSON",
        "A type that is read from JSON implements `Deserialize`.",
    ),
    (
        "serve_without_a_guard",
        "Serving",
        "A flow that is served is started, its input and output are JSON, and its routes have a guard or are open.",
    ),
    (
        "stub_of_another_return",
        "Stubs",
        "A stub takes what its node takes, and returns what that returns.",
    ),
];

#[test]
fn the_page_shows_a_case_for_each_rule() {
    let cases = cases();
    let groups = GROUPS.iter().map(|group| section(group, &cases));
    let page: String = std::iter::once(HEAD.to_owned()).chain(groups).collect();
    expect_file!["../../docs/what-the-compiler-checks.md"].assert_eq(&page);
}

/// A case that belongs to no group would not be on the page.
#[test]
fn each_case_belongs_to_a_group() {
    for case in cases() {
        let mut groups = GROUPS.iter();
        assert!(
            groups.any(|group| word(&case.name) == word(group.0)),
            "{}",
            case.name
        );
    }
}

fn word(name: &str) -> Option<&str> {
    name.split('_').next()
}

/// One case is shown, the others are linked.
fn section((name, title, says): &(&str, &str, &str), cases: &[Case]) -> String {
    let group = cases.iter().filter(|case| word(&case.name) == word(name));
    let (first, others): (Vec<_>, Vec<_>) = group.partition(|case| case.name == *name);
    if first.is_empty() && others.is_empty() {
        return String::new();
    }
    let first: String = first.into_iter().map(shown).collect();
    format!("\n## {title}\n\n{says}\n\n{first}{}", links(&others))
}

fn links(others: &[&Case]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let link = |case: &&Case| format!("- [{}]({CASES}/{}.rs)\n", title(case), case.name);
    let links: String = others.iter().map(link).collect();
    let cases = match others.len() {
        1 => "one more case".to_owned(),
        many => format!("{many} more cases"),
    };
    format!("\n<details><summary>{cases}</summary>\n\n{links}\n</details>\n")
}

fn shown(case: &Case) -> String {
    format!(
        "```rust,ignore\n{}\n```\n\n```text\n{}\n```\n",
        code(case),
        case.shown.trim_end()
    )
}

/// What is wrong, in the words of the case's first line.
fn title(case: &Case) -> String {
    let first = case.source.lines().next().unwrap_or_default();
    let what = first.split_once(": ").map_or(first, |(_, what)| what);
    let mut characters = what.trim_end_matches('.').chars();
    let initial = characters
        .next()
        .map(|first| first.to_uppercase().to_string());
    initial.unwrap_or_default() + characters.as_str()
}

/// The program, without what all of them begin and end with.
fn code(case: &Case) -> &str {
    let code = case
        .source
        .split_once("prelude::*;\n")
        .map_or("", |(_, code)| code);
    code.trim().trim_end_matches("fn main() {}").trim_end()
}
