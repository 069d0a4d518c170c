//! A throwaway crate in a temporary folder, with the versions of the workspace, and what cargo
//! is asked to do with it.

use std::fs;
use std::process::Command;

use anyhow::Result;
use report::repository;
use tempfile::TempDir;

use crate::cost::{Cost, cost_of, output_of};

/// What a crate with flows depends on.
pub(crate) const FLOWS: &str = concat!(
    "penguiflow = { path = '",
    env!("CARGO_MANIFEST_DIR"),
    "/../../penguiflow' }"
);
/// What a crate without them would depend on.
pub(crate) const PLAIN: &str = "serde = { version = '1', features = ['derive'] }";

/// What would make cargo build otherwise than it does by default.
const OTHERS: [&str; 4] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// A crate with one source file; dropping it removes it.
pub(crate) struct Project {
    folder: TempDir,
    /// Whether cargo compiles incrementally, as it does by default.
    is_incremental: bool,
}

impl Project {
    /// A crate that depends on tokio and on one thing more.
    pub(crate) fn new(dependency: &str, is_incremental: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let manifest = format!(
            "[package]\nname = 'measured'\nedition = '2024'\n[workspace]\n[dependencies]\n\
             tokio = {{ version = '1', default-features = false, features = ['macros', 'rt'] }}\n\
             {dependency}\n"
        );
        fs::write(folder.path().join("Cargo.toml"), manifest)?;
        fs::copy(
            repository().join("Cargo.lock"),
            folder.path().join("Cargo.lock"),
        )?;
        fs::create_dir(folder.path().join("src"))?;
        fs::write(folder.path().join("src/main.rs"), "fn main() {}")?;
        Ok(Self {
            folder,
            is_incremental,
        })
    }

    /// What it costs to run a command of cargo on this source.
    pub(crate) fn cost(&self, command: &str, source: &str) -> Result<Cost> {
        fs::write(self.folder.path().join("src/main.rs"), source)?;
        cost_of(self.cargo(command).arg("--quiet"))
    }

    /// What an optimised build of this source costs.
    pub(crate) fn cost_of_release(&self, source: &str) -> Result<Cost> {
        fs::write(self.folder.path().join("src/main.rs"), source)?;
        cost_of(self.cargo("build").args(["--release", "--quiet"]))
    }

    /// What rustc hands over to LLVM for this source, in a build that is not optimised.
    pub(crate) fn llvm_ir(&self, source: &str) -> Result<String> {
        fs::write(self.folder.path().join("src/main.rs"), source)?;
        let file = self.folder.path().join("measured.ll");
        let emit = format!("--emit=llvm-ir={}", file.display());
        let mut rustc = self.cargo("rustc");
        rustc.args(["--quiet", "--", &emit]);
        output_of(rustc.args(["-Ccodegen-units=1", "-Cno-prepopulate-passes"]))?;
        Ok(fs::read_to_string(file)?)
    }

    /// Forgets all that was built.
    pub(crate) fn clean(&self) -> Result<()> {
        output_of(&mut self.cargo("clean")).map(drop)
    }

    /// How many crates are compiled, itself among them.
    pub(crate) fn crates(&self) -> Result<usize> {
        let mut tree = self.cargo("tree");
        tree.args(["--edges=normal,build", "--prefix=none", "--format={p}"]);
        Ok(distinct(&output_of(&mut tree)?))
    }

    /// Cargo in this crate, whatever this environment sets.
    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args([command, "--offline"])
            .current_dir(self.folder.path());
        for other in OTHERS {
            cargo.env_remove(other);
        }
        cargo.env("CARGO_TARGET_DIR", self.folder.path().join("target"));
        if !self.is_incremental {
            cargo.env("CARGO_INCREMENTAL", "0");
        }
        cargo
    }
}

/// The crates that `cargo tree` prints; those it has shown before end in `(*)`.
fn distinct(tree: &str) -> usize {
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    let mut crates: Vec<_> = crates.filter(|name| !name.is_empty()).collect();
    crates.sort_unstable();
    crates.dedup();
    crates.len()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn a_crate_counts_once_and_each_version_of_it() {
        let tree =
            "measured v0.0.0 (/x)\nsyn v3.0.10\nquote v1.0.47\nsyn v3.0.10 (*)\nsyn v2.0.1\n";
        assert_eq!(distinct(tree), 4);
    }
}
