//! What a command costs: CPU seconds, its own and those of all that it starts, seconds on the
//! clock, and memory.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

/// What one run has cost, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    /// The bytes of its largest process at its peak. Unix reports only the largest process so
    /// far, so it is known where that was one of this run.
    pub(crate) peak: Option<u64>,
}

/// What a command costs.
pub(crate) fn cost_of(command: &mut Command) -> Result<Cost> {
    let (before, began) = (children()?, Instant::now());
    output_of(command)?;
    let after = children()?;
    Ok(Cost {
        wall: began.elapsed().as_secs_f64(),
        cpu: after.cpu - before.cpu,
        peak: (after.peak > before.peak).then_some(after.peak),
    })
}

/// What a command prints; its complaints are returned only if it fails.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command.output().context("cargo does not start")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed:\n{complaint}");
    Ok(String::from_utf8(output.stdout)?)
}

/// What all children that have ended, and theirs, have used: CPU seconds in all, and the bytes of
/// the largest.
struct Children {
    cpu: f64,
    peak: u64,
}

#[cfg(unix)]
fn children() -> Result<Children> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    // All but Apple's count in kilobytes.
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    Ok(Children {
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        peak: usage.max_rss() as u64 * unit,
    })
}

#[cfg(not(unix))]
fn children() -> Result<Children> {
    anyhow::bail!("what children have used is known on Unix alone")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::cost_of;

    #[test]
    fn what_a_failed_command_says_is_told() {
        let failed = cost_of(Command::new(env!("CARGO")).arg("no-such-command"));
        let error = failed.expect_err("cargo has no such command").to_string();
        assert!(error.contains("no such command"), "{error}");
    }
}
