//! What was measured, as it is written to JSON.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use harness::{Entry, Figure, Flavour, Unit, Work};
use report::{Machine, Samples, repository};
use serde::Serialize;

use crate::process::output_within;
use crate::programs::Kind;
use crate::slot::Slot;
use crate::targets::{Verdict, verdicts, yardstick};

/// All that the tables, the chart and the page show.
#[derive(Debug, Serialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    pub(crate) commit: String,
    pub(crate) rounds: usize,
    pub(crate) targets: Vec<Verdict>,
    pub(crate) rows: Vec<Row>,
    pub(crate) absent: Vec<Absent>,
}

/// A subject at a work.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) entry: Entry,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    pub(crate) value: Spread,
    /// To the yardstick's figure in the same round; of rates, the inverse.
    pub(crate) ratio: Option<Spread>,
}

/// The median and the quartiles of some rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// What was not measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Absent {
    pub(crate) subject: String,
    /// All of them, if none is named.
    pub(crate) work: Option<Work>,
    pub(crate) why: String,
}

/// Who, at which work, in which runtime.
pub(crate) type Place<'a> = (&'a str, Work, Flavour);

/// The values of each turn of each round.
#[derive(Default)]
pub(crate) struct Figures<'a>(BTreeMap<Place<'a>, Vec<Vec<f64>>>);

impl Results {
    pub(crate) fn of(slots: &[Slot<'_>], absent: Vec<Absent>, rounds: usize) -> Result<Self> {
        let figures = Figures::of(slots);
        let failed = slots.iter().filter_map(|slot| {
            let why = slot.failed.as_ref()?;
            Some(Absent::entry(&slot.entry, why))
        });
        let mut rows: Vec<_> = slots.iter().filter_map(|slot| figures.row(slot)).collect();
        rows.sort_by(Row::in_order);
        Ok(Self {
            machine: Machine::here()?,
            commit: commit(),
            rounds,
            targets: verdicts(&figures)?,
            rows,
            absent: absent.into_iter().chain(failed).collect(),
        })
    }

    pub(crate) fn row(&self, subject: &str, work: Work, flavour: Flavour) -> Option<&Row> {
        let is_it = |row: &&Row| row.entry.subject == subject && row.is_at(work, flavour);
        self.rows.iter().find(is_it)
    }
}

/// Which commit was measured, and whether something was changed since.
fn commit() -> String {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty"])
        .current_dir(repository());
    let commit = output_within(&mut git, Duration::from_secs(10));
    commit.map_or("unknown".to_owned(), |commit| commit.trim().to_owned())
}

impl Row {
    pub(crate) fn is_at(&self, work: Work, flavour: Flavour) -> bool {
        (self.entry.work, self.entry.flavour) == (work, flavour)
    }

    pub(crate) fn is_peer(&self) -> bool {
        matches!(self.kind, Kind::Rust | Kind::Python)
    }

    /// Whether this is another library, which costs less than ours at the same work.
    pub(crate) fn beats(&self, ours: &Self) -> bool {
        self.is_peer() && self.cost() < ours.cost()
    }

    fn cost(&self) -> f64 {
        self.ratio.map_or(self.value.median, |ratio| ratio.median)
    }

    /// By work and runtime, and the cheapest first.
    fn in_order(&self, other: &Self) -> Ordering {
        let place = |row: &Self| (row.entry.work, row.entry.flavour);
        let by_place = place(self).cmp(&place(other));
        by_place.then(self.cost().total_cmp(&other.cost()))
    }
}

impl<'a> Figures<'a> {
    fn of(slots: &'a [Slot<'_>]) -> Self {
        let measured = slots.iter().filter(|slot| !slot.rounds.is_empty());
        let figures = measured.map(|slot| {
            let values = |round: &Vec<Figure>| round.iter().map(|figure| figure.value).collect();
            (place(&slot.entry), slot.rounds.iter().map(values).collect())
        });
        Self(figures.collect())
    }

    fn row(&self, slot: &Slot<'_>) -> Option<Row> {
        let entry = &slot.entry;
        let yardstick = yardstick(entry.work).map(|(work, whose)| (whose, work, entry.flavour));
        let unit = slot.figures().next()?.unit;
        Some(Row {
            entry: entry.clone(),
            kind: slot.kind(),
            unit,
            value: self.spread(place(entry))?,
            ratio: yardstick.and_then(|yardstick| self.ratio(place(entry), yardstick)),
        })
    }

    /// What was measured of one.
    pub(crate) fn spread(&self, one: Place<'_>) -> Option<Spread> {
        Some(Spread::of(self.0.get(&one)?.iter().flatten().copied()))
    }

