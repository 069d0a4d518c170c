//! Every compile error as a user sees it: `fail/*.rs` with what rustc prints beside each.
//!
//! The expectations are written by one compiler, and skipped on any other. After a change
//! of a message: `TRYBUILD=overwrite cargo test -p penguiflow-ui-tests`.

use std::fs;
use std::process::Command;

/// The compiler that the expectations were written by.
const COMPILER: &str = "rustc 1.95.";

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.expect("cargo runs where rustc is")
}

/// How many errors a case declares in its first line: `//! Two errors: …`.
fn declared(case: &str) -> Option<usize> {
    let words = [
        "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
    ];
    let first = case.strip_prefix("//! ")?.split(' ').next()?;
    words.iter().position(|word| *word == first)
}

#[test]
fn each_case_shows_as_many_errors_as_it_declares() {
    for entry in fs::read_dir("fail").expect("cargo runs tests in their package's folder") {
        let path = entry.expect("a folder can be listed").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let case = fs::read_to_string(&path).expect("a case is text");
            let shown = fs::read_to_string(path.with_extension("stderr"));
            let shown = shown.expect("a case has an expectation beside it");
            let errors = shown
                .lines()
                .filter(|line| line.starts_with("error"))
                .count();
            assert_eq!(declared(&case), Some(errors), "{}", path.display());
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
        eprintln!("skipped: the expectations are for {COMPILER}, and this is {compiler}");
    }
}
