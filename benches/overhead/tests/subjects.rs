//! What a subject lists, it does. Memory is measured on Linux alone.

#![cfg(target_os = "linux")]

use std::process::Command;

use harness::{Entry, Figure, Unit, Work};

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

/// Whoever goes first, figures come in the order in which subjects were named.
#[test]
fn figures_come_in_order() {
    let places = [
        "penguiflow:memory_held:32",
        "hand:nodes_10:32",
        "hand:rounds:32",
    ];
    let figures = figures(&[&["alternate", "current", "3"], &places[..]].concat());
    let units: Vec<_> = figures.iter().map(|figure| figure.unit).collect();
    let [bytes, ns] = [Unit::Bytes, Unit::Nanoseconds];
    assert_eq!(units, [bytes, ns, ns].repeat(3));
}
