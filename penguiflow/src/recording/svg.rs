//! A time line as an SVG picture: the rows of the text, drawn.

use std::fmt::Write;
use std::time::Duration;

use super::text::{Row, rows};
use super::time_line::{Outcome, TimeLine};
use crate::graph::{CHARACTER, Theme, chart_sheet, escaped, number, time};

const WIDTH: f64 = 720.0;
const MARGIN: f64 = 16.0;
const ROW: f64 = 22.0;
const BAR: f64 = 12.0;
/// The room for the time of a row.
const TIME: f64 = 72.0;

/// How many times stand along the axis, besides zero.
const TICKS: u32 = 4;

impl TimeLine {
    /// The time line as an SVG picture as wide as a page, for light and for dark.
    #[cfg_attr(docsrs, doc(cfg(feature = "svg")))]
    pub fn to_svg(&self) -> String {
        self.to_svg_in(Theme::Auto)
    }

    /// The same, in the colours of a theme.
    #[cfg_attr(docsrs, doc(cfg(feature = "svg")))]
    pub fn to_svg_in(&self, theme: Theme) -> String {
        let rows = rows(&self.visits);
        let longest = rows.iter().map(|row| row.name.chars().count()).max();
        let chart = Chart {
            left: MARGIN + longest.unwrap_or(0) as f64 * CHARACTER + TIME,
            length: self.length,
        };
        let height = number(2.0 * MARGIN + (rows.len() as f64 + 1.0) * ROW);
        let (width, title) = (number(WIDTH), format!("trace {}", self.trace_id));
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="penguiflow-time" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" style="max-width:100%;height:auto">
<title>{title}</title>
<style>{}</style>
<rect class="page" width="100%" height="100%"/>
"#,
            chart_sheet(theme)
        );
        svg += &chart.axis(rows.len());
        for (line, row) in rows.iter().enumerate() {
            svg += &chart.row(row, MARGIN + (line as f64 + 1.0) * ROW);
        }
        svg + "</svg>\n"
    }
}

/// Where the bars stand.
struct Chart {
    left: f64,
    length: Duration,
}

impl Chart {
    fn x(&self, at: Duration) -> f64 {
        let part = at.as_secs_f64() / self.length.as_secs_f64().max(f64::MIN_POSITIVE);
        self.left + part.min(1.0) * (WIDTH - MARGIN - self.left)
    }

    fn axis(&self, rows: usize) -> String {
        let mut axis = String::new();
        let (top, bottom) = (MARGIN + ROW * 0.5, MARGIN + (rows as f64 + 1.0) * ROW);
        for tick in 0..=TICKS {
            let at = self.length * tick / TICKS;
            let (x, y) = (number(self.x(at)), number(MARGIN + 4.0));
            let anchor = match tick {
                0 => "start",
                TICKS => "end",
                _ => "middle",
            };
            let text = if tick == 0 { "0".to_owned() } else { time(at) };
            let (top, bottom) = (number(top), number(bottom));
            _ = writeln!(
                axis,
                r#"<path class="tick" d="M{x} {top}V{bottom}"/><text class="axis" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#
            );
        }
        axis
    }

    fn row(&self, row: &Row<'_>, top: f64) -> String {
        let text = number(top + ROW / 2.0 + 4.0);
        let (name, took) = (escaped(&row.name), time(row.took()));
        let (left, right) = (number(MARGIN), number(self.left - 10.0));
        let mut drawn = format!(
            r#"<text class="name" x="{left}" y="{text}">{name}</text><text class="took" x="{right}" y="{text}">{took}</text>"#
        );
        for visit in &row.visits {
            for wait in &visit.waits {
                let class = if wait.is_parked { "parked" } else { "wait" };
                drawn += &self.bar(class, top, (wait.began, wait.took), "");
            }
            for attempt in &visit.attempts {
                let class = class(&attempt.outcome);
                let error = attempt.outcome.error().unwrap_or_default();
                drawn += &self.bar(class, top, (attempt.began, attempt.took), error);
            }
        }
        drawn + "\n"
    }

    /// A bar, with a text for who points at it.
    fn bar(
        &self,
        class: &str,
        top: f64,
        (began, took): (Duration, Duration),
        error: &str,
    ) -> String {
        let (from, to) = (self.x(began), self.x(began + took));
        let width = number((to - from).max(1.5));
        let (x, y, height) = (number(from), number(top + (ROW - BAR) / 2.0), number(BAR));
        let title = match error {
            "" => format!("{class}: {}", time(took)),
            error => format!("{class} after {}: {}", time(took), escaped(error)),
        };
        format!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"><title>{title}</title></rect>"#
        )
    }
}

fn class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Unfinished => "running",
        Outcome::Succeeded => "succeeded",
        Outcome::Failed(_) => "failed",
        Outcome::TimedOut(_) => "timed-out",
        Outcome::Cancelled => "cancelled",
    }
}
