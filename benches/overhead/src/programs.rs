//! The programs that take part: our own, one for each folder with a program in `peers`, and one
//! for each in `peers/python`. One that cannot be built does not hold up the others.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result};
use report::repository;
use serde::{Deserialize, Serialize};

use crate::options::Options;
use crate::process::output_within;
use crate::results::Absent;

/// How long a build or an installation may take.
const LIMIT: Duration = Duration::from_secs(1_800);

/// Where a subject comes from; a program of our own has the yardsticks, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ours,
    Yardstick,
    Rust,
    Python,
}

/// A program that speaks the protocol.
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    words: Vec<OsString>,
}

pub(crate) struct Programs {
    pub(crate) built: Vec<Program>,
    pub(crate) missing: Vec<Absent>,
    /// Cargo's folder for what it builds.
    pub(crate) target: PathBuf,
}

impl Program {
    pub(crate) fn of(name: &str, kind: Kind, words: Vec<OsString>) -> Self {
        let name = name.to_owned();
        Self { name, kind, words }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        command
    }
}

/// All that are wanted.
pub(crate) fn build(options: &Options) -> Result<Programs> {
    let own = executables(&repository(), "overhead", &[])?;
    let release = own.first().and_then(|path| path.parent());
    let target = release.and_then(Path::parent);
    let target = target.context("cargo has built nothing")?.to_owned();
    let peers = peers(options, &target)?;
    let mut programs = Programs {
        built: own.iter().filter_map(|path| own_program(path)).collect(),
        missing: Vec::new(),
        target,
    };
    for (name, peer) in peers {
        match peer {
            Ok(program) => programs.built.push(program),
            Err(error) => programs.missing.push(Absent::program(&name, &error)),
        }
    }
    Ok(programs)
}

/// The library and the yardsticks are subjects of one program.
fn own_program(path: &Path) -> Option<Program> {
    let name = path.file_stem()?.to_str()?;
    (name == "own-subjects").then(|| Program::of(name, Kind::Ours, vec![path.into()]))
}

type Peer = (String, Result<Program>);

fn peers(options: &Options, target: &Path) -> Result<Vec<Peer>> {
    let folder = repository().join("benches/peers");
    let rust = folders_with(&folder, "src/main.rs")?.into_iter();
    let rust = rust.filter(|name| options.wants_peer(name)).map(|name| {
        let peer = rust_peer(&folder, &name, &target.join("peers"));
        (name, peer)
    });
    let python = folders_with(&folder.join("python"), "subject.py")?.into_iter();
    let python = python.filter(|name| options.wants_peer(name)).map(|name| {
        let peer = python_peer(&folder.join("python").join(&name), &name, target);
        (name, peer)
    });
    Ok(rust.chain(python).collect())
}

/// The names of the folders in this one that have such a file.
fn folders_with(folder: &Path, file: &str) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().join(file).exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn rust_peer(folder: &Path, name: &str, target: &Path) -> Result<Program> {
    // One of them says that it needs a newer compiler than it does.
    let options = [
        "--ignore-rust-version".as_ref(),
        "--target-dir".as_ref(),
        target.as_os_str(),
    ];
    let paths = executables(folder, &format!("peer-{name}"), &options)?;
    let path = paths.first().context("it has no program")?;
    Ok(Program::of(name, Kind::Rust, vec![path.into()]))
}

/// Builds a package; the programs in it.
fn executables(folder: &Path, package: &str, options: &[&OsStr]) -> Result<Vec<PathBuf>> {
    eprintln!("building {package}");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--bins", "--package", package]);
    cargo.arg("--message-format=json-render-diagnostics");
    let messages = output_within(cargo.args(options).current_dir(folder), LIMIT)?;
    Ok(messages.lines().filter_map(executable).collect())
}

/// The program that a message of cargo names.
fn executable(message: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Artifact {
        executable: Option<PathBuf>,
    }
    let artifact: Artifact = serde_json::from_str(message).ok()?;
    artifact.executable
}

/// Installs what a program in Python needs, if that has changed.
fn python_peer(folder: &Path, name: &str, target: &Path) -> Result<Program> {
    let environment = target.join("python").join(name);
    let (needs, installed) = (
        folder.join("requirements.txt"),
        environment.join("installed"),
    );
    let python = environment.join("bin/python");
    if fs::read(&needs)? != fs::read(&installed).unwrap_or_default() {
        eprintln!("installing {name}");
        let mut make = Command::new(newest_python()?);
        output_within(
            make.args(["-m", "venv", "--clear"]).arg(&environment),
            LIMIT,
        )
        .context("no virtual environment could be made")?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--requirement"]);
        output_within(pip.arg(&needs), LIMIT)?;
        fs::copy(&needs, &installed)?;
    }
    let words = vec![python.into(), folder.join("subject.py").into()];
    Ok(Program::of(name, Kind::Python, words))
}

/// What `PYTHON` names, or the newest that is installed. One that is on the path need not run.
fn newest_python() -> Result<OsString> {
    let named = env::var_os("PYTHON").into_iter();
    let known = ["python3.14", "python3.13", "python3.12", "python3"].map(OsString::from);
    let runs = |python: &OsString| {
        let mut command = Command::new(python);
        output_within(command.arg("--version"), Duration::from_secs(60)).is_ok()
    };
    named.chain(known).find(runs).context("there is no python3")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::executable;

    #[test]
    fn cargo_tells_where_a_program_is() {
        let program = r#"{"reason":"compiler-artifact","executable":"target/release/orka"}"#;
        assert_eq!(
            executable(program).as_deref(),
            Some(Path::new("target/release/orka"))
        );
        assert_eq!(executable(r#"{"executable":null}"#), None);
        assert_eq!(executable(r#"{"reason":"build-finished"}"#), None);
    }
}
