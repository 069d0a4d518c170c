//! Measures the same agent in several libraries: lines, checks, and the CPU time of a turn. With `--write`
//! it writes the table of the page on agents.

mod subject;

use std::fs;

use anyhow::{Context, Result, ensure};
use report::{Machine, Samples, repository, table};

use subject::Subject;

/// The page, and the lines that what is written stands between.
const PAGE: &str = "docs/agents.md";
const BEGIN: &str = "<!-- written by benches/agents -->\n";
const END: &str = "<!-- end -->\n";

/// How often each program is measured, in turn.
const ROUNDS: usize = 7;

fn main() -> Result<()> {
    let subjects = [
        Subject::rust("ours")?,
        Subject::rust("rig")?,
        Subject::langgraph()?,
    ];
    let mut figures = subjects.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (subject, figures) in subjects.iter().zip(&mut figures) {
            figures.push(subject.measure()?);
        }
    }
    let rows = subjects.iter().zip(figures);
    let rows: Result<Vec<_>> = rows
        .map(|(subject, figures)| row(subject, figures))
        .collect();
    let head = ["", "lines", "CPU time per turn", "quartiles"];
    let text = format!(
        "{}\n\n{}{}",
        table(&head, rows?),
        checks(&subjects)?,
        machine(&subjects)?
    );
    println!("{text}");
    match std::env::args().nth(1).as_deref() {
        Some("--write") => write(&text),
        _ => Ok(()),
    }
}

fn row(subject: &Subject, figures: Vec<f64>) -> Result<Vec<String>> {
    let samples = Samples::of(figures);
    let quartiles = [0.25, 0.75].map(|share| microseconds(samples.quantile(share)));
    Ok(vec![
        subject.name().to_owned(),
        subject.lines()?.to_string(),
        format!("{} µs", microseconds(samples.median())),
        quartiles.join(" – "),
    ])
}

fn microseconds(nanoseconds: f64) -> String {
    match nanoseconds / 1e3 {
        few if few < 100.0 => format!("{few:.1}"),
        many => format!("{many:.0}"),
    }
}

/// What becomes of a model's faults.
fn checks(subjects: &[Subject]) -> Result<String> {
    let mut text = String::new();
    for (fault, title) in [
        (
            "unknown-tool",
            "A model that chooses a tool which does not exist:",
        ),
        (
            "wrong-argument",
            "A model that gives a tool a text in the place of a number:",
        ),
    ] {
        text += &format!("{title}\n\n```text\n");
        for subject in subjects {
            let ending = subject.ask(&[fault])?.replace('\n', " ");
            text += &format!("{}: {}\n", subject.name(), shortened(&ending));
        }
        text += "```\n\n";
    }
    Ok(text)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn machine(subjects: &[Subject]) -> Result<String> {
    let Machine {
        cpu, cores, rustc, ..
    } = Machine::here()?;
    let versions: Result<Vec<_>> = subjects.iter().map(Subject::version).collect();
    Ok(format!(
        "Medians of {ROUNDS} rounds, on {cores} cores of {cpu}, with {rustc}: {}.\n",
        versions?.join(", ")
    ))
}

fn write(text: &str) -> Result<()> {
    let path = repository().join(PAGE);
    let page = fs::read_to_string(&path)?;
    let (before, rest) = page
        .split_once(BEGIN)
        .context("the page has no place for it")?;
    let (_, after) = rest
        .split_once(END)
        .context("the place on the page has no end")?;
    ensure!(!text.contains(END), "the text cannot be told from the page");
    fs::write(&path, format!("{before}{BEGIN}\n{text}\n{END}{after}"))?;
    Ok(())
}
