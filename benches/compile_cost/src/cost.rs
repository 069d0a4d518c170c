//! What a command costs: CPU seconds, its own and those of all that it starts, and seconds on
//! the clock.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

/// What one run has cost, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
}

/// What a command costs.
pub(crate) fn cost_of(command: &mut Command) -> Result<Cost> {
    let (before, began) = (cpu_of_children()?, Instant::now());
    output_of(command)?;
    Ok(Cost {
        wall: began.elapsed().as_secs_f64(),
        cpu: cpu_of_children()? - before,
    })
}

/// What a command prints; what it complains of is told only if it fails.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command.output().context("cargo does not start")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed:\n{complaint}");
    Ok(String::from_utf8(output.stdout)?)
}

/// The CPU seconds of all children that have ended, and of theirs.
#[cfg(unix)]
fn cpu_of_children() -> Result<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

#[cfg(not(unix))]
fn cpu_of_children() -> Result<f64> {
    anyhow::bail!("CPU seconds of children are known on Unix alone")
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
