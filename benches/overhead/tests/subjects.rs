//! What a subject lists, it does. Memory is measured where Linux tells.

#![cfg(target_os = "linux")]

use std::process::Command;

use harness::{Entry, Figure, Work};

const PROGRAM: &str = env!("CARGO_BIN_EXE_own-subjects");

fn output(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(arguments).output();
    let output = output.expect("the program starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("text")
}

fn entries() -> Vec<Entry> {
    let list = output(&["list"]);
    let lines = list.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("entries")
}

fn figures(arguments: &[&str]) -> Vec<Figure> {
    let lines = output(arguments);
    let lines = lines.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("figures")
}

#[test]
fn what_is_listed_is_done() {
    for entry in entries().iter().filter(|entry| entry.cannot.is_none()) {
        let (work, flavour) = (entry.work.to_string(), entry.flavour.to_string());
        let figures = figures(&["measure", &entry.subject, &work, &flavour, "64"]);
        assert_eq!(figures.len(), 1, "{work}");
        assert_eq!(figures[0].unit, entry.work.unit(), "{work}");
        assert_eq!(
            figures[0].p99.is_some(),
            entry.work == Work::Request,
            "{work}"
        );
    }
}

#[test]
fn the_library_does_every_work() {
    let entries = entries().into_iter();
    let ours = entries.filter(|entry| entry.subject == "penguiflow");
    let mut works: Vec<_> = ours.map(|entry| entry.work).collect();
    works.dedup();
    works.sort();
    assert_eq!(works, Work::ALL);
}

/// Whoever goes first, figures come in the order of what was asked for.
#[test]
fn turns_are_told_in_order() {
    let places = ["penguiflow:request:32", "hand:nodes_3:32", "hand:rounds:32"];
    let figures = figures(&[&["alternate", "current", "3"], &places[..]].concat());
    let has_quantiles: Vec<_> = figures.iter().map(|figure| figure.p99.is_some()).collect();
    assert_eq!(has_quantiles, [true, false, false].repeat(3));
}
