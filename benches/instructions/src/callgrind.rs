//! Callgrind, which runs this program again and counts in one function of it.

use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use tempfile::NamedTempFile;

use crate::meter::COUNTED;
use crate::paths::Path;

/// No copies by the processor's own instruction: from which size on it is used depends on the
/// processor, and it counts once for each byte.
const COPIES: (&str, &str) = ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-ERMS");

/// How many instructions a message takes on this path.
pub(crate) fn instructions(path: &Path) -> Result<u64> {
    let profile = NamedTempFile::new()?;
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--callgrind-out-file={}", profile.path().display()))
        .arg(env::current_exe()?)
        .args(["--run", path.name])
        .env(COPIES.0, COPIES.1)
        .output()
        .context("valgrind does not start")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} failed:\n{complaint}",
        path.name
    );
    let all = all(&fs::read_to_string(profile.path())?);
    let all = all.with_context(|| format!("{} was not counted:\n{complaint}", path.name))?;
    Ok(all / u64::from(path.messages))
}

/// All instructions of a profile; none means that the function was not found.
fn all(profile: &str) -> Option<u64> {
    let summary = profile
        .lines()
        .find_map(|line| line.strip_prefix("summary: "))?;
    summary.trim().parse().ok().filter(|all| *all > 0)
}

#[cfg(test)]
mod tests {
    use super::all;

    /// A function that is inlined or renamed is not a path that takes nothing.
    #[test]
    fn a_profile_without_the_function_has_no_count() {
        assert_eq!(
            all("events: Ir\nsummary: 2695168\ntotals: 2695168\n"),
            Some(2_695_168)
        );
        assert_eq!(all("events: Ir\nsummary: 0\n"), None);
        assert_eq!(all("events: Ir\n"), None);
    }
}
