//! The page that shows what was measured.

use anyhow::{Context, Result};
use report::{Machine, table};

use crate::chunks::Chunks;
use crate::measure::Figure;

pub(crate) const BY_HAND: &str = "by hand, on Restate";
pub(crate) const OURS: &str = "`penguiflow-restate`";
pub(crate) const STORE: &str = "`penguiflow-sqlite`";

/// Something that was measured.
pub(crate) struct Row {
    pub(crate) subject: &'static str,
    pub(crate) figure: Figure,
}

pub(crate) fn of(rows: &[Row], chunks: Chunks) -> Result<String> {
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
        median = format!("{:.0}", chunks.median),
        slow = format!("{:.0}", chunks.slow),
        per_second = format!("{:.0}", chunks.per_second),
    ))
}

fn costs(rows: &[Row]) -> String {
    let head = [
        "",
        "in flight",
        "a second",
        "median, ms",
        "99 of 100, ms",
        "CPU, µs",
        "CPU of the server, µs",
    ];
    let cells = rows.iter().map(|Row { subject, figure }| {
        vec![
            (*subject).to_owned(),
            figure.in_flight.to_string(),
            format!("{:.0}", figure.per_second),
            format!("{:.2}", figure.median),
            format!("{:.2}", figure.slow),
            format!("{:.0}", figure.own_cpu),
            format!("{:.0}", figure.server_cpu),
        ]
    });
    table(&head, cells.collect())
}

/// Of the library on Restate to the two others, at each number in flight.
fn ratios(rows: &[Row]) -> Result<String> {
    let mut cells = Vec::new();
    for ours in rows.iter().filter(|row| row.subject == OURS) {
        for other in [BY_HAND, STORE] {
            let of_other =
                |row: &&Row| row.subject == other && row.figure.in_flight == ours.figure.in_flight;
            let row = rows.iter().find(of_other).context("it was measured")?;
            let (ours, theirs) = (ours.figure, row.figure);
            cells.push(vec![
                other.to_owned(),
                ours.in_flight.to_string(),
                format!("{:.2}", theirs.per_second / ours.per_second),
                format!("{:.2}", ours.median / theirs.median),
                format!("{:.2}", ours.own_cpu / theirs.own_cpu),
            ]);
        }
    }
    let head = [
        "`penguiflow-restate` to",
        "in flight",
        "time of a trace, by the rate",
        "median time",
        "CPU without the server",
    ];
    Ok(table(&head, cells))
}
