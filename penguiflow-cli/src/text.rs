//! Spans of time, ids and stored texts as they are printed. What is stored may be anybody's: no
//! control character of it reaches the terminal.

use std::time::Duration;

use penguiflow::TraceId;
use penguiflow_sqlite::admin::Time;
use serde::Serialize;

/// A span with two digits of sense: `850ms`, `42s`, `3m12s`, `2h5m`, `13h`, `5d`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match seconds {
        0 => match span.as_millis() {
            0 => format!("{}µs", span.as_micros()),
            millis => format!("{millis}ms"),
        },
        1..10 => format!("{seconds}.{}s", span.subsec_millis() / 100),
        10..60 => format!("{seconds}s"),
        60..600 => format!("{minutes}m{}s", seconds % 60),
        600..3_600 => format!("{minutes}m"),
        3_600..36_000 => format!("{hours}h{}m", minutes % 60),
        36_000..172_800 => format!("{hours}h"),
        _ => format!("{}d", hours / 24),
    }
}

/// How long ago: `3m12s ago`.
pub(crate) fn ago(now: Time, time: Time) -> String {
    format!("{} ago", span(now.since(time)))
}

/// `in 4s`, or `now` where the time has come.
pub(crate) fn to_come(now: Time, time: Time) -> String {
    match time > now {
        true => format!("in {}", span(time.since(now))),
        false => "now".to_owned(),
    }
}

/// A time to the second, with how long ago it was.
pub(crate) fn dated(now: Time, time: Time) -> String {
    format!("{time} ({})", ago(now, time))
}

/// The first digits of an id, enough to find it again.
pub(crate) fn short(id: TraceId) -> String {
    id.to_string()[..12].to_owned()
}

/// A stored text in one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' | '\t' => " ".to_owned(),
        character if character.is_control() => character.escape_default().to_string(),
        character => character.to_string(),
    };
    text.trim_end().chars().map(shown).collect()
}

/// `3 steps`, `1 step`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// As JSON, with a line break at its end. Control characters are escaped in it by itself.
pub(crate) fn json<T: Serialize>(value: &T) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{one_line, span};

    #[test]
    fn spans_are_short() {
        let of = |millis| span(Duration::from_millis(millis));
        assert_eq!([of(0), of(850), of(4_250)], ["0µs", "850ms", "4.2s"]);
        assert_eq!(
            [of(42_000), of(192_000), of(1_500_000)],
            ["42s", "3m12s", "25m"]
        );
        assert_eq!(
            [of(7_500_000), of(46_800_000), of(432_000_000)],
            ["2h5m", "13h", "5d"]
        );
    }

    #[test]
    fn a_stored_text_does_not_steer_the_terminal() {
        assert_eq!(one_line("a\x1b[31m\nb\u{7}\n"), "a\\u{1b}[31m b\\u{7}");
    }
}
