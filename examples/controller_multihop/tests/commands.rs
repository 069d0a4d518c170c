//! The command as a user types it.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

/// Runs the command on a folder, and gives its code, its output and its errors.
fn ask(folder: &Path, question: &str) -> Result<(Option<i32>, String, String), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_controller_multihop"));
    let output = command.arg("--folder").arg(folder).arg(question).output()?;
    let (out, err) = (
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    );
    Ok((output.status.code(), out, err))
}

#[test]
fn three_runs_show_an_answer_a_budget_and_a_deadline() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), "# A\nretries\n# B\nloops")?;
    let (code, out, err) = ask(folder.path(), "retries and loops")?;
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    for part in [
        "answer after 2 hops, confidence 1.00",
        "the hop budget of 1 is used up",
        "the message's deadline had passed",
    ] {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
    Ok(())
}

#[test]
fn what_is_wrong_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let (code, _, err) = ask(&folder.path().join("nowhere"), "why?")?;
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: there is no folder `"), "{err}");
    let (code, _, err) = ask(folder.path(), "--hops=3")?;
    assert_eq!(code, Some(2));
    assert!(err.starts_with("error: invalid option '--hops'\n"), "{err}");
    Ok(())
}
