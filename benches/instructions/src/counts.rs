//! Instructions per message, path by path: those in `counts.txt`, and those of now.

use std::{env, fmt, fs};

use anyhow::{Context, Result};

/// How far a count may be from the committed one, in percent.
const MARGIN: u64 = 3;

/// The same where a trace is one among many: where it stands in the tables depends on keys that are
/// drawn anew in each run.
const MARGIN_AMONG: u64 = 8;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt");

const HEAD: &str = "\
# Instructions per message, as README.md tells. To write them anew:
# cargo run --release -p instructions -- --write";

/// What the counts of one compiler's code were when they were committed.
#[derive(Debug, PartialEq)]
pub(crate) struct Committed {
    pub(crate) compiler: String,
    paths: Vec<(String, u64)>,
}

/// A path's count, beside the committed one.
pub(crate) struct Count {
    pub(crate) path: &'static str,
    pub(crate) committed: Option<u64>,
    pub(crate) now: u64,
}

/// What counts depend on beside the code.
pub(crate) fn compiler() -> Result<String> {
    Ok(format!("{}, {}", report::rustc()?, env::consts::ARCH))
}

impl Committed {
    pub(crate) fn read() -> Result<Self> {
        Self::parse(&fs::read_to_string(FILE)?).context("counts.txt cannot be read")
    }

    fn parse(text: &str) -> Result<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let compiler = lines.next().context("the file names no compiler")?;
        let paths = lines.map(|line| {
            let parts = line.split_once(' ');
            let count = parts.and_then(|(path, count)| Some((path, count.trim().parse().ok()?)));
            let (path, count) = count.with_context(|| format!("no path with its count: {line}"))?;
            Ok((path.to_owned(), count))
        });
        Ok(Self {
            compiler: compiler.to_owned(),
            paths: paths.collect::<Result<_>>()?,
        })
    }

    pub(crate) fn of(&self, path: &str) -> Option<u64> {
        let committed = self.paths.iter().find(|(name, _)| name == path);
        committed.map(|(_, count)| *count)
    }

    /// Those that a new file is written from: none where the file is another compiler's, or
    /// cannot be read, as after a merge.
    pub(crate) fn by(compiler: String) -> Self {
        let committed = Self::read().ok();
        let of_this_one = committed.filter(|committed| committed.compiler == compiler);
        of_this_one.unwrap_or(Self {
            compiler,
            paths: Vec::new(),
        })
    }

    /// These, with what has changed.
    pub(crate) fn with(&self, counts: &[Count]) -> Self {
        let line = |count: &Count| (count.path.to_owned(), count.still().unwrap_or(count.now));
        Self {
            compiler: self.compiler.clone(),
            paths: counts.iter().map(line).collect(),
        }
    }

    pub(crate) fn write(&self) -> Result<()> {
        Ok(fs::write(FILE, self.to_string())?)
    }
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\n{}", self.compiler)?;
        let mut paths = self.paths.iter();
        paths.try_for_each(|(path, count)| writeln!(f, "{path:<24}{count:>10}"))
    }
}

impl Count {
    /// The committed count, if it still holds. One that the path has left far below does not:
    /// the path could take as much again, and nobody would notice.
    pub(crate) fn still(&self) -> Option<u64> {
        let margin = match self.path.contains("_among_") {
            true => MARGIN_AMONG,
            false => MARGIN,
        };
        let is_near = |committed: &u64| self.now.abs_diff(*committed) * 100 <= committed * margin;
        self.committed.filter(is_near)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}{:>10}", self.path, self.now)?;
        let Some(committed) = self.committed else {
            return f.write_str("  new");
        };
        let change = (self.now as f64 / committed as f64 - 1.0) * 100.0;
        write!(f, "{change:>+8.1} % of {committed}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Committed, Count};
    use crate::paths::PATHS;

    fn count(committed: impl Into<Option<u64>>, now: u64) -> Count {
        Count {
            path: "line",
            committed: committed.into(),
            now,
        }
    }

    #[test]
    fn each_path_has_a_committed_count_and_nothing_else_has() {
        let committed = Committed::read().expect("counts.txt can be read");
        let committed = committed.paths.iter().map(|(path, _)| path.as_str());
        assert!(committed.eq(PATHS.iter().map(|path| path.name)));
    }

    /// What is so many times as large takes so many times as much, and hardly more; what one trace
    /// among many costs does not depend on the others.
    #[test]
    fn costs_grow_with_what_there_is_and_no_faster() {
        let committed = Committed::read().expect("counts.txt can be read");
        let of = |path: &str| committed.of(path).expect("it is counted");
        for (small, large, times) in [
            ("failing_race_of_1000", "failing_race_of_8000", 8),
            ("settle_of_1000", "settle_of_8000", 8),
            ("won_race_of_1000", "won_race_of_8000", 8),
            ("maps_in_map_of_30", "maps_in_map_of_120", 16),
            ("resume_among_1000", "resume_among_64000", 1),
            ("cancel_among_1000", "cancel_among_64000", 1),
        ] {
            let (small_count, large_count) = (of(small), of(large));
            let most = small_count * times * 5 / 4;
            assert!(
                large_count <= most,
                "{large}: {large_count} after {small_count}"
            );
        }
    }

    /// Slower is not all that counts: see `still`.
    #[test]
    fn a_count_holds_within_the_margin_on_both_sides() {
        assert_eq!(count(1000, 1030).still(), Some(1000));
        assert_eq!(count(1000, 970).still(), Some(1000));
        assert_eq!(count(1000, 1031).still(), None);
        assert_eq!(count(1000, 969).still(), None);
        assert_eq!(count(None, 1000).still(), None);
    }

    /// So that a change of the file names the paths that have become slower or faster.
    #[test]
    fn what_still_holds_is_not_written_anew() {
        let text = "# told\nrustc 1.0.0, x86_64\nline   1000\n";
        let committed = Committed::parse(text).expect("a file");
        assert_eq!(committed.with(&[count(1000, 1001)]), committed);
        assert_eq!(committed.with(&[count(1000, 900)]).of("line"), Some(900));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let text = "rustc 1.0.0, x86_64\nline   1000\n";
        let committed = Committed::parse(text).expect("a file");
        let again = Committed::parse(&committed.to_string());
        assert_eq!(again.expect("a file"), committed);
    }

    #[test]
    fn counts_of_another_compiler_are_none() {
        let committed = Committed::read().expect("counts.txt can be read");
        assert_eq!(Committed::by(committed.compiler.clone()), committed);
        assert_eq!(
            Committed::by("rustc 1.0.0".to_owned()).of("line_of_3"),
            None
        );
    }
}
