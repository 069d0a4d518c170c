//! A process with a durable flow is killed, at random moments and at each write of its store in turn, and
//! started again until all is done. They protect the guarantees of `penguiflow-sqlite`: whatever the
//! moment of death, each trace has the outputs that it has in memory, each once; exactly the visits
//! and attempts of memory happen, and few of them twice; what has failed for good goes on once it is given
//! another input; what is cancelled stays so; and the ledger adds up.

mod account;
mod child;
mod crew;
mod failpoints;

mod random;

use tempfile::TempDir;

/// A folder with a store and a file of runs.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn store(&self) -> std::path::PathBuf {
        self.0.path().join("store.db")
    }

    pub(crate) fn runs(&self) -> std::path::PathBuf {
        self.0.path().join("runs")
    }
}
