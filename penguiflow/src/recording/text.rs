//! A time line as text: a row for each visit, with a bar where it runs.

use std::fmt;
use std::time::Duration;

use super::time_line::{Outcome, TimeLine, VisitTime};
use crate::event::TraceOutcome;
use crate::graph::time;

/// Visits of one node beyond this many share a row.
const ROWS_OF_A_NODE: usize = 5;
/// The widths of the columns, apart from that of the bars.
const LONGEST_NAME: usize = 32;
const TIME: usize = 9;

impl TimeLine {
    /// The time line as text for a terminal of this many columns, at least 60.
    pub fn text(&self, columns: usize) -> TimeLineText<'_> {
        TimeLineText {
            time_line: self,
            columns: columns.max(60),
        }
    }
}

/// Writes the time line for a terminal of 100 columns.
impl fmt::Display for TimeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text(100).fmt(f)
    }
}

/// A time line as text. See [`TimeLine::text`].
#[derive(Debug, Clone, Copy)]
pub struct TimeLineText<'t> {
    time_line: &'t TimeLine,
    columns: usize,
}

impl fmt::Display for TimeLineText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        chart(f, self.time_line, self.columns)?;
        match &self.time_line.error {
            Some(error) => writeln!(f, "the trace: {error}"),
            None => Ok(()),
        }
    }
}

/// The head, a row for each visit, and the errors of the attempts.
pub(super) fn chart(
    f: &mut fmt::Formatter<'_>,
    time_line: &TimeLine,
    columns: usize,
) -> fmt::Result {
    writeln!(f, "{}", head(time_line))?;
    let rows = rows(&time_line.visits);
    let widest = rows.iter().map(|row| row.name.chars().count()).max();
    let names = widest.unwrap_or(0).min(LONGEST_NAME);
    let cells = columns.saturating_sub(names + TIME + 4).max(10);
    for row in &rows {
        let name: String = row.name.chars().take(LONGEST_NAME).collect();
        let took = time(row.took());
        let bar = bar(row, time_line.length, cells);
        writeln!(f, "{name:names$}  {took:>TIME$}  {}", bar.trim_end())?;
    }
    for row in &rows {
        failures(f, row)?;
    }
    Ok(())
}

/// The flow and its trace, how it ended, and what it took.
fn head(time_line: &TimeLine) -> String {
    let TimeLine {
        flow,
        trace_id,
        tokens,
        ..
    } = time_line;
    let state = time_line.outcome.map_or("running", TraceOutcome::as_str);
    let length = time(time_line.length);
    let tokens = match tokens {
        0 => String::new(),
        tokens => format!(", {tokens} tokens"),
    };
    format!("{flow} {trace_id}: {state} after {length}{tokens}")
}

/// A row of the chart: one visit, or all further ones of a node.
pub(super) struct Row<'t> {
    pub(super) name: String,
    pub(super) visits: Vec<&'t VisitTime>,
}

impl Row<'_> {
    /// From its first beginning to its last end.
    pub(super) fn took(&self) -> Duration {
        let began = self.visits.iter().map(|visit| visit.began()).min();
        let ended = self.visits.iter().map(|visit| visit.ended()).max();
        let [began, ended] = [began, ended].map(Option::unwrap_or_default);
        ended.saturating_sub(began)
    }
}

pub(super) fn rows(visits: &[VisitTime]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for visit in visits {
        let name = visit.name();
        let more = format!("{name}, more");
        let of_node = rows.iter().filter(|row| row.name == name).count();
        if of_node < ROWS_OF_A_NODE {
            let visits = vec![visit];
            rows.push(Row { name, visits });
        } else if let Some(row) = rows.iter_mut().find(|row| row.name == more) {
            row.visits.push(visit);
        } else {
            let visits = vec![visit];
            rows.push(Row { name: more, visits });
        }
    }
    for row in &mut rows {
        if let count @ 2.. = row.visits.len() {
            row.name = row.name.replace(", more", &format!(", {count} more"));
        }
    }
    rows
}

/// `█` is an attempt, `×` the end of one that failed, `·` a wait for another one, `░` an `await`.
fn bar(row: &Row<'_>, length: Duration, cells: usize) -> String {
    let mut bar = vec![' '; cells];
    let cell = |at: Duration| {
        let part = at.as_secs_f64() / length.as_secs_f64().max(f64::MIN_POSITIVE);
        ((part * cells as f64) as usize).min(cells - 1)
    };
    let mut fill = |from: Duration, took: Duration, with: char| {
        let (first, last) = (cell(from), cell(from + took));
        bar[first..=last].fill(with);
        last
    };
    for visit in &row.visits {
        for wait in &visit.waits {
            let with = if wait.is_parked { '░' } else { '·' };
            fill(wait.began, wait.took, with);
        }
    }
    let mut failed = Vec::new();
    for attempt in row.visits.iter().flat_map(|visit| &visit.attempts) {
        let last = fill(attempt.began, attempt.took, '█');
        if attempt.outcome.error().is_some() {
            failed.push(last);
        }
    }
    for last in failed {
        bar[last] = '×';
    }
    bar.into_iter().collect()
}

/// The errors of a row's attempts, a line each.
fn failures(f: &mut fmt::Formatter<'_>, row: &Row<'_>) -> fmt::Result {
    for visit in row.visits.iter().take(ROWS_OF_A_NODE) {
        for (number, attempt) in visit.attempts.iter().enumerate() {
            if let Some(error) = attempt.outcome.error() {
                let name = visit.name();
                writeln!(f, "{name}, attempt {number}: {error}")?;
            }
        }
    }
    Ok(())
}

impl Outcome {
    /// What went wrong, if something did.
    pub(super) fn error(&self) -> Option<&str> {
        match self {
            Self::Failed(error) | Self::TimedOut(error) => Some(error),
            Self::Unfinished | Self::Succeeded | Self::Cancelled => None,
        }
    }
}
