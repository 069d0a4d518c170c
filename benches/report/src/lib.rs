//! What the benchmarks share to report what they have measured: the machine, samples, tables.

mod machine;
mod samples;
mod table;

use std::path::{Path, PathBuf};

pub use machine::{Machine, rustc};
pub use samples::Samples;
pub use table::table;

/// The folder of the workspace.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
