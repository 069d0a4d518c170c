//! The server's binary: the one that is named by `PENGUIFLOW_RESTATE_SERVER`, or that of the npm package,
//! which is fetched into `target/restate` without its install scripts.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::Error;

/// The version that is fetched.
const VERSION: &str = "1.7.12";

static FETCHING: Mutex<()> = Mutex::new(());

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
    let package = format!("@restatedev/restate-server-{}", platform()?);
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/restate");
    let folder = fetched.join(VERSION);
    // Threads of one process fetch it once.
    let _fetching = FETCHING.lock().unwrap_or_else(PoisonError::into_inner);
    if !folder.exists() {
        let fresh = fetched.join(format!("{VERSION}-{}", std::process::id()));
        install(&fresh, format!("{package}@{VERSION}"))?;
        // Whole at once: another process may fetch it, too, and one of them is the first.
        if let Err(error) = fs::rename(&fresh, &folder) {
            let _ = fs::remove_dir_all(&fresh);
            if !folder.exists() {
                return Err(Error::Io {
                    path: folder,
                    error,
                });
            }
        }
    }
    let binary = folder.join("node_modules").join(package);
    Ok(Binary(binary.join("bin/restate-server")))
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
