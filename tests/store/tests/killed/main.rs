//! A process with two durable flows is killed, at random moments and at each write of its store in turn, and
//! started again until all is done. They protect the guarantees of `penguiflow-sqlite`: whatever the
//! moment of death, each trace has the outputs that it has in memory, each once; exactly the visits
//! and attempts of memory happen; of a flow that is stored at each step few of them happen twice, and of one
//! that is stored where it waits, those since the last stored place at most; what was resumed waits no more;
//! what has failed for good goes on once it is given another input; what is cancelled stays so; and the
//! ledgers add up.

mod account;
mod child;
mod crew;
mod failpoints;

mod random;

use tempfile::TempDir;

/// Node runs of a trace that is stored where it waits, from one stored place to the next, at most: three
/// attempts of `flaky`, and all from `admit` to `reef`.
const BETWEEN_PLACES: usize = 12;

/// A folder with a store and the files of runs.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn store(&self) -> std::path::PathBuf {
        self.0.path().join("store.db")
    }

    /// Those of the flow that is stored at each step.
    pub(crate) fn runs(&self) -> std::path::PathBuf {
        self.0.path().join("runs")
    }

    /// Those of the flow that is stored where it waits.
    pub(crate) fn runs_at_awaits(&self) -> std::path::PathBuf {
        self.0.path().join("runs_at_awaits")
    }
}
