//! The command as a user types it.

use std::error::Error;
use std::process::Command;

/// Runs the command, and gives its code, its output and its errors.
fn ask(tasks: &[&str]) -> Result<(Option<i32>, String, String), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fanout_join"));
    let output = command.args(tasks).output()?;
    let (out, err) = (
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    );
    Ok((output.status.code(), out, err))
}

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = ask(&[])?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "task::A,task::B\n");
    Ok(())
}

#[test]
fn a_task_that_fails_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = ask(&["fish", ""])?;
    assert_eq!((code, &*out), (Some(1), "fish::A,fish::B\n"));
    assert_eq!(err, "error: node `check` failed: the task is empty\n");
    Ok(())
}
