//! An example's command, run as a user types it: for the tests of the examples.

use std::error::Error;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A command's code, its output and its errors.
pub type Ran = (Option<i32>, String, String);

/// Runs a command with this text as its standard input.
///
/// # Errors
///
/// If it cannot be run, or prints what is not text.
pub fn run(program: &str, arguments: &[&str], input: &str) -> Result<Ran, Box<dyn Error>> {
    ran(Command::new(program).args(arguments), input)
}

/// Runs a command on the files of a folder.
///
/// # Errors
///
/// As [`run`].
pub fn run_on(program: &str, folder: &Path, arguments: &[&str]) -> Result<Ran, Box<dyn Error>> {
    let folder = [OsStr::new("--folder"), folder.as_os_str()];
    ran(Command::new(program).args(folder).args(arguments), "")
}

fn ran(command: &mut Command, input: &str) -> Result<Ran, Box<dyn Error>> {
    // What a test runs asks no real model.
    for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL"] {
        command.env_remove(name);
    }
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("standard input is piped")?;
    // A command that reads nothing may have ended before.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output()?;
    let (out, err) = (output.stdout, output.stderr);
    let (out, err) = (String::from_utf8(out)?, String::from_utf8(err)?);
    Ok((output.status.code(), out, err))
}
