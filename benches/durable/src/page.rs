//! The page that shows what was measured.

use anyhow::{Context, Result};
use report::{Machine, table};

use crate::measure::Figure;

/// Something that was measured.
pub(crate) struct Row {
    pub(crate) subject: &'static str,
    pub(crate) figure: Figure,
}

pub(crate) fn of(rows: &[Row]) -> Result<String> {
    let Machine {
        cpu,
        cores,
        kernel,
        rustc,
        ..
    } = Machine::here()?;
    let kernel = kernel.unwrap_or_default();
    Ok(format!(
        include_str!("page.md"),
        on = format!("{cpu}, {cores} cores, Linux {kernel}; {rustc}"),
        costs = costs(rows),
        ratios = ratios(rows)?,
    ))
}

fn costs(rows: &[Row]) -> String {
    let head = [
        "",
        "in flight",
        "a second",
        "CPU, µs",
        "time, ms",
        "bytes written",
    ];
    let cells = rows.iter().map(|Row { subject, figure }| {
        vec![
            (*subject).to_owned(),
            figure.in_flight.to_string(),
            format!("{:.0}", figure.per_second),
            format!("{:.1}", figure.cpu),
            format!("{:.3}", figure.time),
            format!("{:.0}", figure.written),
        ]
    });
    table(&head, cells.collect())
}

/// Of the library on a store to all others, at 64 in flight; an append is one at a time.
fn ratios(rows: &[Row]) -> Result<String> {
    let at = |subject: &str| {
        let mut rows = rows.iter().filter(|row| row.subject == subject);
        let first = rows.clone().next();
        let row = rows.find(|row| row.figure.in_flight == 64).or(first);
        row.map(|row| row.figure).context("it was measured")
    };
    let ours = at("`penguiflow-sqlite`")?;
    let mut cells = Vec::new();
    for subject in [
        "append and `fdatasync`",
        "`duroxide`, commits synced",
        "`duroxide`, as it is",
        "in memory",
    ] {
        let other = at(subject)?;
        cells.push(vec![
            subject.to_owned(),
            format!("{:.3}", ours.per_second / other.per_second),
            format!("{:.3}", ours.cpu / other.cpu),
        ]);
    }
    let head = [
        "`penguiflow-sqlite` to",
        "traces a second",
        "CPU of a trace",
    ];
    Ok(table(&head, cells))
}
