//! What is asked for.

use std::time::Duration;

use anyhow::{Result, ensure};
use harness::Work;
use lexopt::{Arg, Parser, ValueExt};

use crate::targets::{OURS, yardstick};

pub(crate) const USAGE: &str = "\
Measures what flows cost to run, beside what one would write by hand and beside other libraries.

Usage: cargo run --release -p overhead -- [OPTIONS]

  --quick              ours beside what one would write by hand, and the targets, while one works
                       on the engine: short samples, 3 rounds, no peers; some seconds a work
  --works a,b          these works alone: `request`, or `nodes` for all that begin so
  --subjects a,b    these subjects alone, and the yardsticks of the works
  --rounds N           how often each is measured [default: 5]
  --no-peers           without other libraries
  --write              also writes docs/overhead.md, .json and .svg
  -h, --help           this text";

pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) peers: bool,
    pub(crate) write: bool,
    /// Whether a table of the targets is enough.
    pub(crate) quick: bool,
    /// How long a sample takes, about.
    pub(crate) sample: Duration,
    works: Option<Vec<String>>,
    subjects: Option<Vec<String>>,
}

impl Options {
    /// From the command line; `None` if the usage is asked for.
    pub(crate) fn read() -> Result<Option<Self>> {
        let mut options = Self::default();
        let mut arguments = Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("quick") => options.be_quick(),
                Arg::Long("works") => options.works = Some(list(&mut arguments)?),
                Arg::Long("subjects") => options.subjects = Some(list(&mut arguments)?),
                Arg::Long("rounds") => options.rounds = arguments.value()?.parse()?,
                Arg::Long("no-peers") => options.peers = false,
                Arg::Long("write") => options.write = true,
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                other => return Err(other.unexpected().into()),
            }
        }
        ensure!(options.rounds > 0, "--rounds takes 1 or more");
        options.check_works()?;
        Ok(Some(options))
    }

    fn be_quick(&mut self) {
        self.quick = true;
        self.rounds = 3;
        self.peers = false;
        self.sample = Duration::from_millis(100);
        self.subjects = Some(vec![OURS.to_owned()]);
    }

    fn check_works(&self) -> Result<()> {
        let all = Work::ALL.map(|work| work.to_string());
        for chosen in self.works.iter().flatten() {
            let exists = all.iter().any(|work| is_of(work, chosen));
            ensure!(
                exists,
                "there is no work `{chosen}`; there are {}",
                all.join(", ")
            );
        }
        Ok(())
    }

    /// Whether a peer of this name takes part.
    pub(crate) fn wants_peer(&self, name: &str) -> bool {
        self.peers && self.wants_subject(name)
    }

    /// Whether this subject is to do this work.
    pub(crate) fn wants(&self, work: Work, subject: &str) -> bool {
        let is_measured_by_it = |&one: &Work| {
            let by = yardstick(one);
            self.wants_work(one) && by == Some((work, subject))
        };
        self.wants_work(work) && self.wants_subject(subject)
            || Work::ALL.iter().any(is_measured_by_it)
    }

    fn wants_work(&self, work: Work) -> bool {
        let id = work.to_string();
        let chosen = |works: &Vec<String>| works.iter().any(|chosen| is_of(&id, chosen));
        self.works.as_ref().is_none_or(chosen)
    }

    fn wants_subject(&self, name: &str) -> bool {
        let chosen = |all: &Vec<String>| all.iter().any(|chosen| chosen == name);
        self.subjects.as_ref().is_none_or(chosen)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 5,
            peers: true,
            write: false,
            quick: false,
            sample: Duration::from_millis(200),
            works: None,
            subjects: None,
        }
    }
}

fn list(arguments: &mut Parser) -> Result<Vec<String>> {
    let list = arguments.value()?.string()?;
    Ok(list.split(',').map(|word| word.trim().to_owned()).collect())
}

/// `nodes_3` is of `nodes` and of `nodes_3`.
fn is_of(work: &str, chosen: &str) -> bool {
    let rest = work.strip_prefix(chosen);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use harness::{Feature, Flavour, Work};

    use super::Options;

    fn chosen(works: &str, subjects: &str) -> Options {
        let list = |words: &str| Some(words.split(',').map(str::to_owned).collect());
        Options {
            works: list(works),
            subjects: list(subjects),
            ..Options::default()
        }
    }

    #[test]
    fn a_prefix_chooses_a_family_of_works() {
        let options = chosen("nodes,line", "penguiflow");
        assert!(options.wants(Work::Nodes(30), "penguiflow"));
        assert!(options.wants(Work::Line, "penguiflow"));
        assert!(!options.wants(Work::Request, "penguiflow"));
        assert!(chosen("lin", "penguiflow").check_works().is_err());
    }

    /// Without its yardstick, a figure would have no ratio.
    #[test]
    fn yardsticks_always_take_part() {
        let options = chosen("line", "orka");
        assert!(options.wants(Work::Line, "channels"));
        assert!(!options.wants(Work::Line, "tasks"));
        let options = chosen("features_quiet", "penguiflow");
        assert!(options.wants(Work::Features(Feature::None), "penguiflow"));
        assert!(!options.wants(Work::Features(Feature::Policy), "penguiflow"));
        assert_eq!(Work::Cores(1).flavours(), [Flavour::Multi]);
    }
}
