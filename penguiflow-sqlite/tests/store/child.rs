//! This test binary as another process, which runs one of its tests and may be killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use penguiflow::TraceId;

const STORE: &str = "PENGUIFLOW_TEST_STORE";

/// The store that this process is a child for; `None` where the test runs as any other.
pub(crate) fn store() -> Option<PathBuf> {
    std::env::var_os(STORE).map(PathBuf::from)
}

/// A process that runs the test `name` alone, with the store at `path`.
pub(crate) fn command(name: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(STORE, path)
        .stdout(Stdio::piped());
    command
}

/// What a child says that it knows to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acknowledged {
    pub(crate) id: TraceId,
    /// The revision that the trace has at least.
    pub(crate) revision: i64,
}

impl Acknowledged {
    pub(crate) fn say(self) {
        println!("acknowledged {} {}", self.id, self.revision);
    }

    fn read(line: &str) -> Option<Self> {
        // What the test's own runner prints may be on the same line.
        let (_, line) = line.split_once("acknowledged ")?;
        let (id, revision) = line.split_once(' ')?;
        Some(Self {
            id: id.parse().expect("an id"),
            revision: revision.parse().expect("a revision"),
        })
    }
}

/// What a child says until `enough` was said, when it is killed, or until it ends.
pub(crate) fn listen(child: &mut Child, enough: usize) -> Vec<Acknowledged> {
    let said = BufReader::new(child.stdout.take().expect("its output"));
    let mut all = Vec::new();
    for line in said.lines() {
        all.extend(Acknowledged::read(&line.expect("a line")));
        if all.len() == enough {
            child.kill().expect("it is killed");
        }
    }
    all
}