    /// What one costs, as a ratio to what another one has cost in the same turn.
    pub(crate) fn ratio(&self, one: Place<'_>, other: Place<'_>) -> Option<Spread> {
        let (ones, others) = (self.0.get(&one)?, self.0.get(&other)?);
        let pairs = ones.iter().zip(others);
        let pairs = pairs.flat_map(|(one, other)| in_turn(one, other));
        Some(Spread::of(pairs.map(|(value, base)| match one.1.unit() {
            Unit::PerSecond => base / value,
            _ => value / base,
        })))
    }
}

/// The figures of a round turn by turn; if one has taken no turns, its figure and the median.
fn in_turn(one: &[f64], other: &[f64]) -> Vec<(f64, f64)> {
    if one.len() == other.len() {
        return one.iter().copied().zip(other.iter().copied()).collect();
    }
    let median = |values: &[f64]| Samples::of(values.iter().copied()).median();
    vec![(median(one), median(other))]
}

fn place(entry: &Entry) -> Place<'_> {
    (&entry.subject, entry.work, entry.flavour)
}

impl Spread {
    /// Of at least one figure.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let samples = Samples::of(figures);
        Self {
            median: samples.median(),
            low: samples.quantile(0.25),
            high: samples.quantile(0.75),
        }
    }
}

impl Absent {
    /// A program that does not build, install or answer.
    pub(crate) fn program(name: &str, error: &anyhow::Error) -> Self {
        Self {
            subject: name.to_owned(),
            work: None,
            why: format!("{error:#}"),
        }
    }

    pub(crate) fn entry(entry: &Entry, why: &str) -> Self {
        Self {
            subject: entry.subject.clone(),
            work: Some(entry.work),
            why: why.to_owned(),
        }
    }
}

/// A few figures, for tests of what is made of them.
#[cfg(test)]
pub(crate) fn example() -> Results {
    use crate::programs::Program;

    let programs = [
        ("hand", Kind::Yardstick, [70.0, 80.0]),
        ("penguiflow", Kind::Ours, [98.0, 104.0]),
        ("orka", Kind::Rust, [700.0, 960.0]),
    ];
    let programs = programs.map(|(name, kind, values)| (Program::of(name, kind, vec![]), values));
    let slots = programs.iter().map(|(program, values)| {
        let entry = Entry {
            subject: program.name.clone(),
            version: "1.0.0".to_owned(),
            work: Work::Request,
            flavour: Flavour::Current,
            cannot: None,
            note: Some("as its docs have it".to_owned()),
        };
        let mut slot = Slot::new(program, entry);
        slot.rounds = values
            .map(|value| {
                vec![Figure {
                    unit: Unit::Nanoseconds,
                    value,
                }]
            })
            .into();
        slot
    });
    let slots: Vec<_> = slots.collect();
    let absent = Absent::entry(&slots[2].entry, "no reason");
    let mut results = Results::of(&slots, vec![absent], 2).expect("the machine is known");
    results.commit = "1234567".to_owned();
    results.machine = Machine {
        cpu: "Penguin 9000".to_owned(),
        cores: 2,
        memory: Some(8),
        kernel: None,
        rustc: "rustc 1.95.0".to_owned(),
    };
    results
}

#[cfg(test)]
mod tests {
    use harness::{Flavour, Work};

    use super::{Figures, Spread, in_turn};

    fn figures(work: Work, ours: [f64; 3], theirs: [f64; 3]) -> Option<Spread> {
        let place = |name| (name, work, Flavour::Multi);
        let rounds = |values: [f64; 3]| values.map(|value| vec![value]).into();
        let all = [(place("a"), rounds(ours)), (place("b"), rounds(theirs))];
        Figures(all.into()).ratio(place("a"), place("b"))
    }

    /// A round that is slow for both does not count.
    #[test]
    fn a_ratio_is_taken_round_by_round() {
        let ratio = figures(Work::Line, [2.0, 30.0, 8.0], [1.0, 10.0, 2.0]);
        let wanted = Spread {
            median: 3.0,
            low: 2.5,
            high: 3.5,
        };
        assert_eq!(ratio, Some(wanted));
    }

    /// One process has taken turns, another one has measured once.
    #[test]
    fn turns_are_paired_with_turns() {
        assert_eq!(in_turn(&[1.0, 2.0], &[3.0, 4.0]), [(1.0, 3.0), (2.0, 4.0)]);
        assert_eq!(in_turn(&[9.0], &[3.0, 5.0, 4.0]), [(9.0, 4.0)]);
    }

    /// More messages per second cost less.
    #[test]
    fn the_ratio_of_rates_is_one_of_costs() {
        let ratio = figures(Work::Cores(2), [50.0; 3], [100.0; 3]);
        assert_eq!(ratio.map(|ratio| ratio.median), Some(2.0));
    }

    #[test]
    fn what_was_not_measured_has_no_ratio() {
        let place = ("a", Work::Line, Flavour::Multi);
        assert_eq!(Figures::default().ratio(place, place), None);
    }
}
