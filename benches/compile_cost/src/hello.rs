//! Three nodes that say hello, beside three functions on tokio and serde alone.

use anyhow::Result;

use crate::cost::Cost;
use crate::project::{FLOWS, PLAIN, Project};

/// What was measured of a program.
pub(crate) struct Hello {
    pub(crate) name: &'static str,
    pub(crate) crates: usize,
    pub(crate) clean: Vec<Cost>,
    /// After a change to one node: `cargo build`, `cargo check`.
    pub(crate) rebuild: Vec<Cost>,
    pub(crate) recheck: Vec<Cost>,
}

struct Program {
    project: Project,
    source: &'static str,
    hello: Hello,
}

/// Both programs, in turn, so that what else the machine does hits both alike.
pub(crate) fn measure(runs: usize) -> Result<Vec<Hello>> {
    let mut programs = [
        Program::new("penguiflow", FLOWS, include_str!("../programs/hello.rs"))?,
        Program::new(
            "tokio and serde",
            PLAIN,
            include_str!("../programs/plain.rs"),
        )?,
    ];
    for _ in 0..runs {
        programs.iter_mut().try_for_each(Program::build_clean)?;
    }
    for program in &programs {
        program.project.cost("check", program.source)?;
    }
    for run in 1..=runs {
        for program in &mut programs {
            program.change(run)?;
        }
    }
    Ok(programs.map(|program| program.hello).into())
}

impl Program {
    fn new(name: &'static str, dependency: &str, source: &'static str) -> Result<Self> {
        let project = Project::new(dependency, true)?;
        let hello = Hello {
            name,
            crates: project.crates()?,
            clean: Vec::new(),
            rebuild: Vec::new(),
            recheck: Vec::new(),
        };
        Ok(Self {
            project,
            source,
            hello,
        })
    }

    fn build_clean(&mut self) -> Result<()> {
        eprintln!("hello by {}, clean", self.hello.name);
        self.project.clean()?;
        let cost = self.project.cost("build", self.source)?;
        self.hello.clean.push(cost);
        Ok(())
    }

    /// What a node says is another thing in each run.
    fn change(&mut self, run: usize) -> Result<()> {
        eprintln!("hello by {}, changed", self.hello.name);
        let source = self.source.replace("hello, ", &format!("hello {run}, "));
        self.hello
            .rebuild
            .push(self.project.cost("build", &source)?);
        self.hello
            .recheck
            .push(self.project.cost("check", &source)?);
        Ok(())
    }
}
