//! Other programs: what they print, or why they have failed.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use tempfile::tempfile;

/// What a command prints; an error says in a line why it failed. One that takes longer is ended.
pub(crate) fn output_within(command: &mut Command, limit: Duration) -> Result<String> {
    let (output, complaint) = (tempfile()?, tempfile()?);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(complaint.try_clone()?)
        .spawn()?;
    let Some(status) = wait_within(&mut child, limit)? else {
        child.kill()?;
        child.wait()?;
        bail!("it took more than {} s", limit.as_secs());
    };
    ensure!(status.success(), "{}", reason(&text(complaint)?));
    text(output)
}

fn wait_within(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let began = Instant::now();
    while began.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        sleep(Duration::from_millis(2));
    }
    Ok(None)
}

fn text(mut file: File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The line that calls itself an error, or else the last one.
fn reason(complaint: &str) -> String {
    let lines = || {
        complaint
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    };
    let is_error = |line: &&str| line.to_lowercase().starts_with("error");
    let reason = lines().find(is_error).or_else(|| lines().next_back());
    reason.unwrap_or("it failed and did not say why").to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{output_within, reason};

    #[test]
    fn the_reason_is_one_line() {
        let cargo =
            "   Compiling a\nerror[E0425]: no `b`\n --> a.rs\nerror: could not compile `a`\n";
        assert_eq!(reason(cargo), "error[E0425]: no `b`");
        let python = "Traceback:\n  File \"a.py\"\nModuleNotFoundError: No module named 'b'\n";
        assert_eq!(reason(python), "ModuleNotFoundError: No module named 'b'");
        assert_eq!(reason(""), "it failed and did not say why");
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_ended() {
        let slow = output_within(Command::new("sleep").arg("60"), Duration::from_millis(1));
        assert!(slow.is_err());
        let quick = output_within(Command::new("echo").arg("hi"), Duration::from_secs(60));
        assert_eq!(quick.expect("it succeeds"), "hi\n");
    }
}
