//! The command, run as a user runs it, over a store that real flows have filled.

mod asking;
mod drawing;
mod hosted;
mod listing;
mod page;
mod publish;
mod refusals;
mod shop;
mod showing;

use std::path::Path;
use std::process::{Command, Output};

use expect_test::Expect;
use shop::Shop;

/// Runs the command in a folder, in a terminal of 80 columns.
fn run_in(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_penguiflow"))
        .args(args)
        .current_dir(folder)
        .env("COLUMNS", "80")
        .env_remove("PENGUIFLOW_STORE")
        .env_remove("PENGUIFLOW_NOW")
        .output()
        .expect("the command runs")
}

/// What it prints, which goes well.
fn prints(shop: &Shop, line: &str, expected: Expect) {
    let args = words(line);
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let output = run_in(shop.folder(), &args);
    let (out, err) = texts(&output);
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{out}");
    expected.assert_eq(&out);
}

/// With which code it ends, and the sentence that it ends with.
fn refuses(folder: &Path, line: &str, code: i32, expected: Expect) {
    let args = words(line);
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let output = run_in(folder, &args);
    let (out, err) = texts(&output);
    assert_eq!(
        (output.status.code(), out.as_str()),
        (Some(code), ""),
        "{err}"
    );
    expected.assert_eq(&err);
}

/// The words of a line, as a shell reads them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut is_quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match (character, is_quoted, words.last_mut()) {
            ('\'', ..) => is_quoted = !is_quoted,
            (' ', false, _) => words.push(String::new()),
            (character, _, Some(word)) => word.push(character),
            (.., None) => {}
        }
    }
    words
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr))
}
