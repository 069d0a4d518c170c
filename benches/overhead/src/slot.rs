//! A subject at a work: how its program is asked, and what it has answered.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use harness::{Entry, Figure, Unit, Work};

use crate::process::output_within;
use crate::programs::{Kind, Program};
use crate::targets::OURS;

/// How long a process may measure, with its warm-up.
const LIMIT: Duration = Duration::from_secs(60);

/// How many messages a sample has at the least.
const FEW: u64 = 32;

/// How often those of one program take turns.
const TURNS: u32 = 9;

/// A subject at a work, and what was measured.
pub(crate) struct Slot<'a> {
    pub(crate) program: &'a Program,
    pub(crate) entry: Entry,
    /// Round by round: a figure, or one for each turn.
    pub(crate) rounds: Vec<Vec<Figure>>,
    /// Why it has no more figures.
    pub(crate) failed: Option<String>,
    count: Option<u64>,
}

impl<'a> Slot<'a> {
    pub(crate) fn new(program: &'a Program, entry: Entry) -> Self {
        let count = entry.work.fixed_count();
        Self {
            program,
            entry,
            rounds: Vec::new(),
            failed: None,
            count,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.program.kind {
            Kind::Ours if self.entry.subject != OURS => Kind::Yardstick,
            kind => kind,
        }
    }

    /// All figures of all rounds.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.rounds.iter().flatten()
    }

    /// Whether it is measured in turn with others: the program of our own knows how to.
    pub(crate) fn takes_turns(&self) -> bool {
        self.program.kind == Kind::Ours && !self.entry.work.needs_own_process()
    }

    /// Whether it has not failed, and it is known how many messages take so long.
    pub(crate) fn is_ready(&mut self, length: Duration) -> bool {
        if self.failed.is_none() && self.count.is_none() {
            match self.calibrated(length) {
                Ok(count) => self.count = Some(count),
                Err(error) => self.failed = Some(format!("{error:#}")),
            }
        }
        self.failed.is_none()
    }

    /// The first few messages are slow, so they only bound how many may be tried next.
    fn calibrated(&self, length: Duration) -> Result<u64> {
        let length = match self.takes_turns() {
            true => length / TURNS,
            false => length,
        };
        let few = self.figure(FEW)?;
        let more = self.figure(fitting(&few, self.entry.work, length))?;
        Ok(fitting(&more, self.entry.work, length))
    }

    /// On that many messages.
    fn figure(&self, count: u64) -> Result<Figure> {
        let Entry {
            subject,
            work,
            flavour,
            ..
        } = &self.entry;
        let mut command = self.program.command();
        command.args(["measure", subject, &work.to_string()]);
        command.args([flavour.to_string(), count.to_string()]);
        let line = output_within(&mut command, LIMIT)?;
        Ok(serde_json::from_str(&line)?)
    }

    fn place(&self) -> String {
        let (entry, count) = (&self.entry, self.count.unwrap_or(FEW));
        format!("{}:{}:{count}", entry.subject, entry.work)
    }
}

/// A round of these slots, which are one, or take turns in one program and runtime: the figures
/// of each.
pub(crate) fn figures(slots: &[&mut Slot<'_>]) -> Result<Vec<Vec<Figure>>> {
    match slots {
        [] => Ok(Vec::new()),
        [slot] if !slot.takes_turns() => Ok(vec![vec![slot.figure(slot.count.unwrap_or(FEW))?]]),
        [first, ..] => in_turn(first, slots),
    }
}

fn in_turn(first: &Slot<'_>, slots: &[&mut Slot<'_>]) -> Result<Vec<Vec<Figure>>> {
    let mut command = first.program.command();
    command.args(["alternate", &first.entry.flavour.to_string()]);
    command.arg(TURNS.to_string());
    command.args(slots.iter().map(|slot| slot.place()));
    let lines = output_within(&mut command, LIMIT)?;
    let lines = lines.lines().map(serde_json::from_str);
    let figures: Vec<Figure> = lines.collect::<Result<_, _>>().context("no figure")?;
    ensure!(
        figures.len() == slots.len() * TURNS as usize,
        "there is not a figure for each turn"
    );
    let of = |place| figures.iter().skip(place).step_by(slots.len());
    Ok((0..slots.len())
        .map(|place| of(place).copied().collect())
        .collect())
}

/// How many messages take so long, by a figure.
fn fitting(figure: &Figure, work: Work, length: Duration) -> u64 {
    let seconds = match figure.unit {
        Unit::PerSecond => figure.value.recip(),
        _ => figure.value * work.parts() as f64 / 1e9,
    };
    ((length.as_secs_f64() / seconds) as u64).max(FEW)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use harness::{Figure, Unit, Work};

    use super::fitting;

    #[test]
    fn a_sample_has_as_many_messages_as_fit_into_its_time() {
        let check = |work: Work, value, count| {
            let figure = Figure {
                unit: work.unit(),
                value,
            };
            assert_eq!(fitting(&figure, work, Duration::from_millis(200)), count);
        };
        check(Work::Request, 100.0, 2_000_000);
        check(Work::Map, 100.0, 2_000);
        check(Work::Cores(2), 50_000.0, 10_000);
        check(Work::Request, 1e9, 32);
        assert_eq!(Work::Cores(2).unit(), Unit::PerSecond);
    }
}
