//! The command as a user types it, with decisions from a pipe or a file.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_human_approval");

#[test]
fn drafts_are_listed_and_decided_on() -> Result<(), Box<dyn Error>> {
    let decisions = "approve 3\nperhaps 1\nreject 1 too long\napprove 9\nreject 2\n";
    let (code, out, err) = run(COMMAND, &[], decisions)?;
    assert_eq!((code, &*err), (Some(0), ""));
    for line in [
        "1  All about penguins (for the press, to be decided within 60s)",
        "not a decision: `perhaps 1`; write `approve 1` or `reject 2 too long`",
        "there is no draft 9",
        "published: All about icebergs",
        "rejected: All about penguins (too long)",
        "rejected: All about krill (no reason given)",
    ] {
        assert!(
            out.lines().any(|printed| printed == line),
            "no `{line}` in:\n{out}"
        );
    }
    Ok(())
}

#[test]
fn a_draft_that_fails_waits_for_nobody() -> Result<(), Box<dyn Error>> {
    let (code, out, _) = run(COMMAND, &["fish", ""], "approve 1\n")?;
    assert_eq!(code, Some(0));
    let failed = "failed: node `draft` failed: there is nothing to write about\n";
    assert!(out.contains(failed), "{out}");
    assert!(out.contains("published: All about fish\n"), "{out}");
    Ok(())
}

#[test]
fn a_script_that_is_not_there_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["--script", "nowhere"], "")?;
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(err.starts_with("error: cannot read `nowhere`: "), "{err}");
    Ok(())
}
