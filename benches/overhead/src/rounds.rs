//! The rounds: in each, everybody who does a work does it once, in an order that is shuffled.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use contest::{Entry, Figure, Unit, Work};

use crate::options::Options;
use crate::process::output_within;
use crate::programs::Program;

/// How long a sample may take, with its warm-up.
const LIMIT: Duration = Duration::from_secs(60);

/// How many messages a sample has at the least.
const FEW: u64 = 32;

/// A contestant at a work, and what was measured, round by round.
pub(crate) struct Seat<'a> {
    pub(crate) program: &'a Program,
    pub(crate) entry: Entry,
    pub(crate) figures: Vec<Figure>,
    /// Why it has no more figures.
    pub(crate) failed: Option<String>,
    count: Option<u64>,
}

/// All seats with their figures.
pub(crate) fn hold<'a>(seats: Vec<Seat<'a>>, options: &Options) -> Vec<Seat<'a>> {
    let mut groups: BTreeMap<_, Vec<Seat<'a>>> = BTreeMap::new();
    for seat in seats {
        let group = (family(seat.entry.work), seat.entry.flavour);
        groups.entry(group).or_default().push(seat);
    }
    for round in 1..=options.rounds {
        for ((family, flavour), seats) in &mut groups {
            eprintln!("round {round} of {}: {family}, {flavour}", options.rounds);
            fastrand::shuffle(seats);
            seats.iter_mut().for_each(|seat| seat.measure(options));
        }
    }
    groups.into_values().flatten().collect()
}

/// Works that are compared with each other run side by side.
fn family(work: Work) -> String {
    let id = work.to_string();
    id.split('_').next().unwrap_or_default().to_owned()
}

impl<'a> Seat<'a> {
    pub(crate) fn new(program: &'a Program, entry: Entry) -> Self {
        let count = entry.work.fixed_count();
        Self {
            program,
            entry,
            figures: Vec::new(),
            failed: None,
            count,
        }
    }

    /// Once more, unless it has failed before.
    fn measure(&mut self, options: &Options) {
        if self.failed.is_some() {
            return;
        }
        match self.figure(options.sample) {
            Ok(figure) => self.figures.push(figure),
            Err(error) => self.failed = Some(format!("{error:#}")),
        }
    }

    fn figure(&mut self, length: Duration) -> Result<Figure> {
        let count = match self.count {
            Some(count) => count,
            None => *self.count.insert(self.calibrated(length)?),
        };
        self.sample(count)
    }

    /// How many messages take so long: the first few are slow, so they tell only how many may
    /// be tried next.
    fn calibrated(&self, length: Duration) -> Result<u64> {
        let few = self.sample(FEW)?;
        let more = self.sample(fitting(&few, self.entry.work, length))?;
        Ok(fitting(&more, self.entry.work, length))
    }

    fn sample(&self, count: u64) -> Result<Figure> {
        let Entry {
            contestant,
            work,
            flavour,
            ..
        } = &self.entry;
        let mut command = self.program.command();
        command.args(["measure", contestant, &work.to_string()]);
        command.args([flavour.to_string(), count.to_string()]);
        let line = output_within(&mut command, LIMIT)?;
        Ok(serde_json::from_str(&line)?)
    }
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

    use contest::{Figure, Unit, Work};

    use super::fitting;

    #[test]
    fn a_sample_has_as_many_messages_as_fit_into_its_time() {
        let check = |work: Work, value, count| {
            let figure = Figure {
                unit: work.unit(),
                value,
                p50: None,
                p99: None,
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
