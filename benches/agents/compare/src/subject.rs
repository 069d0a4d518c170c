//! A program with the agent: it is built or installed, and asked by its command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use report::repository;

/// A program with the agent, in one library.
pub(crate) struct Subject {
    name: &'static str,
    command: Vec<PathBuf>,
    /// The file with the agent alone.
    agent: PathBuf,
    runs: &'static str,
}

impl Subject {
    /// A package of this workspace.
    pub(crate) fn rust(folder: &'static str) -> Result<Self> {
        let here = here();
        let package = format!("agent-{folder}");
        let mut build = Command::new(env!("CARGO"));
        run(build
            .args(["build", "--release", "-p", &package])
            .current_dir(&here))?;
        let program = target(&here).join("release").join(package);
        Ok(Self {
            name: if folder == "ours" {
                "PenguiFlow"
            } else {
                folder
            },
            command: vec![program],
            agent: here.join(folder).join("src/agent.rs"),
            runs: "2000",
        })
    }

    /// The program in Python, in an environment of its own.
    pub(crate) fn langgraph() -> Result<Self> {
        let folder = here().join("langgraph");
        let environment = target(&here()).join("langgraph");
        let python = environment.join("bin/python");
        if !python.exists() {
            let system = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
            run(Command::new(system).args(["-m", "venv"]).arg(&environment))?;
        }
        let mut install = Command::new(&python);
        let install = install.args(["-m", "pip", "install", "--quiet", "-r"]);
        run(install.arg(folder.join("requirements.txt")))?;
        Ok(Self {
            name: "LangGraph",
            command: vec![python, folder.join("main.py")],
            agent: folder.join("agent.py"),
            runs: "50",
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The CPU time of a turn in nanoseconds.
    pub(crate) fn measure(&self) -> Result<f64> {
        Ok(self.ask(&["measure", self.runs])?.parse()?)
    }

    pub(crate) fn version(&self) -> Result<String> {
        Ok(format!("{} {}", self.name, self.ask(&["version"])?))
    }

    /// The lines of the agent, without blank ones and comments.
    pub(crate) fn lines(&self) -> Result<usize> {
        let text = fs::read_to_string(&self.agent)?;
        let is_code = |line: &&str| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with("//!") && !line.starts_with("\"\"\"The agent")
        };
        Ok(text.lines().filter(is_code).count())
    }

    /// What the program prints.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.command[0]);
        let output = run(command.args(&self.command[1..]).args(arguments))?;
        serde_json::from_str(output.trim()).context(output)
    }
}

fn here() -> PathBuf {
    repository().join("benches/agents")
}

fn target(here: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => folder.into(),
        None => here.join("target"),
    }
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}\n{complaint}");
    Ok(String::from_utf8(output.stdout)?)
}
