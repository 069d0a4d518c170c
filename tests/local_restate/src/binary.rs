//! The server's binary: the one that is named by `PENGUIFLOW_RESTATE_SERVER`, or that of the npm package,
//! which is fetched into `target/restate` without its install scripts.

use std::env::consts::{ARCH, OS};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// The version that is fetched.
const VERSION: &str = "1.7.12";

/// A server that can be started.
#[derive(Debug, Clone)]
pub struct Binary(PathBuf);

impl Binary {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// Finds the binary, and fetches it where it is missing.
///
/// # Errors
///
/// [`Error::NoBinary`] and [`Error::NotFetched`].
pub fn fetch() -> Result<Binary, Error> {
    let named = std::env::var_os("PENGUIFLOW_RESTATE_SERVER");
    if let Some(path) = named.filter(|path| !path.is_empty()) {
        return Ok(Binary(path.into()));
    }
    let platform = platform()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/restate");
    let package = format!("@restatedev/restate-server-{platform}");
    let binary = folder
        .join("node_modules")
        .join(&package)
        .join("bin/restate-server");
    if !binary.exists() {
        install(&folder, format!("{package}@{VERSION}"))?;
    }
    Ok(Binary(binary))
}

fn platform() -> Result<&'static str, Error> {
    match (OS, ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(Error::NoBinary { os, arch }),
    }
}

fn install(folder: &Path, package: String) -> Result<(), Error> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
    npm.args(["--silent", "--prefix"]).arg(folder).arg(&package);
    let why = match npm.output() {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    Err(Error::NotFetched { package, why })
}
