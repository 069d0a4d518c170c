//! The ratios as a chart: a line for each work, on a scale of powers of ten. It has colours for
//! light and for dark pages, and a shape for each kind of subject.

use harness::{Flavour, Work};

use crate::programs::Kind;
use crate::results::{Results, Row};
use crate::tables::{number, thousands};
use crate::targets::yardstick;

/// Between these the ratios are drawn.
const LEFT: f64 = 250.0;
const RIGHT: f64 = 720.0;
const TOP: f64 = 100.0;
/// How high a line is.
const LINE: f64 = 32.0;

/// A work, and the ratios of those that do it.
struct Line<'a> {
    work: Work,
    flavour: Flavour,
    target: Option<f64>,
    rows: Vec<(&'a Row, f64)>,
}

/// From one power of ten to another one.
struct Scale {
    first: i32,
    last: i32,
}

pub(crate) fn of(results: &Results) -> String {
    let lines = lines(results);
    let scale = Scale::of(&lines);
    let bottom = TOP + LINE * lines.len() as f64;
    let middles = (0..).map(|place| TOP + LINE * (f64::from(place) + 0.5));
    let lines = lines.iter().zip(middles);
    let lines: String = lines.map(|(line, y)| line.draw(&scale, y)).collect();
    format!(
        include_str!("chart.svg"),
        height = bottom + 40.0,
        css = include_str!("chart.css"),
        grid = scale.grid(bottom),
        lines = lines,
    )
}

fn lines(results: &Results) -> Vec<Line<'_>> {
    let places = Work::all().filter(|&(work, _)| is_drawn(work));
    let lines = places.map(|(work, flavour)| {
        let rows = results.rows.iter().filter(|row| row.is_at(work, flavour));
        let mut targets = results.targets.iter();
        let target = targets.find(|one| one.is_of(work, flavour));
        Line {
            work,
            flavour,
            target: target.map(|one| one.target.most),
            rows: rows
                .filter_map(|row| Some((row, row.ratio?.median)))
                .collect(),
        }
    });
    lines.filter(|line| !line.rows.is_empty()).collect()
}

/// One of each family that is compared with others.
fn is_drawn(work: Work) -> bool {
    match work {
        Work::Features(_) => false,
        Work::Nodes(nodes) => nodes == 100,
        Work::Cores(cores) => cores == 2,
        _ => true,
    }
}

impl Scale {
    fn of(lines: &[Line<'_>]) -> Self {
        let ratios = lines.iter().flat_map(|line| &line.rows);
        let powers = ratios.map(|(_, ratio)| ratio.log10());
        let (first, last) = powers.fold((0.0_f64, 1.0_f64), |(first, last), power| {
            (first.min(power), last.max(power))
        });
        Self {
            first: first.floor() as i32,
            last: last.ceil() as i32,
        }
    }

    fn x(&self, ratio: f64) -> f64 {
        let share = (ratio.log10() - f64::from(self.first)) / f64::from(self.last - self.first);
        LEFT + share * (RIGHT - LEFT)
    }

    fn grid(&self, bottom: f64) -> String {
        let powers = (self.first..=self.last).map(|power| {
            let x = self.x(10_f64.powi(power));
            let class = if power == 0 { "one" } else { "grid" };
            let times = thousands(10_u64.pow(power.unsigned_abs()));
            let label = if power < 0 { format!("1/{times}") } else { times };
            format!(
                "<path class=\"{class}\" d=\"M{x:.1} {TOP}V{bottom}\"/>\n\
                 <text class=\"quiet\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y}\">{label}</text>\n",
                y = bottom + 20.0,
            )
        });
        powers.collect()
    }
}

impl Line<'_> {
    fn draw(&self, scale: &Scale, y: f64) -> String {
        let against =
            yardstick(self.work).map_or_else(String::new, |(_, whose)| format!("to {whose}"));
        let mut svg = text(24.0, y, "", &self.name())
            + &text(150.0, y, "quiet", &against)
            + &format!("<path class=\"grid\" d=\"M{LEFT} {y}H{RIGHT}\"/>\n");
        if let Some(target) = self.target {
            svg += &mark(
                "target",
                scale.x(target),
                y,
                &format!("target: {}", number(target)),
            );
        }
        // The cheapest come last, above the others, and ours above all.
        let mut rows: Vec<_> = self.rows.iter().rev().collect();
        rows.sort_by_key(|(row, _)| row.kind == Kind::Ours);
        for (row, ratio) in rows {
            let title = format!("{}: {}", row.entry.subject, number(*ratio));
            svg += &mark(shape(row.kind), scale.x(*ratio), y, &title);
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
        let best = |is_in: fn(Kind) -> bool| self.rows.iter().find(|(row, _)| is_in(row.kind));
        let ours = best(|kind| kind == Kind::Ours).map(|(_, ratio)| number(*ratio));
        let peer = best(|kind| matches!(kind, Kind::Rust | Kind::Python));
        let peer = peer.map(|(row, ratio)| format!("{} {}", number(*ratio), row.entry.subject));
        text(740.0, y, "strong", &ours.unwrap_or_default())
            + &text(810.0, y, "quiet", &peer.unwrap_or_default())
    }
}

fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Yardstick => "yardstick",
        Kind::Rust => "rust",
        Kind::Python => "python",
    }
}

fn mark(shape: &str, x: f64, y: f64, title: &str) -> String {
    format!("<use href=\"#{shape}\" x=\"{x:.1}\" y=\"{y}\"><title>{title}</title></use>\n")
}

fn text(x: f64, y: f64, class: &str, words: &str) -> String {
    let y = y + 4.0;
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{words}</text>\n")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::of;
    use crate::results::example;

    /// Ratios stand at their places on the scale, ours above the others.
    #[test]
    fn a_line_of_the_chart() {
        let chart = of(&example());
        let (_, drawn) = chart
            .split_once("best other library</text>\n")
            .expect("a legend");
        expect![[r##"
            <path class="one" d="M250.0 100V132"/>
            <text class="quiet" text-anchor="middle" x="250.0" y="152">1</text>
            <path class="grid" d="M485.0 100V132"/>
            <text class="quiet" text-anchor="middle" x="485.0" y="152">10</text>
            <path class="grid" d="M720.0 100V132"/>
            <text class="quiet" text-anchor="middle" x="720.0" y="152">100</text>
            <text class="" x="24" y="120">request</text>
            <text class="quiet" x="150" y="120">to hand</text>
            <path class="grid" d="M250 116H720"/>
            <use href="#target" x="291.4" y="116"><title>target: 1.50</title></use>
            <use href="#rust" x="494.7" y="116"><title>orka: 11.0</title></use>
            <use href="#yardstick" x="250.0" y="116"><title>hand: 1.00</title></use>
            <use href="#ours" x="280.6" y="116"><title>penguiflow: 1.35</title></use>
            <text class="strong" x="740" y="120">1.35</text>
            <text class="quiet" x="810" y="120">11.0 orka</text>
            </svg>
        "##]]
        .assert_eq(drawn);
    }
}
