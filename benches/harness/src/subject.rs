//! Who takes part, and the protocol: `list` prints what a program can do, a line of JSON each;
//! `measure SUBJECT WORK FLAVOUR COUNT` prints a figure as a line of JSON. `alternate FLAVOUR
//! TURNS SUBJECT:WORK:COUNT …` measures several in turn, so many times, and prints a line for
//! each in each turn, in the order in which they were named.

use std::env;
use std::io::{Write, stdout};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::{Figure, Flavour, Sample, Work};

/// A line of a program's list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Who.
    pub subject: String,
    /// In which version.
    pub version: String,
    /// Does what.
    pub work: Work,
    /// In which runtime.
    pub flavour: Flavour,
    /// Why it cannot, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cannot: Option<String>,
    /// How it was written, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

const USAGE: &str = "usage: list | measure SUBJECT WORK FLAVOUR COUNT \
                     | alternate FLAVOUR TURNS SUBJECT:WORK:COUNT …";

type Run = Box<dyn Fn(Sample) -> Figure>;

/// A way to do the works.
pub struct Subject {
    id: String,
    version: String,
    entries: Vec<Entry>,
    runs: Vec<(Work, Run)>,
}

impl Subject {
    /// A subject that can do nothing yet.
    pub fn new(id: &str, version: &str) -> Self {
        Self {
            id: id.to_owned(),
            version: version.to_owned(),
            entries: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// It can do this work, in each of its flavours. What measures it runs in a task, as a
    /// server's handler would.
    pub fn can<F>(self, work: Work, measure: impl Fn(Sample) -> F + 'static) -> Self
    where
        F: Future<Output = Figure> + Send + 'static,
    {
        self.runs(work, move |sample| {
            let runtime = sample.runtime();
            let task = runtime.spawn(measure(sample));
            runtime.block_on(task).expect("nothing panics")
        })
    }

    /// It can do this work, but what measures it is not `Send`, and runs in no task.
    pub fn can_without_send<F>(self, work: Work, measure: impl Fn(Sample) -> F + 'static) -> Self
    where
        F: Future<Output = Figure>,
    {
        self.runs(work, move |sample| {
            sample.runtime().block_on(measure(sample))
        })
    }

    fn runs(mut self, work: Work, run: impl Fn(Sample) -> Figure + 'static) -> Self {
        self.runs.push((work, Box::new(run)));
        self.lists(work, None)
    }

    /// It cannot do this work; one sentence says why.
    pub fn cannot(self, work: Work, why: &str) -> Self {
        self.lists(work, Some(why))
    }

    /// How it does this work, named before, where that matters.
    pub fn note(mut self, work: Work, note: &str) -> Self {
        let entries = self.entries.iter_mut();
        for entry in entries.filter(|entry| entry.work == work) {
            entry.note = Some(note.to_owned());
        }
        self
    }

    fn lists(mut self, work: Work, cannot: Option<&str>) -> Self {
        let entries = work.flavours().iter().map(|&flavour| Entry {
            subject: self.id.clone(),
            version: self.version.clone(),
            work,
            flavour,
            cannot: cannot.map(str::to_owned),
            note: None,
        });
        self.entries.extend(entries);
        self
    }
}

/// The version of a package in a `Cargo.lock`.
///
/// # Panics
///
/// If the package is not there.
pub fn version_in(lock: &str, package: &str) -> String {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1).expect("the package is locked");
    version.trim_start_matches("version = ").replace('"', "")
}

/// The program of these subjects.
pub fn main(subjects: impl IntoIterator<Item = Subject>) -> ExitCode {
    let subjects: Vec<_> = subjects.into_iter().collect();
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let lines = match arguments[..] {
        ["list"] => Ok(list(&subjects)),
        ["measure", subject, work, flavour, count] => {
            measure(&subjects, subject, work, flavour, count)
        }
        ["alternate", flavour, turns, ref places @ ..] => {
            alternate(&subjects, flavour, turns, places)
        }
        _ => Err(USAGE.to_owned()),
    };
    match lines.map(|lines| stdout().write_all(lines.as_bytes())) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failed(&error.to_string()),
        Err(error) => failed(&error),
    }
}

fn failed(error: &str) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn list(subjects: &[Subject]) -> String {
    let entries = subjects.iter().flat_map(|subject| &subject.entries);
    entries.map(json_line).collect()
}

fn measure(
    subjects: &[Subject],
    subject: &str,
    work: &str,
    flavour: &str,
    count: &str,
) -> Result<String, String> {
    let flavour = flavour.parse()?;
    // A subject may well have threads of its own.
    let place = Place::of(subjects, [subject, work, count], flavour, true)?;
    Ok(json_line(&place.figure()))
}

/// Each goes first as often as last, so that what it leaves behind hits all alike. What other
/// threads do meanwhile may be the work of the one before.
fn alternate(
    subjects: &[Subject],
    flavour: &str,
    turns: &str,
    places: &[&str],
) -> Result<String, String> {
    let flavour = flavour.parse()?;
    let places = places.iter().map(|place| {
        let words: Vec<_> = place.split(':').collect();
        let words = words.try_into().map_err(|_| USAGE.to_owned())?;
        Place::of(subjects, words, flavour, false)
    });
    let places: Vec<_> = places.collect::<Result<_, _>>()?;
    let turns = (0..number(turns)?).flat_map(|turn| {
        if turn % 2 == 0 {
            return places.iter().map(Place::figure).collect();
        }
        let mut figures: Vec<_> = places.iter().rev().map(Place::figure).collect();
        figures.reverse();
        figures
    });
    Ok(turns.map(|figure| json_line(&figure)).collect())
}

/// Who does which sample.
struct Place<'a> {
    run: &'a Run,
    sample: Sample,
}

impl<'a> Place<'a> {
    fn of(
        subjects: &'a [Subject],
        [subject, work, count]: [&str; 3],
        flavour: Flavour,
        all_threads: bool,
    ) -> Result<Self, String> {
        let id = work;
        let work = id.parse()?;
        let sample = Sample {
            work,
            flavour,
            count: number(count)?,
            clock: Clock::of(work, flavour, all_threads),
        };
        let mut runs = subjects
            .iter()
            .filter(|one| one.id == subject)
            .flat_map(|one| &one.runs);
        let (_, run) = runs
            .find(|(work, _)| *work == sample.work)
            .ok_or_else(|| format!("`{subject}` does not do `{id}`"))?;
        Ok(Self { run, sample })
    }

    fn figure(&self) -> Figure {
        (self.run)(self.sample)
    }
}

fn number(word: &str) -> Result<u64, String> {
    word.parse().map_err(|_| format!("`{word}` is no number"))
}

fn json_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data") + "\n"
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_version_stands_below_its_name() {
        let lock = "[[package]]\nname = \"orka-ng\"\nversion = \"2.0.0\"\n\
                    [[package]]\nname = \"orka\"\nversion = \"0.3.1\"\n";
        assert_eq!(version_in(lock, "orka"), "0.3.1");
    }
}
