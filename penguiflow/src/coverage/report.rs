//! What is covered of some flows, and what is not; and the files that carry it between processes.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs, io};

use super::flow_key::FlowKey;

/// What traces have done of what their flows can do, by flow: edges, arms of `match`, fallbacks,
/// retries and expiries. Its [`Display`](fmt::Display) is a summary that names what is missing. Flows of
/// the same name are kept apart, and named with their nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageReport {
    /// By flow and item, whether it is covered.
    flows: BTreeMap<FlowKey, BTreeMap<String, bool>>,
}

impl CoverageReport {
    /// Reads all that test binaries have written into a folder, and adds it up.
    ///
    /// ```no_run
    /// use penguiflow::testing::CoverageReport;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let report = CoverageReport::read("target/coverage")?;
    /// println!("{report}");
    /// report.assert_complete();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the file system, and of kind `InvalidData` for a file that is not such a record.
    pub fn read(folder: impl AsRef<Path>) -> io::Result<Self> {
        let mut report = Self::default();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == EXTENSION)
            {
                report.add_text(&fs::read_to_string(&path)?, &path)?;
            }
        }
        Ok(report)
    }

    fn add_text(&mut self, text: &str, path: &Path) -> io::Result<()> {
        for line in text.lines() {
            let mut fields = line.splitn(3, '\t');
            let fields = [fields.next(), fields.next(), fields.next()];
            let [Some(mark), Some(flow), Some(item)] = fields else {
                let problem = format!("{}: no record of coverage: {line}", path.display());
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            };
            self.add(&FlowKey::read(flow), item, mark == COVERED);
        }
        Ok(())
    }

    /// Adds an item, and returns whether that is new.
    pub(super) fn add(&mut self, flow: &FlowKey, item: &str, is_covered: bool) -> bool {
        let items = self.flows.entry(flow.clone()).or_default();
        match items.get_mut(item) {
            Some(known) => is_covered && !std::mem::replace(known, true),
            None => items.insert(item.to_owned(), is_covered).is_none(),
        }
    }

    /// The part that is about these flows.
    pub(super) fn of(&self, flows: &[FlowKey]) -> Self {
        let of = |flow: &FlowKey| Some((flow.clone(), self.flows.get(flow)?.clone()));
        Self {
            flows: flows.iter().filter_map(of).collect(),
        }
    }

    /// How many items there are.
    pub fn total(&self) -> usize {
        self.flows.values().map(BTreeMap::len).sum()
    }

    /// How many of them are covered.
    pub fn covered(&self) -> usize {
        self.total() - self.missing().len()
    }

    /// The items that are not covered, each after its flow: `Support: edge triage -> retrieve`.
    pub fn missing(&self) -> Vec<String> {
        let of = |(flow, items): (&FlowKey, &BTreeMap<String, bool>)| {
            let flow = flow.title(self.flows.keys());
            let missing = items.iter().filter(|(_, is_covered)| !**is_covered);
            let named = missing.map(|(item, _)| format!("{flow}: {item}"));
            named.collect::<Vec<_>>()
        };
        self.flows.iter().flat_map(of).collect()
    }

    /// Checks that all items are covered.
    ///
    /// # Panics
    ///
    /// If some are not. The message lists them.
    #[track_caller]
    pub fn assert_complete(&self) {
        let missing = self.missing();
        assert!(
            missing.is_empty(),
            "not covered:\n  {}",
            missing.join("\n  ")
        );
    }
}

impl fmt::Display for CoverageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (flow, items) in &self.flows {
            let covered = items.values().filter(|is_covered| **is_covered).count();
            let flow = flow.title(self.flows.keys());
            writeln!(f, "{flow}: {covered} of {}", items.len())?;
            for (item, is_covered) in items {
                if !is_covered {
                    writeln!(f, "  missing: {item}")?;
                }
            }
        }
        write!(f, "covered: {} of {}", self.covered(), self.total())
    }
}

/// What the names of the files end with.
pub(super) const EXTENSION: &str = "coverage";
/// The mark of a line whose item is covered.
const COVERED: &str = "covered";
const KNOWN: &str = "known";

/// An item as a line of a file.
pub(super) fn line(flow: &FlowKey, item: &str, is_covered: bool) -> String {
    let mark = if is_covered { COVERED } else { KNOWN };
    // No name has a tab or a line's end in it, but a pattern may be written over several lines.
    let item = item.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{mark}\t{flow}\t{item}\n")
}
