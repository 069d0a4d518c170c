//! The attempts of a trace as a time line.

use std::time::Duration;

use penguiflow_sqlite::admin::{Attempt, Time};

use crate::{table, text};

/// How many characters the bars have.
const WIDTH: u64 = 20;

/// How many attempts are shown of a long history.
const LAST: usize = 30;

/// A row for each attempt, or for each of the last ones, with a bar where it lies between the begin of
/// the trace and the end of the last attempt.
pub(super) fn of(history: &[Attempt], created: Time, shows_all: bool) -> String {
    let ends = history
        .iter()
        .map(|line| line.at.0.saturating_add(millis(line)));
    let end = Time(ends.max().unwrap_or(created.0)).since(created);
    let left_out = match shows_all {
        true => 0,
        false => history.len().saturating_sub(LAST),
    };
    let rows = history[left_out..]
        .iter()
        .map(|line| row(line, created, end));
    let table = table::table(["AT", "TOOK", "", "NODE", "OUTCOME"], 3, rows);
    match left_out {
        0 => table,
        count => format!(
            "{} before these: --all shows them\n{table}",
            text::count(count, "attempt")
        ),
    }
}

fn row(line: &Attempt, created: Time, end: Duration) -> [String; 5] {
    let at = line.at.since(created);
    [
        format!("+{}", text::span(at)),
        text::span(Duration::from_micros(line.took)),
        bar(at, Duration::from_micros(line.took), end),
        line.node.clone(),
        outcome(line),
    ]
}

fn millis(line: &Attempt) -> i64 {
    i64::try_from(line.took / 1_000).unwrap_or(i64::MAX)
}

/// At least one character, within the width.
fn bar(at: Duration, took: Duration, end: Duration) -> String {
    let all = end.as_micros().max(1);
    let scaled = |part: Duration| {
        let place = part.as_micros() * u128::from(WIDTH) / all;
        u64::try_from(place).unwrap_or(WIDTH).min(WIDTH)
    };
    let begin = scaled(at).min(WIDTH - 1);
    let length = scaled(took).clamp(1, WIDTH - begin);
    let spaces = "·".repeat(begin as usize);
    let rest = "·".repeat((WIDTH - begin - length) as usize);
    format!("{spaces}{}{rest}", "█".repeat(length as usize))
}

fn outcome(line: &Attempt) -> String {
    let attempt = match line.attempt {
        0 => String::new(),
        number => format!(" (attempt {})", u64::from(number) + 1),
    };
    let error = line.error.as_ref().map(|error| format!(": {error}"));
    format!("{}{attempt}{}", line.outcome, error.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::bar;

    #[test]
    fn a_bar_stays_within_its_width() {
        let of = |at, took, end| bar(micros(at), micros(took), micros(end));
        assert_eq!(of(0, 100, 100), "█".repeat(20));
        assert_eq!(
            of(50, 0, 100),
            format!("{}█{}", "·".repeat(10), "·".repeat(9))
        );
        assert_eq!(of(100, 5, 100), format!("{}█", "·".repeat(19)));
        assert_eq!(of(500, u64::MAX, 0), format!("{}█", "·".repeat(19)));
    }

    fn micros(count: u64) -> Duration {
        Duration::from_micros(count)
    }
}
