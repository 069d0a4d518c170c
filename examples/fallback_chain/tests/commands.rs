//! The command as a user types it.

use std::error::Error;
use std::process::Command;

/// Runs the command, and gives its code, its output and its errors.
fn ask(arguments: &[&str]) -> Result<(Option<i32>, String, String), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fallback_chain"));
    let output = command.args(arguments).output()?;
    let (out, err) = (
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    );
    Ok((output.status.code(), out, err))
}

#[test]
fn it_prints_who_answered_and_why_the_others_did_not() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = ask(&["how", "are", "retries", "configured?"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    let lines: Vec<_> = out.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "large did not answer: the server answered 503 Service Unavailable",
            "small did not answer: took longer than 200ms",
            "offline answered:",
        ]
    );
    Ok(())
}

#[test]
fn a_flag_says_what_the_large_model_does() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = ask(&["--answers", "why?"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "large answered:\na large answer to \"why?\"\n");
    Ok(())
}

#[test]
fn where_nobody_answers_the_last_one_says_why() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = ask(&["xyzzy"])?;
    assert_eq!((code, out.lines().count()), (Some(1), 3));
    assert!(err.starts_with("error: node `offline` failed: no passage has a word of"));
    Ok(())
}

#[test]
fn a_flag_that_does_not_exist_is_an_error_with_the_usage() -> Result<(), Box<dyn Error>> {
    let (code, _, err) = ask(&["--grumpy"])?;
    assert_eq!(code, Some(2));
    assert!(err.starts_with("error: invalid option '--grumpy'\n\nAsks a large model"));
    Ok(())
}
