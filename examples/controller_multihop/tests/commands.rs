//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run_on;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_controller_multihop");

#[test]
fn three_runs_show_an_answer_a_budget_and_a_deadline() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), "# A\nretries\n# B\nloops")?;
    let question = "retries and loops and 2 * 3";
    let (code, out, err) = run_on(COMMAND, folder.path(), &[question])?;
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    for part in [
        "answer after 5 hops, confidence 1.00",
        "2 * 3 = 6",
        "the hop budget of 4 is used up",
        "the message's deadline had passed",
    ] {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
    Ok(())
}

#[test]
fn what_is_wrong_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let (code, _, err) = run_on(COMMAND, &folder.path().join("nowhere"), &["why?"])?;
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: there is no folder `"), "{err}");
    let (code, _, err) = run_on(COMMAND, folder.path(), &["--hops=3"])?;
    assert_eq!(code, Some(2));
    assert!(err.starts_with("error: invalid option '--hops'\n"), "{err}");
    Ok(())
}
