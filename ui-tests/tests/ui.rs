//! Every compile error as a user sees it: `fail/*.rs` with what rustc prints beside each.
//!
//! The expectations are written by one compiler, and skipped on any other. After a change
//! of a message: `TRYBUILD=overwrite cargo test -p penguiflow-ui-tests`.

use std::io::Write;
use std::process::Command;

use penguiflow_ui_tests::{Case, cases};

/// The compiler that the expectations were written by.
const COMPILER: &str = "rustc 1.95.";

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.expect("cargo runs where rustc is")
}

/// How many errors a case declares in its first line: `//! Two errors: …`.
fn declared(case: &Case) -> Option<usize> {
    let words = [
        "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
    ];
    let first = case.source.strip_prefix("//! ")?.split(' ').next()?;
    words.iter().position(|word| *word == first)
}

/// The places of what is reported: of each error, and of each warning, which no case should have.
fn places(case: &Case) -> Vec<&str> {
    let mut lines = case.shown.lines();
    let mut places = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("error") || line.starts_with("warning") {
            let place = lines.find_map(|line| line.split_once("--> "));
            places.push(place.map_or("", |(_, place)| place));
        }
    }
    places
}

/// What stands at a place: `fail/edge_in_a_chain.rs:15:21`.
fn source_at<'a>(case: &'a Case, place: &str) -> Option<&'a str> {
    let mut numbers = place.rsplit(':').map(|number| number.parse::<usize>().ok());
    let (column, line) = (numbers.next()??, numbers.next()??);
    let before: usize = case
        .source
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    case.source.get(before + column - 1..)
}

/// Whether a macro is shown where something in it is meant. A flow that a method is called on is
/// an expression like any other, and in one with nothing in it there is nothing else to show.
fn is_a_macro(source: &str) -> bool {
    if source.starts_with("#[node") || source.starts_with("#[derive") {
        return true;
    }
    let Some(flow) = source.strip_prefix("flow! {") else {
        return false;
    };
    let mut depth = 1;
    let is_end = |character: char| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth == 0
    };
    let end = flow.find(is_end).unwrap_or(flow.len() - 1);
    !flow[..end].trim().is_empty() && !flow[end + 1..].starts_with('.')
}

#[test]
fn each_case_shows_the_errors_that_it_declares_and_nothing_beside_them() {
    for case in cases() {
        let shown = places(&case).len();
        assert_eq!(declared(&case), Some(shown), "{}", case.name);
    }
}

#[test]
fn no_error_points_into_what_a_macro_wrote() {
    for case in cases() {
        for place in places(&case) {
            let source = source_at(&case, place).expect("an error is shown in its case");
            assert!(
                !is_a_macro(source),
                "{}: {place} is a whole macro",
                case.name
            );
        }
        let is_empty = case.source.contains("flow! {}");
        for words in [
            "this error originates in",
            "in this macro invocation",
            "__node_",
        ] {
            let says = case.shown.contains(words) && !is_empty;
            assert!(!says, "{}: the output says `{words}`", case.name);
        }
    }
}

#[test]
fn each_fault_is_one_error_on_the_users_tokens() {
    let tests = trybuild::TestCases::new();
    tests.pass("pass/*.rs");
    let compiler = compiler();
    if compiler.starts_with(COMPILER) {
        tests.compile_fail("fail/*.rs");
    } else {
        // Past what the harness keeps of a test's output.
        let why = format!("the expectations are for {COMPILER}, and this is {compiler}");
        let _ = writeln!(std::io::stderr(), "skipped: the cases in fail: {why}");
    }
}
