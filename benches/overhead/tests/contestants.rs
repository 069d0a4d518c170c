//! What a contestant lists, it does. Memory is measured where Linux tells.

#![cfg(target_os = "linux")]

use std::process::Command;

use contest::{Entry, Figure, Work};

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.expect("the program starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("text")
}

fn entries(program: &str) -> Vec<Entry> {
    let list = output(program, &["list"]);
    let lines = list.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("entries")
}

fn check(program: &str) {
    for entry in entries(program) {
        if entry.cannot.is_some() {
            continue;
        }
        let (work, flavour) = (entry.work.to_string(), entry.flavour.to_string());
        let figure = output(
            program,
            &["measure", &entry.contestant, &work, &flavour, "64"],
        );
        let figure: Figure = serde_json::from_str(&figure).expect("a figure");
        assert_eq!(figure.unit, entry.work.unit(), "{work}");
        assert_eq!(figure.p99.is_some(), entry.work == Work::Request, "{work}");
    }
}

#[test]
fn the_library_does_every_work() {
    let program = env!("CARGO_BIN_EXE_penguiflow-contestant");
    check(program);
    let mut works: Vec<_> = entries(program).iter().map(|entry| entry.work).collect();
    works.dedup();
    works.sort();
    assert_eq!(works, Work::ALL);
}

#[test]
fn yardsticks_do_what_they_list() {
    check(env!("CARGO_BIN_EXE_yardsticks"));
}
