//! The node runs of all processes of a test, in a file that outlives them.

use std::collections::hash_map::DefaultHasher;
use std::fs::{File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use penguiflow::Ctx;

/// A file with 8 bytes per node run: the hash of the visit's idempotency key and of the attempt's number.
#[derive(Debug, Clone)]
pub struct Runs {
    file: Arc<File>,
    /// Whether steps fail for good, as on a store, where somebody lets them go on.
    pub(crate) has_reefs: bool,
}

impl Runs {
    /// Opens the file, or makes it.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn open(path: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Self {
            file: Arc::new(file.expect("the file of runs opens")),
            has_reefs: false,
        }
    }

    /// The same, where steps fail for good.
    #[must_use]
    pub fn with_reefs(self) -> Self {
        Self {
            has_reefs: true,
            ..self
        }
    }

    /// Writes that an attempt begins, in one system call, so that a kill leaves all or none of it.
    pub(crate) fn add(&self, ctx: &Ctx) {
        let mut hasher = DefaultHasher::new();
        (ctx.idempotency_key(), ctx.attempt()).hash(&mut hasher);
        let written = (&*self.file).write(&hasher.finish().to_le_bytes());
        assert_eq!(written.expect("a run is written"), 8);
    }

    /// The runs that the file at `path` has, each by its hash, in order of the hashes.
    ///
    /// # Panics
    ///
    /// If it cannot be read.
    pub fn read(path: &Path) -> Vec<u64> {
        let bytes = std::fs::read(path).expect("the file of runs is there");
        let (runs, rest) = bytes.as_chunks();
        assert!(rest.is_empty(), "half a run");
        let mut runs: Vec<_> = runs.iter().copied().map(u64::from_le_bytes).collect();
        runs.sort_unstable();
        runs
    }
}
