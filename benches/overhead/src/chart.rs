//! The ratios as a chart: a line for each work, on a scale of powers of ten. It has colours for
//! light and for dark pages.

use std::fmt::Write;

use contest::{Flavour, Work};

use crate::aims::aim_of;
use crate::programs::Kind;
use crate::results::{Results, Row};
use crate::tables::number;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 200.0;
const RIGHT: f64 = 250.0;
const TOP: f64 = 100.0;
const LINE: f64 = 32.0;

/// What stands on a line.
struct Line<'a> {
    work: Work,
    flavour: Flavour,
    aim: Option<f64>,
    /// With their ratios.
    rows: Vec<(&'a Row, f64)>,
}

/// The powers of ten from the least ratio to the greatest.
struct Scale {
    first: i32,
    last: i32,
}

pub(crate) fn of(results: &Results) -> String {
    let lines = lines(results);
    let scale = Scale::of(&lines);
    let bottom = TOP + LINE * lines.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Ratios to the yardsticks\">\n<style>\n{css}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\n",
        height = bottom + 40.0,
        css = include_str!("chart.css"),
    );
    svg += &head();
    svg += &scale.grid(bottom);
    for (place, line) in lines.iter().enumerate() {
        svg += &line.draw(&scale, TOP + LINE * (place as f64 + 0.5));
    }
    svg + "</svg>\n"
}

fn lines(results: &Results) -> Vec<Line<'_>> {
    let works = Work::ALL.into_iter().filter(|&work| is_drawn(work));
    let places = works.flat_map(|work| work.flavours().iter().map(move |&flavour| (work, flavour)));
    let lines = places.map(|(work, flavour)| {
        let rows = results.rows.iter().filter(|row| row.is_at(work, flavour));
        Line {
            work,
            flavour,
            aim: aim_of(work, flavour),
            rows: rows
                .filter_map(|row| Some((row, row.ratio?.median)))
                .collect(),
        }
    });
    lines.filter(|line| !line.rows.is_empty()).collect()
}

/// What is compared with others, and once.
fn is_drawn(work: Work) -> bool {
    !matches!(
        work,
        Work::Features(_) | Work::Nodes(1 | 10 | 30) | Work::Cores(1)
    )
}

/// The title and the legend.
fn head() -> String {
    let mut svg = text(
        24.0,
        32.0,
        "title",
        "What a work costs, as a ratio to its yardstick",
    );
    svg += &text(
        24.0,
        52.0,
        "quiet",
        "further to the left is better; each line is ten times the one before it",
    );
    let kinds = [
        (Kind::Ours, "PenguiFlow"),
        (Kind::Yardstick, "by hand"),
        (Kind::Rust, "in Rust"),
        (Kind::Python, "in Python"),
    ];
    for (place, (kind, name)) in kinds.into_iter().enumerate() {
        let x = LEFT + 110.0 * place as f64;
        svg += &mark(kind, x, 76.0, "");
        svg += &text(x + 12.0, 80.0, "", name);
    }
    let x = WIDTH - RIGHT + 20.0;
    svg += &vertical("aim", LEFT + 440.0, 69.0, 83.0);
    svg += &text(LEFT + 452.0, 80.0, "", "aim");
    svg += &text(x, 80.0, "strong", "ours");
    svg + &text(x + 70.0, 80.0, "quiet", "best other library")
}

impl Scale {
    fn of(lines: &[Line<'_>]) -> Self {
        let ratios = lines
            .iter()
            .flat_map(|line| &line.rows)
            .map(|(_, ratio)| ratio.log10());
        let (first, last) = ratios.fold((0.0_f64, 0.0_f64), |(first, last), power| {
            (first.min(power), last.max(power))
        });
        Self {
            first: first.floor() as i32,
            last: (last.ceil() as i32).max(first.floor() as i32 + 1),
        }
    }

    fn x(&self, ratio: f64) -> f64 {
        let share = (ratio.log10() - f64::from(self.first)) / f64::from(self.last - self.first);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn grid(&self, bottom: f64) -> String {
        let powers = (self.first..=self.last).map(|power| {
            let (x, class) = (
                self.x(10_f64.powi(power)),
                if power == 0 { "one" } else { "grid" },
            );
            let label = if power < 0 {
                format!("1/{}", 10_u64.pow(power.unsigned_abs()))
            } else {
                10_u64.pow(power.unsigned_abs()).to_string()
            };
            vertical(class, x, TOP, bottom) + &centred(x, bottom + 20.0, &label)
        });
        powers.collect()
    }
}

impl Line<'_> {
    fn draw(&self, scale: &Scale, y: f64) -> String {
        let mut svg = text(24.0, y + 4.0, "", &self.name());
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y}H{}\"/>\n",
            WIDTH - RIGHT
        );
        if let Some(aim) = self.aim {
            svg += &vertical("aim", scale.x(aim), y - 9.0, y + 9.0);
        }
        // Ours last, above the others.
        let (ours, others): (Vec<_>, _) = self
            .rows
            .iter()
            .partition(|(row, _)| row.kind == Kind::Ours);
        for (row, ratio) in others.into_iter().chain(ours) {
            let title = format!("{}: {}", row.entry.contestant, number(ratio));
            svg += &mark(row.kind, scale.x(ratio), y, &title);
        }
        svg + &self.summary(y)
    }

    /// `line, multi`, where there are several runtimes.
    fn name(&self) -> String {
        match self.work.flavours() {
            [_] => self.work.to_string(),
            _ => format!("{}, {}", self.work, self.flavour),
        }
    }

    /// Our ratio, and the best of the other libraries.
    fn summary(&self, y: f64) -> String {
        let x = WIDTH - RIGHT + 20.0;
        let best = |is_in: fn(Kind) -> bool| self.rows.iter().find(|(row, _)| is_in(row.kind));
        let ours = best(|kind| kind == Kind::Ours).map(|(_, ratio)| number(*ratio));
        let peer = best(|kind| matches!(kind, Kind::Rust | Kind::Python));
        let peer = peer.map(|(row, ratio)| format!("{} {}", row.entry.contestant, number(*ratio)));
        text(x, y + 4.0, "strong", &ours.unwrap_or_default())
            + &text(x + 70.0, y + 4.0, "quiet", &peer.unwrap_or_default())
    }
}

/// A shape for each kind, so that colours are not all that tells them apart.
fn mark(kind: Kind, x: f64, y: f64, title: &str) -> String {
    let (class, path) = match kind {
        Kind::Ours => ("ours", "m-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0"),
        Kind::Yardstick => ("yardstick", "m-5 -5h10v10h-10z"),
        Kind::Rust => ("rust", "m0 -6l6 6l-6 6l-6 -6z"),
        Kind::Python => ("python", "m0 -6l6 11h-12z"),
    };
    format!("<path class=\"{class}\" d=\"M{x:.1} {y:.1}{path}\"><title>{title}</title></path>\n")
}

fn vertical(class: &str, x: f64, from: f64, to: f64) -> String {
    format!("<path class=\"{class}\" d=\"M{x:.1} {from:.1}V{to:.1}\"/>\n")
}

fn text(x: f64, y: f64, class: &str, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>\n")
}

fn centred(x: f64, y: f64, words: &str) -> String {
    format!(
        "<text class=\"quiet\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{words}</text>\n"
    )
}
